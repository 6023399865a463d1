// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import ServicePolicy

extension HostStatus {
    /// The status as the node exporter's collector of text files reads it (Prometheus, exposition format 0.0.4).
    package var metrics: String {
        var lines: [String] = []
        func add(_ name: String, _ help: String, _ samples: [(labels: String, value: Int64)]) {
            guard !samples.isEmpty else { return }
            lines.append("# HELP kaketsugi_\(name) \(help)")
            lines.append("# TYPE kaketsugi_\(name) gauge")
            lines += samples.map { "kaketsugi_\(name)\($0.labels) \($0.value)" }
        }
        func number(_ name: String, _ help: String, _ value: Int64) { add(name, help, [("", value)]) }
        number("status", "0 latest, 1 nothing applied, 2 newer exists, 3 unsupported.", Int64(grade.rawValue))
        number("registered", "Whether the host is registered.", state.registration == nil ? 0 : 1)
        number("halted", "Whether the agent has stopped by itself after failures.", state.halt == nil ? 0 : 1)
        number("off", "Whether everything is switched off.", off == nil ? 0 : 1)
        number(
            "open_cves", "Vulnerabilities that wanted patches fix and that are not fixed in memory.", Int64(open.count))
        number("holds", "Holds of the administrator.", Int64(state.holds.count))
        number("clock_behind_seconds", "How far the clock is behind what is known to be over.", clock.secondsBehind)
        if let answer = state.answer {
            number("last_contact_timestamp_seconds", "When the service was reached last.", answer.received.seconds)
        }
        if let lease = lease?.lease.lease {
            number("lease_expires_timestamp_seconds", "When the lease ends, without its grace.", lease.expires.seconds)
        }
        func labels(_ target: CheckIn.Target) -> String {
            let name = target.name.filter { $0 != "\"" && $0 != "\\" && $0 != "\n" }
            return "{target=\"\(name)\",build_id=\"\(target.buildID)\"}"
        }
        add(
            "target_level", "The level in force, the lowest of all processes.",
            targets.map { (labels($0), Int64($0.level)) })
        add("target_processes", "Processes that use a target.", targets.map { (labels($0), Int64($0.processes)) })
        add("target_patched", "Processes that have a patch of it.", targets.map { (labels($0), Int64($0.patched)) })
        return lines.joined(separator: "\n") + "\n"
    }
}
