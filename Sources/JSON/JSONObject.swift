// SPDX-License-Identifier: Apache-2.0

/// The members of a JSON object, in the order of the bytes of their names, each name once.
///
/// Names are compared by their bytes. A dictionary of `String` would hold two Unicode spellings of one letter for the same
/// key, and so see another document than the one that was signed.
package struct JSONObject: Hashable, Sendable {
    /// A named value.
    package struct Member: Hashable, Sendable {
        /// The name.
        package var name: String
        /// What it names.
        package var value: JSONValue

        /// Whether the bytes of the names are the same, and the values.
        package static func == (one: Self, other: Self) -> Bool {
            one.name.isExactly(other.name) && one.value == other.value
        }

        /// The bytes of the name, and the value.
        package func hash(into hasher: inout Hasher) {
            name.hashBytes(into: &hasher)
            hasher.combine(value)
        }
    }

    /// The members in canonical order.
    package private(set) var members: [Member]

    /// An object of members that come in any order; nil if two have one name.
    package init?(_ members: [Member]) {
        var members = members
        members.sort { $0.name.precedes($1.name) }
        guard !zip(members, members.dropFirst()).contains(where: { $0.name.isExactly($1.name) }) else { return nil }
        self.members = members
    }

    /// An object without members.
    package init() { members = [] }

    /// The value of a name; setting nil removes the member.
    package subscript(name: String) -> JSONValue? {
        get {
            let place = place(of: name)
            return holds(name, at: place) ? members[place].value : nil
        }
        set {
            let place = place(of: name)
            switch (holds(name, at: place), newValue) {
            case (true, let value?): members[place].value = value
            case (true, nil): members.remove(at: place)
            case (false, let value?): members.insert(Member(name: name, value: value), at: place)
            case (false, nil): break
            }
        }
    }

    private func holds(_ name: String, at place: Int) -> Bool {
        place < members.count && members[place].name.isExactly(name)
    }

    /// The first place whose name is not before the given one.
    private func place(of name: String) -> Int {
        var low = 0
        var high = members.count
        while low < high {
            let middle = low + (high - low) / 2
            if members[middle].name.precedes(name) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object as it is written in code; of a name that comes twice, the last value holds.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (name, value) in elements { self[name] = value }
    }
}

extension String {
    /// The bytes, which make two texts the same here.
    package func hashBytes(into hasher: inout Hasher) {
        for byte in utf8 { hasher.combine(byte) }
    }

    /// Whether the bytes are the same, as `==` of strings does not ask.
    package func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether the bytes come first, which for UTF-8 is the order of the code points.
    package func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
