// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import PatchCatalogue
internal import ServicePolicy
internal import ServiceStore
internal import UpdateFramework

/// The server in numbers, as Prometheus reads them (text format 0.0.4).
struct Metrics: Sendable {
    let counts: RequestCounts
    let connections: Gauge
    let refusals: LabelledCounter
    let started: Int64

    /// All numbers.
    func text(
        _ state: RepositoryState, _ store: ServiceStore, _ certificateExpires: Int64?, at now: Moment
    ) async -> String {
        var page = Exposition()
        page.add(
            "kaketsugi_http_requests_total", "Requests that were answered.", .counter,
            counts.values.map { (["area": $0.area.rawValue, "status": $0.status], Double($0.count)) })
        page.add(
            "kaketsugi_refusals_total", "Messages of hosts that were refused.", .counter,
            refusals.values.map { (["code": $0.label], Double($0.count)) })
        page.add("kaketsugi_connections", "Connections that are open.", .gauge, [([:], Double(connections.value))])
        page.add(
            "kaketsugi_metadata_expiry_seconds", "Seconds until metadata expires.", .gauge,
            (state.expiries(at: now)?.entries ?? []).map {
                (["role": $0.role.text], Double($0.expires.secondsSince1970) - Double(now.seconds))
            })
        if let certificateExpires {
            page.add(
                "kaketsugi_certificate_expiry_seconds", "Seconds until the server's certificate expires.", .gauge,
                [([:], Double(certificateExpires) - Double(now.seconds))])
        }
        page.add(
            "kaketsugi_patches", "Live patches that are published.", .gauge,
            [([:], Double(state.catalogue.patches.count))])
        let silentSince = Moment(seconds: now.seconds - FleetController.silence)
        let fleet = try? await store.read { records in
            (try records.summary(silentSince: silentSince), try records.rollouts().map(\.state))
        }
        page.add("kaketsugi_database_up", "Whether the database answers.", .gauge, [([:], fleet == nil ? 0 : 1)])
        if let (summary, rollouts) = fleet {
            page.add(
                "kaketsugi_hosts", "Hosts by how the service stands to them.", .gauge,
                HostRecord.State.allCases.map { (["state": $0.rawValue], Double(summary.states[$0] ?? 0)) })
            page.add(
                "kaketsugi_hosts_silent", "Hosts that were not heard for a day.", .gauge,
                [([:], Double(summary.silent))])
            page.add(
                "kaketsugi_rollouts", "Rollouts by how they stand.", .gauge,
                RolloutRecord.State.allCases.map { state in
                    (["state": state.rawValue], Double(rollouts.count { $0 == state }))
                })
        }
        page.add(
            "process_start_time_seconds", "When the server was started, in seconds since 1970.", .gauge,
            [([:], Double(started))])
        if let memory = Self.residentBytes() {
            page.add("process_resident_memory_bytes", "Memory that the server has.", .gauge, [([:], Double(memory))])
        }
        return page.text
    }

    /// The second number of statm is in pages of 4 KiB.
    private static func residentBytes() -> Int? {
        guard let bytes = try? contents(ofFile: "/proc/self/statm", limit: 4096) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return words.count > 1 ? Int(words[1]).map { $0 * 4096 } : nil
    }
}

/// A page of numbers in the text format.
struct Exposition: Sendable {
    /// What a number does.
    enum Kind: String, Sendable { case counter, gauge }

    private(set) var text = ""

    /// Adds the numbers of one name.
    mutating func add(
        _ name: String, _ help: String, _ kind: Kind, _ samples: [(labels: [String: String], value: Double)]
    ) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for (labels, value) in samples {
            let list = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
            let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
            text += name + (list.isEmpty ? "" : "{\(list.joined(separator: ","))}") + " \(number)\n"
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
