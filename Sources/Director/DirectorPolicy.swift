// SPDX-License-Identifier: Apache-2.0

package import ServicePolicy

/// What an operator can set of the director.
package struct DirectorPolicy: Hashable, Sendable {
    /// How long leases are.
    package var lease = LeasePolicy()
    /// Which systems are covered.
    package var coverage = CoveragePolicy.standard
    /// In how many seconds hosts come again.
    package var interval: Int64 = 3600
    /// In how many seconds a host comes again that has been granted something and has not told what became of it.
    package var intervalAfterGrant: Int64 = 300
    /// For how many seconds instructions are good; later, a host that cannot ask applies nothing more by them.
    package var instructions: Int64 = 86_400
    /// For how many seconds a token opens patch data.
    package var token: Int64 = 6 * 3600
    /// For how many seconds a ticket opens a registration.
    package var ticket: Int64 = 7 * 86_400
    /// How many check-ins may wait; those beyond are told to come later.
    package var queue = 4096
    /// How many check-ins become one transaction.
    package var batch = 256

    /// The usual one.
    package init() {}

    /// From when on a host counts for the limit of its key: one whose lease and grace are over is dead.
    func countedSince(_ now: Moment) -> Moment { now.adding(days: -(lease.days + lease.graceDays)) }
}

extension Moment {
    /// A later moment, or the last there is.
    package func adding(seconds: Int64) -> Moment {
        let (sum, overflow) = self.seconds.addingReportingOverflow(seconds)
        return Moment(seconds: overflow ? (seconds < 0 ? .min : .max) : sum)
    }
}
