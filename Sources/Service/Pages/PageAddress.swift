// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import HummingbirdCore
internal import UpdateFramework

/// The address of a page with its query, for links to the same page with something changed.
struct PageAddress: Sendable {
    private let path: String
    private var query: [(name: String, value: String)]

    /// A page without a query.
    init(path: String) {
        self.path = path
        query = []
    }

    init(_ uri: URI) {
        path = uri.path
        query = (uri.query ?? "").split(separator: "&").compactMap { part in
            let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = pieces.first.flatMap({ FormFields.decoded($0) }), !name.isEmpty else { return nil }
            return (name, pieces.count > 1 ? FormFields.decoded(pieces[1]) ?? "" : "")
        }
    }

    /// The address with a field of the query set; without it for nil.
    func with(_ name: String, _ value: String?) -> String {
        var fields = query.filter { $0.name != name }
        if let value { fields.append((name, value)) }
        guard !fields.isEmpty else { return path }
        return path + "?"
            + fields.map { FileNaming.percentEncoded($0.name) + "=" + FileNaming.percentEncoded($0.value) }
            .joined(separator: "&")
    }
}
