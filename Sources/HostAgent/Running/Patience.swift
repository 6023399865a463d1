// SPDX-License-Identifier: Apache-2.0

extension Daemon {
    /// How long a round may be silent; it says when a step of its work begins (``RoundSign``).
    package struct Patience: Sendable {
        /// In a step that changes no process, and at its beginning: longer than any child of its may take for that (300 s),
        /// and any conversation with the service.
        package var step = Duration.seconds(600)
        /// While processes are changed: longer than a child of its may take for that (900 s).
        package var change = Duration.seconds(960)
        /// From when it is told to end until it is killed; what it changes then, a child of its finishes without it.
        package var farewell = Duration.seconds(20)

        /// How long each round rightly takes.
        package init() {}
    }
}
