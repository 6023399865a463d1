// SPDX-License-Identifier: Apache-2.0

import Glibc
import ServicePolicy
import ServiceStore

/// Writes entry after entry into the records, and says of each that it is written once that was acknowledged.
///
/// `record-writer PLACE` goes on until it is killed. `record-writer PLACE FILLER` goes on until the disk is full, says
/// `full`, removes the file FILLER, and says what became of the entries and whether it could write another one.
@main
enum RecordWriter {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let location = try arguments[1].contains("://") ? StoreLocation(uri: arguments[1]) : .folder(arguments[1])
        let store = try await ServiceStore(at: location)
        let detail = String(repeating: "x", count: 4000)
        var written: Int64 = 0
        while true {
            do {
                written = try await write(detail, to: store)
                say("\(written)")
            } catch let error as StoreError where arguments.count > 2 {
                say(error == .full ? "full" : "\(error)")
                break
            }
        }
        // Safety: the path is read during the call.
        _ = unsafe unlink(arguments[2])
        say("kept \(try await store.read { try $0.verifyAudit() } == verdict(of: store, written))")
        say("next \(try await write(detail, to: store) == written + 1)")
    }

    private static func write(_ detail: String, to store: ServiceStore) async throws -> Int64 {
        try await store.write { records in
            try records.log("test", of: "x", by: "writer", at: Moment(seconds: 1), detail: detail).number
        }
    }

    private static func verdict(of store: ServiceStore, _ written: Int64) async throws -> AuditVerdict {
        let last = try await store.read { try $0.audit(page: Page(limit: 1)).first }
        return .intact(entries: written, head: last?.hash ?? "")
    }

    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
