// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension Files {
    static func readJSON<Value: Decodable>(_ type: Value.Type, from path: String) throws(BuildError) -> Value {
        let bytes = try read(path)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw .fileSystem(.read, path: path, reason: "not what was written there; remove the file and start again")
        }
    }

    static func writeJSON(_ value: some Encodable, to path: String) throws(BuildError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data: Data
        do {
            data = try encoder.encode(value)
        } catch {
            throw .fileSystem(.write, path: path, reason: "\(error)")
        }
        try write([UInt8](data), to: path)
    }
}
