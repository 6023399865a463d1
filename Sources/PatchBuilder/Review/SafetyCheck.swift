// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// A question that the safety review asks of each unit of a patch.
///
/// This is the seam for new checks: make a small value type, and add it to ``SafetyReview/checks``. What a check needs
/// beside the unit (whether the author declared a revert hazard, say) it takes in its initializer.
///
/// A check answers with findings and throws only what makes the question meaningless, such as an object file that
/// cannot be read. It makes **one finding for each thing that a person would decide about** (a type, a variable, a
/// function), with its name first in ``Finding/symbols``: a waiver names a rule, and may name one symbol. Whether the
/// finding blocks is its weight; waivers are the review's business.
protocol SafetyCheck: Sendable {
    /// What the check finds in a unit.
    func findings(in unit: PatchUnit) throws(PatchRefusal) -> [Finding]
}
