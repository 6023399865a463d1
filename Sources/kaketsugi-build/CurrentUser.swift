// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// Who runs this program.
enum CurrentUser {
    /// The user's full name, as the machine's own table of users has it, else the login name, else the number.
    ///
    /// The table is read as a file: a static program has no name service.
    static var name: String {
        let table = (try? Data(contentsOf: URL(filePath: "/etc/passwd"))) ?? Data()
        return name(of: getuid(), in: String(decoding: table, as: UTF8.self))
    }

    /// The name of a user in a table as passwd(5) describes it.
    static func name(of user: uid_t, in table: String) -> String {
        for line in table.split(separator: "\n") {
            // Name, password, UID, GID, GECOS; the full name is what GECOS has before its first comma.
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 4, fields[2] == String(user) else { continue }
            return String(fields[4].split(separator: ",").first ?? fields[0])
        }
        return "UID \(user)"
    }
}
