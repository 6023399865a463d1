// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import LivePatch

extension Artefact {
    /// Whether its proof says that it passed in a virtual machine.
    ///
    /// What the proof says is believed: it is in the file that the holders of keys sign. It is only looked for, so that no
    /// patch is published that nobody has tried.
    var isProved: Bool {
        guard let value = try? JSONValue(parsing: proof), let result = try? JSONFields<CatalogueError>(value, path: "")
        else { return false }
        return (try? result.integer("schemaVersion", atLeast: 1)) == 1 && (try? result.boolean("complete")) == true
            && (try? result.boolean("passed")) == true
    }
}
