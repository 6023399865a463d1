// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// A name for what a field of an instruction refers to.
struct FieldName: Hashable {
    /// The name as it is shown.
    var text: String
    /// The name without the number that a compiler appends to static locals, which differs between builds.
    var compared: String
    /// Whether it is a variable or constant with a name of its own.
    var isDatum = false
    /// Whether it is a slot that holds the address of what is named.
    var isSlot = false
    /// The name itself.
    var name: String

    init(_ kind: ReviewDocument.Name.Kind, _ name: String) {
        self.name = name
        switch kind {
        case .function, .datum:
            text = name
            compared = Self.stem(name)
            isDatum = kind == .datum
        case .slot:
            text = name + "@GOT"
            compared = name
            isSlot = true
        case .text:
            text = Self.quoted(name)
            compared = text
        case .table:
            text = "table"
            compared = text
        }
    }

    /// A text as C writes it.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func stem(_ name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        let number = name[name.index(after: dot)...]
        return !number.isEmpty && number.allSatisfy(\.isNumber) ? String(name[..<dot]) : name
    }
}

/// Names what instructions of one side refer to.
protocol AddressNames {
    /// The name of what a field refers to.
    ///
    /// - Parameters:
    ///   - place: where the field lies.
    ///   - end: where its instruction ends.
    ///   - destination: the address that the field's number is the distance to, if it is a distance.
    ///   - number: the number itself.
    /// - Returns: the name, or nil if nothing is known of the place.
    func name(ofFieldAt place: UInt64, end: UInt64, destination: UInt64?, number: UInt64?) -> FieldName?
    /// Whether a field is filled in the process, so that its number means nothing yet.
    func isUnfilled(_ place: UInt64) -> Bool
}

/// Names in the target, from which the original code comes.
struct TargetNames: AddressNames {
    private var names: [UInt64: FieldName] = [:]

    init(_ artefact: Artefact, _ document: ReviewDocument?) {
        for name in document?.targetNames ?? [] { names[name.address] = FieldName(name.kind, name.name) }
        for piece in artefact.manifest.functions.flatMap(\.pieces) {
            names[piece.address] = FieldName(.function, piece.name)
        }
    }

    func name(ofFieldAt place: UInt64, end: UInt64, destination: UInt64?, number: UInt64?) -> FieldName? {
        // Only a program with a fixed address has addresses in its code, and none of them is that small.
        (destination ?? number.flatMap { $0 >= 0x1_0000 ? $0 : nil }).flatMap { names[$0] }
    }

    func isUnfilled(_ place: UInt64) -> Bool { false }
}

/// Names in the patch's image.
struct ImageNames: AddressNames {
    private let artefact: Artefact
    private var relocations: [UInt64: LoadRelocation] = [:]
    private var names: [UInt64: FieldName] = [:]
    /// What is longer than one field, by where it begins, in ascending order.
    private var long: [(start: UInt64, name: FieldName)] = []
    private var slots: Set<UInt64> = []
    private let data: Set<String>

    init(_ artefact: Artefact, _ document: ReviewDocument?) {
        self.artefact = artefact
        for relocation in artefact.relocations { relocations[relocation.offset] = relocation }
        for name in document?.imageNames ?? [] {
            names[name.address] = FieldName(name.kind, name.name)
            if name.kind != .slot { long.append((name.address, FieldName(name.kind, name.name))) }
        }
        long.sort { $0.start < $1.start }
        for name in document?.targetNames ?? [] where name.kind == .slot { slots.insert(name.address) }
        for function in artefact.manifest.functions {
            names[function.replacementOffset] = FieldName(.function, function.name)
        }
        for function in artefact.manifest.addedFunctions {
            names[function.offset] = FieldName(.function, function.name)
        }
        data = Set(artefact.manifest.data.map(\.name))
    }

    func name(ofFieldAt place: UInt64, end: UInt64, destination: UInt64?, number: UInt64?) -> FieldName? {
        if let relocation = relocations[place] { return name(of: relocation, end: end) }
        guard let destination else { return nil }
        if let known = names[destination] { return known }
        // A jump through a slot, which the linker made, or such a slot itself.
        if artefact.code(at: destination).prefix(2) == [0xff, 0x25], let jump = relocations[destination &+ 2] {
            return FieldName(.function, jump.symbol)
        }
        if let slot = relocations[destination], slot.base == .target { return FieldName(.slot, slot.symbol) }
        return inside(destination)
    }

    func isUnfilled(_ place: UInt64) -> Bool { relocations[place] != nil }

    /// What begins before a place of the image's data, and is the last to do so.
    private func inside(_ destination: UInt64) -> FieldName? {
        let holder = artefact.image.parts.first { $0.protection != .text && $0.range.contains(destination) }
        guard let holder, let last = long.last(where: { $0.start <= destination }), last.start >= holder.offset else {
            return nil
        }
        return last.name
    }

    private func name(of relocation: LoadRelocation, end: UInt64) -> FieldName? {
        guard relocation.base == .target || relocation.variable != nil else {
            return names[UInt64(bitPattern: relocation.addend)]
        }
        guard !slots.contains(relocation.value) else { return FieldName(.slot, relocation.symbol) }
        // A distance counts from the field, and the instruction from its end.
        let fromField = relocation.kind == .relative32 ? Int64(bitPattern: end &- relocation.offset) : 0
        let distance = relocation.addend &+ fromField
        let isDatum = data.contains(relocation.symbol)
        var name = FieldName(isDatum ? .datum : .function, relocation.symbol)
        guard distance != 0 else { return name }
        let sign = distance < 0 ? "-" : "+"
        name.text += "\(sign)0x\(String(distance.magnitude, radix: 16))"
        name.compared += "\(sign)0x\(String(distance.magnitude, radix: 16))"
        return name
    }
}

extension Artefact {
    /// The image's code from an offset on.
    func code(at offset: UInt64) -> ArraySlice<UInt8> {
        guard let text = image.parts.first(where: { $0.protection == .text }), offset >= text.offset,
            let start = Int(exactly: offset - text.offset), start < text.contents.count
        else { return [] }
        return text.contents[start...]
    }
}
