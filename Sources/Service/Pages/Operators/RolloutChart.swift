// SPDX-License-Identifier: Apache-2.0

internal import ServicePolicy
internal import ServiceStore

/// The rings of a rollout as bars: how many of each have the patches in force, are under way, or failed.
struct RolloutChart: Sendable {
    /// A piece of a bar, in the units of the drawing.
    struct Piece: Sendable {
        var x: Int
        var width: Int
        var kind: String
    }

    /// A ring.
    struct Bar: Sendable {
        var y: Int
        var textY: Int
        var name: String
        var figures: String
        var pieces: [Piece]
        var isOpen: Bool
    }

    let bars: [Bar]
    let height: Int
    let label: String

    private static let left = 170
    private static let width = 560
    private static let step = 34

    init(_ rollout: RolloutRecord, _ tally: Tally, _ language: PageLanguage) {
        let granted = rollout.rings.indices.map { tally.granted(ring: $0) }
        let most = max(1, granted.max() ?? 1)
        bars = rollout.rings.enumerated().map { place, ring in
            let good = tally.count(.succeeded, ring: place)
            let bad = tally.count(.failed, .silent, ring: place)
            let open = tally.count(.pending, ring: place)
            var x = Self.left
            var pieces: [Piece] = []
            for (count, kind) in [(good, "done"), (open, "open"), (bad, "bad")] where count > 0 {
                // A single host among many is still to be seen.
                let width = max(4, Int(Double(count) / Double(most) * Double(Self.width)))
                pieces.append(Piece(x: x, width: width, kind: kind))
                x += width
            }
            let isOpen = place <= rollout.ring
            let y = 8 + place * Self.step
            return Bar(
                y: y, textY: y + 15, name: "\(place + 1)  \(ring.members.name(in: language))",
                figures: isOpen ? "\(good) / \(good + bad + open)" + (bad > 0 ? "  ✕ \(bad)" : "") : "–",
                pieces: pieces,
                isOpen: isOpen)
        }
        height = 8 + rollout.rings.count * Self.step
        label = OperatorText.progress.text(in: language)
    }
}

extension Ring.Members {
    /// Who they are, for people.
    func name(in language: PageLanguage) -> String {
        switch self {
        case .canary: OperatorText.canary.text(in: language)
        case .percent(let percent): "\(percent) %"
        case .group(let name): "\(OperatorText.group.text(in: language)): \(name)"
        case .tag(let name): "\(OperatorText.tags.text(in: language)): \(name)"
        case .all: CommonText.all.text(in: language)
        }
    }
}

/// How many hosts had the patches in force, or had failed, as time went on.
struct RolloutCurve: Sendable {
    let good: String
    let bad: String?
    let from: String
    let to: String
    let most: Int

    private static let width = 760.0
    private static let height = 160.0

    /// The curve of grants; nil while none is decided.
    init?(_ grants: [Grant], from start: Moment, to end: Moment, _ language: PageLanguage) {
        let decided = grants.compactMap { grant in grant.decided.map { (grant.outcome, $0) } }.sorted { $0.1 < $1.1 }
        guard !decided.isEmpty else { return nil }
        let good = decided.filter { $0.0 == .succeeded }.map(\.1)
        let bad = decided.filter { $0.0 == .failed || $0.0 == .silent }.map(\.1)
        let most = max(good.count, bad.count, 1)
        self.most = most
        let span = max(1, end.seconds - start.seconds)
        func points(_ moments: [Moment]) -> String {
            func point(_ moment: Moment, _ count: Int) -> String {
                let share = Double(min(max(moment.seconds - start.seconds, 0), span)) / Double(span)
                let x = 30 + share * Self.width
                let y = 10 + Self.height * (1 - Double(count) / Double(most))
                return "\((x * 10).rounded() / 10),\((y * 10).rounded() / 10)"
            }
            var points = [point(start, 0)]
            for (count, moment) in moments.enumerated() { points += [point(moment, count), point(moment, count + 1)] }
            return (points + [point(end, moments.count)]).joined(separator: " ")
        }
        self.good = points(good)
        self.bad = bad.isEmpty ? nil : points(bad)
        from = ZonedTime(start, in: .tokyo).text
        to = ZonedTime(end, in: .tokyo).text
    }
}
