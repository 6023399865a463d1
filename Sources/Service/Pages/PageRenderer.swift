// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import HTTPTypes
internal import Hummingbird
internal import Mustache
internal import UpdateFramework

/// A view of a page: typed values for one template.
protocol PageView: Sendable {
    /// The name of the template.
    static var template: String { get }
}

/// What stands around every page.
struct PageFrame: Sendable {
    /// A place in the menu.
    struct Place: Sendable {
        var address: String
        var name: String
        var isHere: Bool
    }

    /// Who is signed in.
    struct Visitor: Sendable {
        var name: String
        var csrf: String
        var rooms: [Place]
    }

    /// Something that is said above the page.
    struct Message: Sendable {
        var text: String
        var kind: String
    }

    var title: String
    var language: String
    var otherLanguage: String
    var otherName: String
    var otherAddress: String
    var style: String
    var version: String
    var refresh: Int?
    var places: [Place]
    var visitor: Visitor?
    var message: Message?
}

/// Makes pages from templates that are part of the program.
struct PageRenderer: Sendable {
    private let library: MustacheLibrary
    private let version: String
    /// Changes with the style, so that browsers may keep it for ever.
    let styleTag: String

    /// Reads the templates.
    ///
    /// - Throws: `ServiceError.badTemplate`.
    init(version: String) throws(ServiceError) {
        var library = MustacheLibrary()
        for (name, bytes) in PageResource.templates {
            do {
                try library.register(String(decoding: bytes, as: UTF8.self), named: name)
            } catch {
                throw .badTemplate(name: name, reason: "\(error)")
            }
        }
        self.library = library
        self.version = version
        styleTag = Hexadecimal.text(of: SHA256.hash(data: PageResource.style).prefix(6))
    }

    /// What a template gets: the frame, the texts, and the view's own values in front.
    private struct Page<View: PageView>: MustacheParent {
        let frame: PageFrame
        let texts: TextLookup
        let view: View

        func child(named name: String) -> Any? {
            switch name {
            case "frame": frame
            case "t": texts
            default: Mirror(reflecting: view).children.first { $0.label == name }.flatMap { Self.unwrapped($0.value) }
            }
        }

        /// What an optional holds, which is what a template asks for.
        private static func unwrapped(_ value: Any) -> Any? {
            let mirror = Mirror(reflecting: value)
            return mirror.displayStyle == .optional ? mirror.children.first?.value : value
        }
    }

    /// A page in the reader's language.
    func page<View: PageView>(
        _ view: View, titled title: String, for request: Request, _ context: PageContext,
        status: HTTPResponse.Status = .ok, refresh: Int? = nil, message: PageFrame.Message? = nil
    ) -> Response {
        let language = context.language
        let path = request.uri.path
        let frame = PageFrame(
            title: title, language: language.rawValue, otherLanguage: language.other.rawValue,
            otherName: language.other == .japanese ? "日本語" : "English",
            otherAddress: PageAddress(request.uri).with("lang", language.other.rawValue), style: styleTag,
            version: version, refresh: refresh, places: PageMenu.places(in: language, at: path),
            visitor: context.visitor.map { visitor in
                PageFrame.Visitor(
                    name: visitor.name, csrf: visitor.csrf,
                    rooms: PageMenu.rooms(for: visitor.role, in: language, at: path))
            }, message: message)
        let page = Page(frame: frame, texts: TextLookup(language), view: view)
        let html = library.render(page, withTemplate: View.template) ?? ""
        var fields: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .contentLanguage: language.rawValue,
            .vary: "Accept-Language, Cookie",
            .cacheControl: context.visitor == nil && status == .ok ? "no-cache" : "no-store",
        ]
        if request.uri.queryParameters["lang"] != nil {
            fields[.setCookie] =
                "\(PageLanguage.cookie)=\(language.rawValue); Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"
        }
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}
