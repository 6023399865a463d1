// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
internal import LinuxSystem

/// What the administrator has set.
package struct AgentSettings: Hashable, Sendable {
    /// The proxy.
    package var proxy: HTTPAddress?
    /// The hosts that are reached without it.
    package var direct: DirectHosts
    /// A file of authorities that vouch for the server; nil for the one of the registration, or the system's.
    package var certificates: String?
    /// Copies of the repository that are asked for patches before the service is.
    package var mirrors: [HTTPAddress] = []
    /// Whether the daemon applies what it is told to, and not only reports.
    package var isAutomatic = true
    /// How many seconds a host must live on before a patch has proved itself.
    package var soak: Int64 = 300
    /// After how many failures in a row the agent stops by itself.
    package var failureLimit = 3
    /// How long a process is tried, in seconds.
    package var wait: Int64 = 3
    /// Processes that are left alone, as patterns.
    package var exclusions: [String] = []
    /// Which files are told of, as patterns of their names.
    package var targets = AgentSettings.standardTargets
    /// Where the file of the node exporter is written; nil for the folder of the state.
    package var metrics: String?

    /// The products that the service covers: the kernel, where it can be patched, and in processes glibc and OpenSSL.
    package static let standardTargets = [
        "vmlinux",
        "libc.so.6", "libc-*.so", "libm.so.6", "libm-*.so", "libpthread.so.0", "libpthread-*.so", "libresolv.so.2",
        "libresolv-*.so", "libdl.so.2", "librt.so.1", "libnss_*", "ld-linux-x86-64.so.2", "ld-2.*.so", "libssl.so.*",
        "libcrypto.so.*",
    ]

    /// The settings of a host whose administrator has set nothing: the proxy is the one that the environment names.
    package init(environment: (String) -> String? = { environmentVariable($0) }) {
        let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        proxy = names.compactMap { environment($0) }.first { !$0.isEmpty }
            .flatMap { try? HTTPAddress($0.contains("://") ? $0 : "http://" + $0) }
        direct = DirectHosts(list: environment("no_proxy") ?? environment("NO_PROXY") ?? "")
    }

    /// How the service is reached.
    package func transport(certificates registered: String?, agent: String) -> HTTPSettings {
        var settings = HTTPSettings(agent: agent)
        settings.proxy = proxy
        settings.direct = direct
        settings.certificates = certificates ?? registered
        return settings
    }
}
