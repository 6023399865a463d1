// SPDX-License-Identifier: Apache-2.0

package import ServiceStore

extension Records {
    /// Runs a statement that no program of ours would.
    package func run(_ sql: String) throws(StoreError) { try connection.execute(sql, []) }
}
