// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import ServiceStore

/// What every page has in common: the reader's language, fields that keep browsers careful, and words for what fails.
struct PageMiddleware: RouterMiddleware {
    let renderer: PageRenderer
    let counts: RequestCounts
    /// Whether clients reach the server by TLS.
    let isSecure: Bool

    /// Nothing from elsewhere, no script, no frame; forms go nowhere else.
    private static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'"

    func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.language = PageLanguage(of: request)
        var response: Response
        do {
            response = try await next(request, context)
        } catch let failure as PageFailure {
            response = answer(to: request, context, failure)
        } catch StoreError.noSuch {
            response = answer(to: request, context, .notFound)
        } catch let error as HTTPError where error.status.code < 500 {
            response =
                error.status == .methodNotAllowed || error.status == .notFound
                ? answer(to: request, context, .notFound) : answer(to: request, context, .badForm)
        } catch {
            context.logger.error("a page failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            response = message(
                PublicText.trouble.text(in: context.language), PublicText.troubleText.text(in: context.language),
                to: request, context, .internalServerError)
        }
        counts.add(.pages, status: response.status)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "same-origin"
        response.headers[.crossOriginOpenerPolicy] = "same-origin"
        response.headers[.permissionsPolicy] = "camera=(), geolocation=(), microphone=()"
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        return response
    }

    private func answer(to request: Request, _ context: PageContext, _ failure: PageFailure) -> Response {
        if failure == .signInFirst, request.method == .get {
            let place = PageAddress(request.uri).with("lang", nil)
            return PageRedirect.response(to: PageRedirect.signIn(andThen: place))
        }
        let title = failure.texts.title.text(in: context.language)
        var text = failure.texts.text.text(in: context.language)
        if case .refused(let reason) = failure { text = "\(reason). \(text)" }
        var response = message(title, text, to: request, context, failure.status)
        if case .tooMany(let seconds) = failure { response.headers[.retryAfter] = "\(seconds)" }
        return response
    }

    private func message(
        _ title: String, _ text: String, to request: Request, _ context: PageContext, _ status: HTTPResponse.Status
    ) -> Response {
        let view = MessageView(title: title, text: text)
        return renderer.page(view, titled: view.title, for: request, context, status: status)
    }
}

/// A page with only a title and a sentence.
struct MessageView: PageView {
    static let template = "message"
    let title: String
    let text: String
}

/// Sends a browser elsewhere after a form.
enum PageRedirect {
    /// See Other (RFC 9110, 15.4.4).
    static func response(to address: String, _ more: HTTPFields = [:]) -> Response {
        var fields: HTTPFields = [.location: address, .cacheControl: "no-store"]
        fields.append(contentsOf: more)
        return Response(status: .seeOther, headers: fields)
    }

    /// The page for signing in, which leads back.
    static func signIn(andThen place: String) -> String { PageAddress(path: "/sign-in").with("to", place) }

    /// A place to go to that a client has named: one of ours, or the first page.
    static func harmless(_ place: String?) -> String {
        guard let place, place.hasPrefix("/"), !place.hasPrefix("//"), !place.hasPrefix("/\\"),
            place.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), place.utf8.count <= 1024
        else { return "/fleet" }
        return place
    }
}

extension HTTPField.Name {
    /// What of an address other pages are told.
    static let referrerPolicy = Self("Referrer-Policy") ?? .via
    /// Whether a page shares a process with others.
    static let crossOriginOpenerPolicy = Self("Cross-Origin-Opener-Policy") ?? .via
    /// What of the device a page may use.
    static let permissionsPolicy = Self("Permissions-Policy") ?? .via
}
