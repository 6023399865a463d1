// SPDX-License-Identifier: Apache-2.0

/// What the kernel's Makefiles build in a configuration, as far as their assignments tell.
struct KbuildFiles {
    private let tree: String
    private let enabled: Set<String>
    private var makefiles: [String: [(name: String, words: [String])]] = [:]
    private var folders: [String: Bool] = [:]

    init(tree: String) throws(BuildError) {
        self.tree = tree
        var enabled: Set<String> = []
        for line in String(decoding: try Files.read(tree + "/.config"), as: UTF8.self).split(separator: "\n") {
            if line.hasSuffix("=y") || line.hasSuffix("=m") { enabled.insert(String(line.dropLast(2))) }
        }
        self.enabled = enabled
    }

    /// Whether a source is part of the kernel or of a module.
    mutating func builds(_ source: String) -> Bool {
        guard source.hasSuffix(".c"), let slash = source.lastIndex(of: "/") else { return false }
        let folder = String(source[..<slash])
        let object = source[source.index(after: slash)...].dropLast(2) + ".o"
        return builds(object: String(object), in: folder, depth: 0) && buildsFolder(folder)
    }

    private mutating func builds(object: String, in folder: String, depth: Int) -> Bool {
        guard depth < 4 else { return false }
        // A folder's objects may be named by the Makefile of one above it.
        var place = folder
        var name = object
        for _ in 0..<3 {
            for (target, words) in assignments(in: place) where words.contains(name) {
                if holds(target, in: place, depth: depth) { return true }
            }
            guard let slash = place.lastIndex(of: "/") else { return false }
            name = place[place.index(after: slash)...] + "/" + name
            place = String(place[..<slash])
        }
        return false
    }

    /// Whether what is assigned to a variable is built: `obj-$(CONFIG_SMC)`, `smc-y`, `smc-objs`.
    private mutating func holds(_ variable: String, in folder: String, depth: Int) -> Bool {
        guard let dash = variable.lastIndex(of: "-") else { return false }
        let (base, condition) = (String(variable[..<dash]), String(variable[variable.index(after: dash)...]))
        let isEnabled: Bool
        if condition.hasPrefix("$("), condition.hasSuffix(")") {
            isEnabled = enabled.contains(String(condition.dropFirst(2).dropLast()))
        } else {
            isEnabled = ["y", "m", "objs"].contains(condition)
        }
        guard isEnabled else { return false }
        return ["obj", "lib"].contains(base) || builds(object: base + ".o", in: folder, depth: depth + 1)
    }

    private mutating func buildsFolder(_ folder: String) -> Bool {
        if let known = folders[folder] { return known }
        guard let slash = folder.lastIndex(of: "/") else { return true }
        let parent = String(folder[..<slash])
        let name = folder[folder.index(after: slash)...] + "/"
        var isBuilt = folder.hasPrefix("arch/x86")
        for (target, words) in assignments(in: parent) where words.contains(String(name)) {
            isBuilt = isBuilt || holds(target, in: parent, depth: 0)
        }
        isBuilt = isBuilt && buildsFolder(parent)
        folders[folder] = isBuilt
        return isBuilt
    }

    private mutating func assignments(in folder: String) -> [(name: String, words: [String])] {
        if let known = makefiles[folder] { return known }
        var found: [(name: String, words: [String])] = []
        for file in ["Kbuild", "Makefile"] {
            guard let bytes = try? Files.read("\(tree)/\(folder)/\(file)") else { continue }
            let text = String(decoding: bytes, as: UTF8.self).replacing("\\\n", with: " ")
            for line in text.split(separator: "\n") {
                guard let sign = line.firstIndex(of: "="), !line.hasPrefix("\t"), !line.hasPrefix("#") else { continue }
                let name = line[..<sign].drop { $0.isWhitespace }.prefix { !$0.isWhitespace && $0 != "+" && $0 != ":" }
                found.append(
                    (
                        String(name),
                        line[line.index(after: sign)...].split(whereSeparator: \.isWhitespace).map(String.init)
                    ))
            }
        }
        makefiles[folder] = found
        return found
    }
}
