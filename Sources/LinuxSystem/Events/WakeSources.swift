// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// All that a program wakes up for that sleeps otherwise: signals, a file that is replaced, the ends of its children.
package struct WakeSources: ~Copyable {
    /// What has happened.
    package struct Happened {
        /// The signal that has come.
        package var signal: Signal?
        /// Whether the file may have been replaced.
        package var isFileReplaced = false
        /// Which of the children have something to be read.
        package var children: [Bool]
    }

    private let signals: TerminationSignals
    /// Kept open for its number alone.
    private var names: OwnedDescriptor?
    /// The number of ``names``, or -1, which stands for no descriptor.
    private var namesNumber: Int32 = -1
    private var name = ""

    /// Takes the signals over, for this thread and those that it starts; must come before other threads begin.
    ///
    /// - Throws: The call that failed.
    package init() throws(SystemError) { signals = try TerminationSignals() }

    /// Tells from now on when a file of a folder is replaced.
    ///
    /// - Throws: The call that failed, as where users have too many such watches.
    package mutating func watch(for name: String, in folder: String) throws(SystemError) {
        // Safety: the string lives for the call, which only reads it.
        let number = try checked("inotify", on: .path(folder), unsafe clinux_watch_names(folder))
        names = OwnedDescriptor(number)
        namesNumber = number
        self.name = name
    }

    /// Waits until something happens, or for some time.
    ///
    /// - Parameters:
    ///   - children: at most eight.
    ///   - limit: for how long; nil stands for ever.
    /// - Returns: What has happened; nothing, if the time is over.
    package func wait(for children: [AnsweringChild], atMost limit: Duration?) -> Happened {
        var happened = Happened(children: children.map { _ in false })
        let descriptors = [signals.descriptor.rawValue, namesNumber] + children.prefix(8).map { $0.pipe.rawValue }
        let result = Self.wait(for: descriptors, atMost: limit)
        guard result > 0 else { return happened }
        if result & 1 != 0 { happened.signal = signals.next(within: .zero) }
        if result & 2 != 0 {
            // Safety: the string lives for the call, which only reads it.
            happened.isFileReplaced = unsafe clinux_take_names(namesNumber, name) != 0
        }
        for index in happened.children.indices.prefix(8) {
            happened.children[index] = result & (4 << Int32(index)) != 0
        }
        return happened
    }

    private static func wait(for descriptors: [Int32], atMost limit: Duration?) -> Int32 {
        // Safety: the calls only read the array, for the length that they are told, and a local variable.
        unsafe descriptors.withUnsafeBufferPointer { descriptors in
            guard let start = descriptors.baseAddress else { return 0 }
            guard let limit else { return unsafe clinux_wait_for_any(start, descriptors.count, nil) }
            var time = timespec(limit)
            return unsafe clinux_wait_for_any(start, descriptors.count, &time)
        }
    }
}
