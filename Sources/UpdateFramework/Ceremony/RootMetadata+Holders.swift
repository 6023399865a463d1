// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension RootMetadata {
    /// The field in which a root says who holds which key, for people.
    static let holdersField = "x-holders"

    /// Who holds which key; signed with the rest, and looked at by no host.
    package var holders: [KeyID: String] {
        get {
            guard case .object(let object)? = header.unknown[Self.holdersField] else { return [:] }
            var holders: [KeyID: String] = [:]
            for member in object.members {
                if case .string(let name) = member.value { holders[KeyID(member.name)] = name }
            }
            return holders
        }
        set {
            var object = JSONObject()
            for (key, name) in newValue { object[key.text] = .string(name) }
            header.unknown[Self.holdersField] = newValue.isEmpty ? nil : .object(object)
        }
    }
}
