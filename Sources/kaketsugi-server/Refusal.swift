// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import PatchCatalogue
import UpdateFramework

extension ExitCode {
    /// What was asked is refused.
    static let refused = ExitCode(3)
    /// Signatures are missing yet.
    static let incomplete = ExitCode(2)
}

/// Says why a command is refused, and gives its exit code.
func refused(_ reason: LocalizedReason) -> ExitCode {
    let text = "kaketsugi-server: " + reason.text(in: .current)
    StandardError.write(TextLayout.wrapped(text, indent: 0) + "\n")
    return .refused
}

/// Runs what may be refused; the reason is said, and the exit code thrown.
func orRefuse<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as RepositoryError {
        throw refused(error.reason)
    } catch let error as CatalogueError {
        throw refused(error.reason)
    } catch let error as SystemError {
        throw refused(LocalizedReason("\(error)", nil))
    }
}

/// A reason in both languages.
struct LocalizedReason {
    let english: String
    let japanese: String?

    init(_ english: String, _ japanese: String?) { (self.english, self.japanese) = (english, japanese) }

    func text(in language: Language) -> String {
        switch language {
        case .english: english
        case .japanese: japanese ?? english
        }
    }
}
