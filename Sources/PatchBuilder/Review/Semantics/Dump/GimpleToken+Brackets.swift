// SPDX-License-Identifier: Apache-2.0

extension ArraySlice<GimpleToken> {
    private static let openings = ["(", "[", "{"]
    private static let closings = [")", "]", "}"]

    /// How a token changes the depth of brackets.
    private static func change(_ token: GimpleToken) -> Int {
        guard token.kind == .sign else { return 0 }
        if openings.contains(token.spelling) { return 1 }
        return closings.contains(token.spelling) ? -1 : 0
    }

    /// The parts between commas that are in no brackets; none of an empty list.
    func splitAtCommas() -> [ArraySlice<GimpleToken>] {
        guard !isEmpty else { return [] }
        var parts: [ArraySlice<GimpleToken>] = []
        var depth = 0
        var start = startIndex
        for index in indices {
            depth += Self.change(self[index])
            guard depth == 0, self[index].isSign(",") else { continue }
            parts.append(self[start..<index])
            start = index + 1
        }
        return parts + [self[start...]]
    }

    /// The first token in no brackets that fulfils a condition.
    func firstIndexOutsideBrackets(where condition: (GimpleToken) -> Bool) -> Int? {
        var depth = 0
        for index in indices {
            if depth == 0, condition(self[index]) { return index }
            depth += Self.change(self[index])
        }
        return nil
    }

    /// The index behind the bracket that closes the first token.
    func endOfBrackets() -> Int? {
        var depth = 0
        for index in indices {
            depth += Self.change(self[index])
            if depth <= 0 { return index + 1 }
        }
        return nil
    }

    /// The index of the bracket that the last token closes.
    func indexOfOpening() -> Int? {
        var depth = 0
        for index in indices.reversed() {
            depth += Self.change(self[index])
            if depth >= 0 { return index }
        }
        return nil
    }

    /// The index behind the `>` that closes the `<` in front.
    ///
    /// Only for the places where these are brackets; elsewhere they compare.
    func endOfAngles() -> Int? {
        var depth = 0
        for index in indices {
            if self[index].isSign("<") { depth += 1 }
            if self[index].isSign(">") { depth -= 1 }
            if depth == 0 { return index + 1 }
        }
        return nil
    }
}
