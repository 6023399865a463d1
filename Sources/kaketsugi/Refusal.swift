// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import LivePatch
import ProcessPatcher

/// Says why a command as a whole is refused, and gives its exit code.
func refused(_ reason: String, _ code: ExitCode = .nowhere) -> ExitCode {
    StandardError.write(TextLayout.wrapped("kaketsugi: " + reason, indent: 0) + "\n")
    return code
}

/// Reads a live patch; what is wrong with it is said with its path.
func readPatch(_ path: String) throws -> Patch {
    let file: [UInt8]
    do throws(SystemError) {
        file = try contents(ofFile: path, limit: Artefact.Limit.fileSize)
    } catch {
        throw refused("\(error)")
    }
    do throws(ArtefactError) {
        return try Patch(parsing: file)
    } catch {
        throw refused("\(path): \(error)")
    }
}

/// Refuses patches for one file: several fixes of it are a level, or follow each other.
func requireDifferentTargets(_ patches: [Patch], files: [String]) throws {
    for (index, patch) in patches.enumerated() {
        let target = patch.artefact.manifest.target
        let rival = patches[..<index].firstIndex { $0.artefact.manifest.target.buildID == target.buildID }
        guard let rival else { continue }
        let text = Text.sameTarget(target: target.name, files: [files[rival], files[index]])
        throw refused(text.text(in: .current))
    }
}

/// Runs a search through the machine's processes.
func searching<Result>(_ search: () throws(PatchError) -> Result) throws -> Result {
    do throws(PatchError) {
        return try search()
    } catch {
        throw refused(error.text.text(in: .current))
    }
}

extension LocalizedText {
    /// The text in a language, English where it lacks that.
    func text(in language: Language) -> String {
        switch language {
        case .english: english
        case .japanese: japanese ?? english
        }
    }
}

/// The processes that were named, and reports of those that do not exist.
func existing(_ processes: [ProcessID], for patch: ArtefactID) -> (there: [ProcessID], missing: [ProcessReport]) {
    var there: [ProcessID] = []
    var missing: [ProcessReport] = []
    for process in processes where !there.contains(process) {
        do throws(SystemError) {
            _ = try ProcessIdentity(of: process)
            there.append(process)
        } catch {
            let reason: PatchError = error.meansGone ? .noSuchProcess(process) : .system(error)
            missing.append(ProcessReport(failed: process, patch, reason))
        }
    }
    return (there, missing)
}
