// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import HummingbirdCore

/// A long list in pages.
struct Paging: Sendable {
    /// How many lines a page has.
    static let size = 50

    /// The first line that is shown.
    let offset: Int
    /// What is shown, in words.
    let text: String
    /// The page before; nil on the first.
    let previous: String?
    /// The page after; nil on the last.
    let next: String?

    /// The pages of so many lines; nil if one page has them all.
    init?(count: Int, _ page: String?, _ uri: URI, _ language: PageLanguage) {
        guard count > Self.size else { return nil }
        let last = (count - 1) / Self.size
        let place = min(Self.place(of: page), last)
        offset = place * Self.size
        let address = PageAddress(uri)
        previous = place > 0 ? address.with("page", place == 1 ? nil : "\(place)") : nil
        next = place < last ? address.with("page", "\(place + 2)") : nil
        let (first, end) = (offset + 1, min(offset + Self.size, count))
        text = language == .japanese ? "\(count) 件中 \(first)–\(end) 件" : "\(first)–\(end) of \(count)"
    }

    /// Which page an address asks for, from 0 on; the first one where it says anything but a number that makes sense.
    static func place(of page: String?) -> Int {
        guard let number = page.flatMap(Int.init), (1...10_000_000).contains(number) else { return 0 }
        return number - 1
    }

    /// The lines of the page.
    func slice<Element>(of list: [Element]) -> ArraySlice<Element> {
        list[min(offset, list.count)..<min(offset + Self.size, list.count)]
    }
}
