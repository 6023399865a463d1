// SPDX-License-Identifier: Apache-2.0

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
    static func rooms(for role: VisitorRole, in language: PageLanguage, at path: String) -> [PageFrame.Place] {
        []
    }
}
