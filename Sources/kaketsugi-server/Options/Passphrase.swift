// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import Glibc
import LinuxSystem

/// The passphrase of a key file.
enum Passphrase {
    /// Takes it from a file, or asks the person at the terminal.
    static func obtain(from file: String?, for name: String, twice: Bool = false) throws -> [UInt8] {
        if let file {
            let bytes = try read(file, limit: 1 << 16)
            let line = Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
            guard !line.isEmpty else { throw refused(ServerText.emptyPassphrase.reason) }
            return line
        }
        guard isatty(STDIN_FILENO) == 1 else { throw refused(ServerText.noTerminal.reason) }
        let first = try ask(ServerText.passphrase(file: name).text(in: .current))
        guard !first.isEmpty else { throw refused(ServerText.emptyPassphrase.reason) }
        if twice, try ask(ServerText.passphraseAgain.text(in: .current)) != first {
            throw refused(ServerText.passphrasesDiffer.reason)
        }
        return first
    }

    /// Reads a line that the terminal does not show.
    private static func ask(_ prompt: String) throws -> [UInt8] {
        var settings = termios()
        // Safety: the calls fill, and read, a variable of this function.
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { throw refused(ServerText.noTerminal.reason) }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
            throw refused(ServerText.noTerminal.reason)
        }
        defer {
            _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
            StandardError.write("\n")
        }
        StandardError.write(prompt)
        return Array((readLine() ?? "").utf8)
    }
}
