// SPDX-License-Identifier: Apache-2.0

extension CompilerCall {
    /// The variables by which a compiler call can change without a change of its arguments.
    static let recordedVariables = [
        "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX", "SOURCE_DATE_EPOCH",
    ]

    /// Reads what the recorder wrote: the folder, the compiler, the recorded variables as `=VALUE` or empty, the number of
    /// arguments and the arguments, each ended by a zero byte.
    ///
    /// Nil if the record is cut off, as it is when the build was ended while the recorder wrote.
    init?(record: [UInt8]) {
        guard record.last == 0 else { return nil }
        var fields = record.dropLast().split(separator: 0, omittingEmptySubsequences: false)[...]
            .map { String(decoding: $0, as: UTF8.self) }[...]
        guard let directory = fields.popFirst(), let compiler = fields.popFirst(), directory.hasPrefix("/") else {
            return nil
        }
        var environment: [String: String] = [:]
        for name in Self.recordedVariables {
            guard let value = fields.popFirst() else { return nil }
            if value.hasPrefix("=") { environment[name] = String(value.dropFirst()) }
        }
        guard let count = fields.popFirst().flatMap({ Int($0) }), fields.count == count else { return nil }
        self.init(directory: directory, compiler: compiler, arguments: Array(fields), environment: environment)
    }
}
