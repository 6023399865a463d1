// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ELF

/// An object or library with debugging information, as one compiler makes it with some options.
struct DebugFixture: CustomTestStringConvertible, Sendable {
    var compiler: String
    var options: [String]

    var testDescription: String { ([compiler] + options).joined(separator: " ") }

    init(_ compiler: String, _ options: String...) {
        self.compiler = compiler
        self.options = options
    }

    /// Every form that the supported compilers write.
    static let all = [
        DebugFixture("gcc", "-gdwarf-2"), DebugFixture("gcc", "-gdwarf-3"), DebugFixture("gcc", "-gdwarf-4"),
        DebugFixture("gcc", "-gdwarf-5"), DebugFixture("gcc", "-gdwarf-5", "-O2"),
        DebugFixture("gcc", "-gdwarf-4", "-O2"), DebugFixture("gcc", "-gdwarf-5", "-gdwarf64"),
        DebugFixture("gcc", "-gdwarf-4", "-fdebug-types-section"),
        DebugFixture("gcc", "-gdwarf-5", "-fdebug-types-section"),
        DebugFixture("gcc", "-gdwarf-5", "-gstrict-dwarf"), DebugFixture("gcc", "-g3", "-ffunction-sections"),
        DebugFixture("gcc", "-shared", "-fPIC", "-gdwarf-5"), DebugFixture("gcc", "-shared", "-fPIC", "-gdwarf-4"),
        DebugFixture("clang", "-gdwarf-4"), DebugFixture("clang", "-gdwarf-5"),
        DebugFixture("clang", "-gdwarf-5", "-O2"),
        DebugFixture("clang", "-gdwarf-4", "-O2"), DebugFixture("clang", "-gdwarf-5", "-gdwarf64"),
        DebugFixture("clang", "-gdwarf-5", "-fdebug-types-section"),
    ]

    /// Compiles a source.
    func bytes(_ source: String, suffix: String = "c") throws -> [UInt8] {
        try withTemporaryDirectory { directory in
            let input = directory.appending(path: "fixture.\(suffix)")
            let output = directory.appending(path: "fixture.o")
            try Data(source.utf8).write(to: input)
            let end = options.contains("-shared") ? [] : ["-c"]
            try run([compiler] + options + end + [input.path, "-o", output.path])
            return try contents(of: output.path)
        }
    }

    /// Compiles a source and reads what the compiler says of it.
    func information(_ source: String, suffix: String = "c") throws -> DebugInformation {
        try DebugInformation(of: try ObjectFile(parsing: try bytes(source, suffix: suffix)))
    }

    /// Compiles a source and reads its types.
    func types(_ source: String, suffix: String = "c") throws -> UnitTypes {
        try UnitTypes(reading: try information(source, suffix: suffix))
    }
}

extension UnitTypes {
    /// Every definition with a name as one line, in order of the names: places in bits, sizes in bytes.
    var lines: [String] {
        Set(declared.compactMap(line)).sorted()
    }

    private func line(_ id: TypeID) -> String? {
        switch graph[id] {
        case .record(let record):
            guard record.name != nil, let size = record.byteSize else { return nil }
            return "\(graph.spelling(of: id)) \(size) {" + members(of: record) + "}"
        case .enumeration(let enumeration):
            guard enumeration.name != nil, let size = enumeration.byteSize else { return nil }
            let values = enumeration.enumerators.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            return "\(graph.spelling(of: id)) \(size) {\(values)}"
        case .alias(let name, let target):
            return name.name.isEmpty ? nil : "\(name) = \(graph.spelling(of: target))"
        default: return nil
        }
    }

    private func members(of record: RecordType) -> String {
        record.members.map { member in
            let place = member.bitOffset.map { "\($0)" } ?? "?"
            let width = member.bitSize.map { ":\($0)" } ?? ""
            guard member.name == nil, !member.isBase, case .record(let inner) = graph[member.type] else {
                return "\(place)\(width) \(graph.spelling(of: member.type)) \(member.name ?? "")"
            }
            return "\(place) {" + members(of: inner) + "}"
        }.joined(separator: "; ")
    }
}
