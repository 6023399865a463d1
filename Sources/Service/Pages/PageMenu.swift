// SPDX-License-Identifier: Apache-2.0

internal import ServiceStore

/// Where pages lead to.
enum PageMenu {
    /// The places for everybody.
    static func places(in language: PageLanguage, at path: String) -> [PageFrame.Place] {
        [
            ("/catalogue", CommonText.catalogue), ("/coverage", .coverage), ("/status", .status),
        ].map { address, text in
            PageFrame.Place(address: address, name: text.text(in: language), isHere: path == address)
        }
    }

    /// The rooms of operators.
    static func rooms(for role: UserRecord.Role, in language: PageLanguage, at path: String) -> [PageFrame.Place] {
        let rooms: [(String, String, UserRecord.Role)] = [
            ("/fleet", OperatorText.fleet.text(in: language), .reader),
            ("/rollouts", OperatorText.rollouts.text(in: language), .reader),
            ("/contracts", OperatorText.contracts.text(in: language), .reader),
            ("/keys", OperatorText.activationKeys.text(in: language), .reader),
            ("/maintenance", CommonText.maintenance.text(in: language), .reader),
            ("/audit", OperatorText.audit.text(in: language), .operator),
            ("/users", OperatorText.users.text(in: language), .administrator),
        ]
        return rooms.filter { $0.2 <= role }.map { address, name, _ in
            PageFrame.Place(address: address, name: name, isHere: path == address || path.hasPrefix(address + "/"))
        }
    }
}
