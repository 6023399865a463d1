// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
package import Logging
internal import UpdateFramework

/// Writes log messages to standard error, one JSON object a line.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level = .info
    private let label: String

    /// A handler for a logger.
    package init(label: String) { self.label = label }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var object: JSONObject = [
            "time": .string("\(UpdateTime(secondsSince1970: DateClock.seconds))"),
            "level": .string(event.level.rawValue), "logger": .string(label), "message": .string("\(event.message)"),
        ]
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
            object[object[key] == nil ? key : "_" + key] = .string("\(value)")
        }
        let line = JSONValue.object(object).compactText + [UInt8(ascii: "\n")]
        // Safety: the pointer and its count are those of the live array, for the call only. A line that cannot be written is
        // lost, as there is nobody to tell.
        _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
