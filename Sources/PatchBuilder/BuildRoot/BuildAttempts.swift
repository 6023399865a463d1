// SPDX-License-Identifier: Apache-2.0

/// The attempts at making one build root.
///
/// Each is made under a number, and so a path, of its own: when we are killed, what a build had started goes on for a
/// while and writes into the tree that it knows, which must not be the tree of the next attempt.
struct BuildAttempts {
    var directory: String

    private var last: String { directory + "/last" }
    private var nameFile: String { directory + "/name" }

    /// What the roots are made for, also while none is finished.
    var name: String? {
        if let text = try? Files.read(nameFile) { return String(decoding: text, as: UTF8.self) }
        return (try? complete())?.name
    }

    /// The finished root, if there is one.
    func complete() throws(BuildError) -> BuildRoot? {
        try numbers().map(root).last(where: \.isComplete)
    }

    /// The folders of attempts that did not finish, and what builds that outlived them have put there since.
    func abandoned() throws(BuildError) -> [String] {
        try numbers().map(root).filter { !$0.isComplete }.map(\.path)
    }

    /// Begins the next attempt.
    func begin(name: String) throws(BuildError) -> BuildRoot {
        try Files.createDirectory(directory)
        try Files.write(Array(name.utf8), to: nameFile)
        let used = Files.exists(last) ? Int(String(decoding: try Files.read(last), as: UTF8.self)) ?? 0 : 0
        let number = max(used, try numbers().max() ?? 0) &+ 1
        try Files.write(Array("\(number)".utf8), to: last)
        let root = root(number)
        try root.createDirectories()
        return root
    }

    private func root(_ number: Int) -> BuildRoot { BuildRoot(path: "\(directory)/\(number)") }

    private func numbers() throws(BuildError) -> [Int] {
        guard Files.exists(directory) else { return [] }
        return try Files.names(in: directory).compactMap { Int($0) }.sorted()
    }
}
