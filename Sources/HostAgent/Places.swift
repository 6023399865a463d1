// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// Where the agent's files are.
package struct Places: Hashable, Sendable {
    /// What stands before every path: empty, or a folder of a test's own.
    package var prefix: String

    /// The places below a folder.
    package init(prefix: String = "") { self.prefix = prefix }

    /// The machine's places, or those below the folder that the environment names.
    package static var current: Places { Places(prefix: environmentVariable("KAKETSUGI_SYSROOT") ?? "") }

    /// The administrator's settings.
    package var configuration: String { prefix + "/etc/kaketsugi/kaketsugi.toml" }
    /// The root metadata that came with the package.
    package var packagedRoot: String { prefix + "/etc/kaketsugi/root.json" }
    /// The file that stops everything by being there.
    package var switchedOff: String { prefix + "/etc/kaketsugi/off" }
    /// What the agent keeps.
    package var state: String { prefix + "/var/lib/kaketsugi" }
    /// The host's key.
    package var key: String { state + "/host.key" }
    /// All of the state but the key, in one file, so that it changes in one step.
    package var stateFile: String { "\(state)/\(stateName)" }
    /// The name of that file.
    var stateName: String { "state.json" }
    /// The repository's metadata that is trusted.
    package var metadata: String { state + "/metadata" }
    /// Targets that are no patches: the list of revocations.
    package var targets: String { state + "/targets" }
    /// The patches.
    package var patches: String { state + "/patches" }
    /// What the kernel was started with.
    package var kernelCommandLine: String { prefix + "/proc/cmdline" }
    /// The file of the node exporter, beside others that it reads.
    package var metrics: String { state + "/kaketsugi.prom" }

    /// Makes the folders, for root alone.
    ///
    /// - Throws: The call that failed.
    package func prepare() throws(SystemError) {
        if !prefix.isEmpty {
            for folder in ["/var", "/var/lib", "/etc", "/etc/kaketsugi"] { try makeDirectory(prefix + folder) }
        }
        for folder in [state, metadata, targets, patches] { try makeDirectory(folder, for: .owner) }
    }

    /// Where a patch is kept.
    package func file(of patch: String) -> String { "\(patches)/\(patch).mend" }
}
