// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// The child that patches new processes as they start; started again when what they are to have changes.
struct WatchChild {
    private let program: String
    private var standing = Standing()
    /// How often in a row it has ended soon after its start.
    private var failures = 0
    private var begun = MonotonicInstant.now
    private(set) var child: AnsweringChild?
    /// When to start it again; nil if it runs, or there is nothing to watch for.
    private(set) var due: MonotonicInstant?

    /// A watch that holds for so long is none that fails.
    private static let success = Duration.seconds(60)
    /// How long it may take to finish what it has begun; one process is tried for milliseconds.
    private static let farewell = Duration.seconds(10)

    init(_ program: String) { self.program = program }

    /// Sees to a child that watches for these files, and to none if there are none.
    mutating func keep(_ new: Standing) {
        guard new.files != standing.files || new.exclusions != standing.exclusions else { return }
        end()
        standing = new
        failures = 0
        start()
    }

    /// Starts the child, if there is something to watch for.
    mutating func start() {
        due = nil
        guard !standing.files.isEmpty else { return }
        let exclusions = standing.exclusions.flatMap { ["--exclude", $0] }
        let arguments = ["watch", "--with-starter"] + exclusions + standing.files
        begun = .now
        child = try? AnsweringChild(starting: program, arguments)
        if child == nil { noteEnd() }
    }

    /// Notes that the child has ended by itself; it is started again, after ever longer times if it ends at once.
    mutating func noteEnd() {
        child = nil
        failures = MonotonicInstant.now.elapsed(since: begun) < Self.success ? min(failures + 1, 7) : 1
        due = MonotonicInstant.now.advanced(by: .seconds(5 << failures))
    }

    /// Ends the child; its patches stay.
    mutating func end() {
        due = nil
        guard let child else { return }
        self.child = nil
        child.end(within: Self.farewell)
    }
}
