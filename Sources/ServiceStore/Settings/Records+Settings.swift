// SPDX-License-Identifier: Apache-2.0

extension Records {
    /// A setting that all servers of the service share; nil if it was never set.
    package func setting(_ name: String) throws(StoreError) -> String? {
        try first("SELECT value FROM settings WHERE name = ?", .text(name))?.text(0)
    }

    /// Sets it.
    package func set(_ name: String, to value: String) throws(StoreError) {
        try execute(
            "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            .text(name), .text(value))
    }

    /// A secret that all servers share: 64 hexadecimal digits, made by whoever asks first.
    package func secret(_ name: String) throws(StoreError) -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef")
        let fresh = String((0..<64).map { _ in digits[Int.random(in: 0..<16, using: &generator)] })
        // Of two that ask at once, one inserts, and both read what it has inserted.
        try execute(
            "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", .text(name), .text(fresh))
        guard let secret = try setting(name) else { throw .damaged(column: 0) }
        return secret
    }
}
