// SPDX-License-Identifier: Apache-2.0

internal import ServicePolicy

/// What the pages for operators say.
enum OperatorText: String, PageTexts {
    case fleet

    var text: PolicyText {
        switch self {
        case .fleet: PolicyText("Fleet", "ホスト")
        }
    }
}
