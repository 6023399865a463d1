// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// A live patch in a kernel, of whomever it is (Linux: Documentation/ABI/testing/sysfs-kernel-livepatch).
struct Livepatch: Hashable, Sendable {
    /// Where the kernel lists them.
    static let directory = "/sys/kernel/livepatch"

    /// The name of the module that brought it.
    var name: String
    /// Whether it is in force, or will be at the end of the transition.
    var isEnabled: Bool
    /// Whether tasks are on their way, to it or from it.
    var isInTransition: Bool
    /// The functions that it replaces, without telling those of one name apart.
    var functions: Set<String>
}

extension RunningKernel {
    /// All live patches that the kernel holds.
    var livepatches: [Livepatch] {
        ((try? interface.names(in: Livepatch.directory)) ?? []).compactMap(livepatch)
    }

    /// The live patch of a module; nil if the kernel holds none.
    func livepatch(_ name: String) -> Livepatch? {
        let place = Livepatch.directory + "/" + name
        // It may go at any time: then there is none.
        guard let enabled = line(place + "/enabled"), let transition = line(place + "/transition"),
            let entries = try? interface.names(in: place)
        else { return nil }
        var functions: Set<String> = []
        for entry in entries {
            // What is no directory has no names: the files.
            for function in (try? interface.names(in: place + "/" + entry)) ?? [] {
                guard let comma = function.lastIndex(of: ",") else { continue }
                functions.insert(String(function[..<comma]))
            }
        }
        return Livepatch(
            name: name, isEnabled: enabled == "1", isInTransition: transition == "1", functions: functions)
    }

    /// Whether a live patch's transition is under way; nil if the kernel does not hold the patch.
    func isInTransition(_ name: String) -> Bool? {
        do throws(SystemError) {
            return try interface.read(Livepatch.directory + "/" + name + "/transition").first == UInt8(ascii: "1")
        } catch {
            // An attribute that is open while its directory goes gives ENODEV. What cannot be read for another reason may be
            // under way.
            return error.number == .noSuchFile || error.number == .noDevice ? nil : true
        }
    }

    /// Lets the tasks go over to a live patch, or away from it.
    func enable(_ name: String, _ isEnabled: Bool) throws(KernelPatchError) {
        do throws(SystemError) {
            try interface.write(isEnabled ? "1" : "0", to: Livepatch.directory + "/" + name + "/enabled")
        } catch {
            // Who waits for it next will see that it has gone.
            guard error.number == .noSuchFile else { throw .system(error) }
        }
    }
}
