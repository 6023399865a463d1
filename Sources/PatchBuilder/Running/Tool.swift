// SPDX-License-Identifier: Apache-2.0

/// A program of the machine that the builder calls, and the Debian package that brings it.
package struct Tool: Sendable, Hashable {
    package var name: String
    package var package: String

    package init(name: String, package: String) {
        self.name = name
        self.package = package
    }

    static let bubblewrap = Tool(name: "bwrap", package: "bubblewrap")
    static let aptGet = Tool(name: "apt-get", package: "apt")
    static let aptCache = Tool(name: "apt-cache", package: "apt")
    static let mmdebstrap = Tool(name: "mmdebstrap", package: "mmdebstrap")
    static let newUserMap = Tool(name: "newuidmap", package: "uidmap")
    static let grep = Tool(name: "grep", package: "grep")
    static let dpkgDeb = Tool(name: "dpkg-deb", package: "dpkg")
    static let dpkgSource = Tool(name: "dpkg-source", package: "dpkg-dev")
    static let debhelper = Tool(name: "dh", package: "debhelper")
    static let checkBuildDependencies = Tool(name: "dpkg-checkbuilddeps", package: "dpkg-dev")
    static let rpm = Tool(name: "rpm", package: "rpm")
    static let rpmBuild = Tool(name: "rpmbuild", package: "rpm")
    static let rpmToArchive = Tool(name: "rpm2archive", package: "rpm")
    static let tar = Tool(name: "tar", package: "tar")
    static let parseChangelog = Tool(name: "dpkg-parsechangelog", package: "dpkg-dev")
    static let make = Tool(name: "make", package: "make")
    static let shell = Tool(name: "sh", package: "dash")

    /// A compiler that a recorded command calls, by its path.
    static func compiler(_ path: String) -> Tool {
        Tool(name: path, package: path.hasSuffix("++") ? "g++" : "gcc")
    }
}
