// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// Reads the stacks of stopped threads, into memory that is allocated before they stop.
@safe struct StackReader: ~Copyable {
    // Safety: allocated in `init`, freed in `deinit`, never handed out beyond a call.
    private let buffer: UnsafeMutableRawBufferPointer
    private var map: MemoryMap
    private let threads: Set<ThreadID>

    /// How much is read at once.
    private static let chunk = 256 << 10
    /// How far a stack may go on, twice the usual limit; beyond it a check would take too long.
    private static let limit: UInt64 = 16 << 20

    /// Prepares for the threads that a process has now.
    ///
    /// A thread that begins later may have its stack where something else was.
    init(of memory: borrowing ProcessMemory) throws(PatchError) {
        let process = memory.process
        let threads = try about(process) { () throws(SystemError) in try ProcessDirectory.threads(of: process) }
        let map = try about(process) { () throws(SystemError) in
            try MemoryMap(of: process)
        }
        self.threads = Set(threads)
        self.map = map
        unsafe buffer = .allocate(byteCount: Self.chunk, alignment: 16)
    }

    deinit {
        unsafe buffer.deallocate()
    }

    /// Which of the code a stopped thread executes or will return to.
    ///
    /// - Parameters:
    ///   - code: The code.
    ///   - thread: The thread.
    ///   - registers: Its registers.
    ///   - memory: The process's memory.
    ///   - frames: Call frame information, by which a stack is walked that has a suspicious word.
    /// - Returns: Where the thread is in the code or returns to it, or nil.
    /// - Throws: ``PatchError/stackUnknown(thread:stackPointer:)`` if its stack pointer is on no mapping, or far from
    ///   its end.
    mutating func use(
        of code: ActiveCode, by thread: ThreadID, _ registers: Registers, _ memory: borrowing ProcessMemory,
        unwindingBy frames: CallFrames? = nil
    ) throws(PatchError) -> ActiveCode.Use? {
        if let use = code.use(at: registers.instructionPointer) { return use }
        if !threads.contains(thread) { try refresh(memory, through: thread) }
        guard let suspect = try suspect(of: code, by: thread, registers, memory) else { return nil }
        guard let frames else { return suspect }
        let walk = try about(memory.process) { () throws(SystemError) in
            try StackWalk(from: registers, by: frames, memory)
        }
        guard let walk else { return suspect }
        for address in walk.returns {
            if let use = code.use(returningTo: address) { return use }
        }
        for address in walk.interruptions {
            if let use = code.use(at: address) { return use }
        }
        return try self.suspect(of: code, by: thread, registers, memory, besides: walk.known)
    }

    /// The first word on a thread's stacks that may be an address to which it returns.
    ///
    /// - Parameters:
    ///   - code: The code.
    ///   - thread: The thread.
    ///   - registers: Its registers.
    ///   - memory: The process's memory.
    ///   - known: Parts of the stacks that are known to hold none.
    /// - Returns: Where it may return to, or nil.
    /// - Throws: ``PatchError/stackUnknown(thread:stackPointer:)`` if its stack pointer is on no mapping, or far from
    ///   its end.
    private mutating func suspect(
        of code: ActiveCode, by thread: ThreadID, _ registers: Registers, _ memory: borrowing ProcessMemory,
        besides known: [Range<RemoteAddress>] = []
    ) throws(PatchError) -> ActiveCode.Use? {
        var next: RemoteAddress? = registers.stackPointer
        // More than one stack only where signal handlers have stacks of their own.
        for _ in 0..<Self.stacks {
            guard let stackPointer = next else { return nil }
            let isFirst = stackPointer == registers.stackPointer
            guard let end = try end(of: stackPointer, of: thread, memory) else {
                // A saved stack pointer may be a stale one; the thread's own may not.
                guard isFirst else { return nil }
                throw .stackUnknown(thread: thread, stackPointer: stackPointer)
            }
            var interrupted: RemoteAddress?
            for part in Self.parts(of: stackPointer..<end, besides: known) {
                let use = try use(
                    of: code, from: part.lowerBound, to: part.upperBound, by: thread, memory, &interrupted)
                if let use { return use }
            }
            next = interrupted.flatMap { (stackPointer..<end).contains($0) ? nil : $0 }
        }
        throw .stackUnknown(thread: thread, stackPointer: registers.stackPointer)
    }

    /// What is left of a range without others.
    static func parts(
        of range: Range<RemoteAddress>, besides known: [Range<RemoteAddress>]
    ) -> [Range<RemoteAddress>] {
        known.reduce([range]) { parts, gap in
            parts.flatMap { part in
                guard part.overlaps(gap) else { return [part] }
                return [
                    part.lowerBound..<max(part.lowerBound, gap.lowerBound),
                    min(part.upperBound, gap.upperBound)..<part.upperBound,
                ].filter { !$0.isEmpty }
            }
        }
    }

    /// How many stacks a thread may be on at once.
    private static let stacks = 4

    /// Reads the map anew, through a thread that is stopped and so has not ended: an ended one, even the first of a
    /// process, has no map.
    private mutating func refresh(
        _ memory: borrowing ProcessMemory, through thread: ThreadID
    ) throws(PatchError) {
        map = try about(memory.process) { () throws(SystemError) in
            try MemoryMap(of: memory.process, through: thread)
        }
    }

    /// Where the mapping of a stack ends, nil if there is none.
    ///
    /// - Throws: ``PatchError/stackUnknown(thread:stackPointer:)`` if that is too far to be read to.
    private mutating func end(
        of stackPointer: RemoteAddress, of thread: ThreadID, _ memory: borrowing ProcessMemory
    ) throws(PatchError) -> RemoteAddress? {
        if map.mapping(containing: stackPointer) == nil { try refresh(memory, through: thread) }
        guard let end = map.mapping(containing: stackPointer)?.range.upperBound else { return nil }
        guard end.rawValue - stackPointer.rawValue <= Self.limit else {
            throw .stackUnknown(thread: thread, stackPointer: stackPointer)
        }
        return end
    }

    private func use(
        of code: ActiveCode, from stackPointer: RemoteAddress, to end: RemoteAddress, by thread: ThreadID,
        _ memory: borrowing ProcessMemory, _ interrupted: inout RemoteAddress?
    ) throws(PatchError) -> ActiveCode.Use? {
        var address = (stackPointer.rawValue + 7) & ~7
        while address < end.rawValue {
            let count = Int(min(end.rawValue - address, UInt64(Self.chunk)))
            // Safety: `count` is at most the buffer's size.
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            let read: Int
            do throws(SystemError) {
                read = unsafe try memory.read(into: part, at: RemoteAddress(address))
            } catch {
                throw .because(error, of: memory.process)
            }
            guard read > 0 else { throw .stackUnknown(thread: thread, stackPointer: stackPointer) }
            let words = unsafe UnsafeRawBufferPointer(rebasing: part[..<(read & ~7)])
            if let use = unsafe code.use(in: words, interrupted: &interrupted) { return use }
            // What was unmapped since the map was read is no stack any more.
            guard read == count else { return nil }
            // A signal's frame may lie across the end of what was read; it is known by four words.
            let next = address + UInt64(count)
            address = next < end.rawValue ? next - 32 : next
        }
        return nil
    }
}
