// SPDX-License-Identifier: Apache-2.0

extension GimpleExpression {
    /// Reads the reference that begins at a word; nil if none begins there.
    static func reference(
        in tokens: ArraySlice<GimpleToken>, at start: Int, _ line: Int
    ) throws(GimpleError) -> Found? {
        var index = start
        var isFollowed = false
        var isAddress = false
        let isBehindOperand = start > tokens.startIndex && tokens[start - 1].endsOperand
        if !isBehindOperand, index < tokens.endIndex, tokens[index].isSign("&") {
            isAddress = true
            index += 1
        }
        if !isBehindOperand || isAddress, index < tokens.endIndex, tokens[index].isSign("*") {
            isFollowed = true
            index += 1
        }
        guard index < tokens.endIndex, var found = try base(in: tokens, at: index, line) else { return nil }
        found.reference.isFollowed = found.reference.isFollowed || isFollowed
        found.reference.isAddress = isAddress
        found.end = try readSteps(of: &found.reference, &found.inner, in: tokens, from: found.end, line)
        return found
    }

    private static let typeWords: Set<String> = ["struct", "union", "class", "enum"]

    private static func base(
        in tokens: ArraySlice<GimpleToken>, at index: Int, _ line: Int
    ) throws(GimpleError) -> Found? {
        let first = tokens[index]
        if first.isSign("(") { return followedPointer(in: tokens, at: index) }
        guard first.kind == .name, !typeWords.contains(first.spelling) else { return nil }
        let next = index + 1 < tokens.endIndex ? tokens[index + 1] : nil
        switch (first.spelling, next?.spelling) {
        case ("MEM", "["), ("MEM", "<"), ("TARGET_MEM_REF", _): return try memory(in: tokens, at: index, line)
        case ("VIEW_CONVERT_EXPR", "<"): return try converted(in: tokens, at: index, line)
        case ("BIT_FIELD_REF", "<"): return try bits(in: tokens, at: index, line)
        default: return (GimpleReference(first.spelling), [], index + 1)
        }
    }

    /// `(*p_1)`, with something behind it.
    private static func followedPointer(in tokens: ArraySlice<GimpleToken>, at index: Int) -> Found? {
        guard index + 4 < tokens.endIndex, tokens[index + 1].isSign("*"), tokens[index + 2].kind == .name,
            tokens[index + 3].isSign(")")
        else { return nil }
        var reference = GimpleReference(tokens[index + 2].spelling)
        reference.isFollowed = true
        return (reference, [], index + 4)
    }

    /// `MEM[(struct s *)p_1 + 8B]`, or `MEM <struct s> [(void *)p_1]`.
    private static func memory(
        in tokens: ArraySlice<GimpleToken>, at index: Int, _ line: Int
    ) throws(GimpleError) -> Found? {
        var index = index + 1
        var type: GimpleType?
        var pointer: GimpleType?
        if index < tokens.endIndex, tokens[index].isSign("<"), let end = tokens[index...].endOfAngles() {
            type = GimpleType(tokens[(index + 1)..<(end - 1)])
            index = end
        }
        guard index < tokens.endIndex, tokens[index].isSign("["), let end = tokens[index...].endOfBrackets() else {
            throw .unknownStatement(GimpleStatement.shown(tokens), line: line)
        }
        var inside = tokens[(index + 1)..<(end - 1)]
        if inside.first?.isSign("(") == true, let close = inside.endOfBrackets() {
            if type == nil, var pointed = GimpleType(inside[(inside.startIndex + 1)..<(close - 1)]) {
                pointer = pointed
                pointed.pointers = max(0, pointed.pointers - 1)
                type = pointed
            }
            // The words of a type name nothing.
            inside = inside[close...]
        }
        var reference = GimpleReference("")
        reference.type = type ?? GimpleType()
        if inside.count == 1 { reference.pointer = pointer }
        let inner = try references(in: inside, line)
        // What the memory belongs to is still told by the pointer.
        reference.base = inner.first(where: { $0.isPlain || $0.isAddress })?.base ?? ""
        return (reference, inner, end)
    }

    /// `VIEW_CONVERT_EXPR<struct s>(x)`.
    private static func converted(
        in tokens: ArraySlice<GimpleToken>, at index: Int, _ line: Int
    ) throws(GimpleError) -> Found? {
        guard let open = tokens[(index + 1)...].endOfAngles(), open < tokens.endIndex, tokens[open].isSign("("),
            let end = tokens[open...].endOfBrackets()
        else { throw .unknownStatement(GimpleStatement.shown(tokens), line: line) }
        let inner = try references(in: tokens[(open + 1)..<(end - 1)], line)
        var reference = inner.first ?? GimpleReference("")
        if let type = GimpleType(tokens[(index + 2)..<(open - 1)]), type.record != nil, reference.steps.isEmpty {
            reference.type = type
        }
        return (reference, inner, end)
    }

    /// `BIT_FIELD_REF <*s_1(D), 8, 96>`: several members at once, by their place.
    private static func bits(
        in tokens: ArraySlice<GimpleToken>, at index: Int, _ line: Int
    ) throws(GimpleError) -> Found? {
        guard let end = tokens[(index + 1)...].endOfAngles() else {
            throw .unknownStatement(GimpleStatement.shown(tokens), line: line)
        }
        let parts = tokens[(index + 2)..<(end - 1)].splitAtCommas()
        guard parts.count == 3, let count = Int(parts[1].first?.spelling ?? ""),
            let first = Int(parts[2].first?.spelling ?? ""),
            let whole = try wholeReference(parts[0], line)
        else { throw .unknownStatement(GimpleStatement.shown(tokens), line: line) }
        var reference = whole.reference
        reference.steps.append(.bits(count: count, first: first))
        return (reference, whole.inner, end)
    }

    /// Reads `->a`, `.a` and `[i]` behind a base; returns where they end.
    static func readSteps(
        of reference: inout GimpleReference, _ inner: inout [GimpleReference], in tokens: ArraySlice<GimpleToken>,
        from start: Int, _ line: Int
    ) throws(GimpleError) -> Int {
        var index = start
        while index < tokens.endIndex {
            if tokens[index].isSign("["), let end = tokens[index...].endOfBrackets() {
                // `goto x; [INV]` and remarks behind a call are no elements; they never follow a base directly.
                inner += try references(in: tokens[(index + 1)..<(end - 1)], line)
                reference.steps.append(.element)
                index = end
            } else if tokens[index].isSign("->") || tokens[index].isSign("."), index + 1 < tokens.endIndex,
                tokens[index + 1].kind == .name
            {
                reference.steps.append(
                    .member(tokens[index + 1].spelling, throughPointer: tokens[index].isSign("->")))
                index += 2
            } else {
                break
            }
        }
        return index
    }

    /// The end of `struct s *` or `struct { … }` in a conversion, whose names are no references.
    static func end(ofTypeAt index: Int, in tokens: ArraySlice<GimpleToken>) -> Int? {
        guard tokens[index].kind == .name, typeWords.contains(tokens[index].spelling) else { return nil }
        var end = index + 1
        while end < tokens.endIndex, tokens[end].kind == .name || tokens[end].isSign(".") { end += 1 }
        if end < tokens.endIndex, tokens[end].isSign("{"), let close = tokens[end...].endOfBrackets() { end = close }
        return end
    }
}
