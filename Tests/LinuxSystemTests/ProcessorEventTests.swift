// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LinuxSystem

/// What the kernel tells of processors that are switched on and off.
@Suite(.serialized) struct ProcessorEventTests {
    @Test(arguments: [
        ("online@/devices/system/cpu/cpu1\0ACTION=online\0", true), ("offline@/devices/system/cpu/cpu127\0", true),
        ("change@/devices/system/cpu/cpu1\0", false), ("online@/devices/system/cpu/cpu\0", false),
        ("online@/devices/system/cpu/cpufreq\0", false), ("online@/devices/system/memory/memory9\0", false),
        ("online\0@/devices/system/cpu/cpu1", false), ("@/devices/system/cpu/cpu1", false), ("", false), ("@", false),
    ])
    func `a message is of a processor, or of anything else`(message: String, isOfProcessor: Bool) {
        #expect(ProcessorEvents.isOfProcessor(Array(message.utf8)) == isOfProcessor)
    }

    private static let file = "/sys/devices/system/cpu/cpu0/uevent"
    private static var canTell: Bool { FileManager.default.isWritableFile(atPath: file) }

    /// Has the kernel tell of a processor what has not happened: whoever listens looks, and finds what was there.
    private func tell(_ action: String) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: Self.file))
        try file.write(contentsOf: Data(action.utf8))
        try file.close()
    }

    @Test(.enabled(if: Self.canTell))
    func `what the kernel tells wakes, and is taken out`() throws {
        let events = try ProcessorEvents()
        #expect(try !events.read())
        try tell("change")
        #expect(try !events.read())
        try tell("online")
        #expect(try isReadable(events.socket, nil))
        #expect(try events.read())
        #expect(try !events.read())
    }

    @Test(.enabled(if: Self.canTell && Privilege.mayTraceOthers))
    func `mappings are listened to anew when a processor came, and only then`() throws {
        var events = try MappingEvents()
        #expect(try !events.areOutdated())
        try tell("online")
        #expect(try events.areOutdated())
        #expect(try !events.areOutdated())
    }
}
