// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

extension KaketsugiServer {
    /// The commands on the service's records.
    static let fleetCommands: [any ParsableCommand.Type] = [
        ContractsCommand.self, ActivationKeysCommand.self, HostsCommand.self, RolloutsCommand.self,
        MaintenanceCommand.self, UsersCommand.self, AuditCommand.self,
    ]
}
