// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import ServicePolicy

extension Records {
    /// Takes a host off the service; one that is off it already stays so.
    ///
    /// - Throws: `StoreError.noSuch`.
    package func retire(_ host: HostID, by actor: String, at now: Moment) throws(StoreError) {
        guard let record = try hosts(locking: [host])[host] else { throw .noSuch(.host, host.text) }
        guard record.state != .retired else { return }
        try set(.retired, of: host)
        // It counts in no rollout any more: that it is silent from now on is no failure.
        try endGrants(of: host, at: now)
        try log("host.retired", of: host.text, by: actor, at: now)
    }

    /// Takes a host out of the service's care, without new patches, or back into it.
    ///
    /// - Throws: `StoreError.noSuch`.
    package func setQuarantined(
        _ isQuarantined: Bool, _ host: HostID, by actor: String, at now: Moment
    ) throws(StoreError) {
        guard let record = try hosts(locking: [host])[host], record.state != .retired else {
            throw .noSuch(.host, host.text)
        }
        let state: HostRecord.State = isQuarantined ? .quarantined : .active
        guard record.state != state else { return }
        try set(state, of: host)
        try log(isQuarantined ? "host.quarantined" : "host.released", of: host.text, by: actor, at: now)
    }
}
