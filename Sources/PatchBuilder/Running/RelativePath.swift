// SPDX-License-Identifier: Apache-2.0

/// Arithmetic on paths as text, without looking at the file system.
enum RelativePath {
    /// The components with `.` and doubled slashes gone; nil if the path is absolute, empty or leads upwards.
    static func safeComponents(_ path: String) -> [String]? {
        guard !path.hasPrefix("/"), !path.utf8.contains(0) else { return nil }
        let components = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        return components.isEmpty || components.contains("..") ? nil : components
    }

    /// An absolute path without `.` and `..`, of a path that is read in a folder.
    static func normalised(_ path: String, in directory: String) -> String {
        var components: [Substring] = []
        let whole = path.hasPrefix("/") ? path : directory + "/" + path
        for component in whole.split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(component) }
        }
        return "/" + components.joined(separator: "/")
    }

    /// The path below a folder, if it is below it.
    static func below(_ directory: String, _ path: String) -> String? {
        path.hasPrefix(directory + "/") ? String(path.dropFirst(directory.count + 1)) : nil
    }

    /// What follows the last dot of the last component; empty without one.
    static func suffix(of path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return String(name[name.index(after: dot)...])
    }
}
