// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import HTTPTypes
internal import Hummingbird
internal import ServicePolicy
internal import ServiceStore

/// The pages for everybody.
struct PublicController: Sendable {
    let renderer: PageRenderer
    let watch: RepositoryWatch
    let policy: CoveragePolicy
    let timetable: Timetable
    let installation: Installation

    func addRoutes(to router: Router<PageContext>) {
        router.get("/", use: home)
        router.get("/catalogue", use: catalogue)
        router.get("/catalogue.json", use: catalogueJSON)
        router.get("/coverage", use: coverage)
        router.get("/coverage.json", use: coverageJSON)
        router.get("/status", use: status)
        router.get("/status.atom", use: feed)
        router.get("/style.css") { _, _ in
            Self.file(PageResource.style, type: "text/css; charset=utf-8", "public, max-age=31536000, immutable")
        }
        router.get("/icon.svg") { _, _ in
            Self.file(PageResource.icon, type: "image/svg+xml", "public, max-age=86400")
        }
        router.get("/robots.txt") { _, _ in
            Self.file(
                Array("User-agent: *\nDisallow: /repository/\nDisallow: /v1/\n".utf8), type: "text/plain",
                "public, max-age=86400")
        }
    }

    private var now: Moment { Moment(seconds: DateClock.seconds) }

    @Sendable private func home(_ request: Request, _ context: PageContext) async throws -> Response {
        let state = watch.state
        let windows = try await timetable.windows(since: now)
        let view = HomeView(
            state: ServiceStateView(state, windows: windows, at: now, in: context.language),
            catalogue: state.catalogue, policy: policy, installation, for: request, context)
        return renderer.page(view, titled: PublicText.homeTitle.text(in: context.language), for: request, context)
    }

    @Sendable private func catalogue(_ request: Request, _ context: PageContext) async throws -> Response {
        let view = CatalogueView(watch.state, policy, request, context.language)
        return renderer.page(view, titled: CommonText.catalogue.text(in: context.language), for: request, context)
    }

    @Sendable private func catalogueJSON(_ request: Request, _ context: PageContext) async throws -> Response {
        let bytes = CatalogueView.json(watch.state)
        return Self.file(bytes, type: "application/json", "no-cache")
    }

    @Sendable private func coverage(_ request: Request, _ context: PageContext) async throws -> Response {
        let view = CoverageView(policy, context.language)
        return renderer.page(view, titled: CommonText.coverage.text(in: context.language), for: request, context)
    }

    @Sendable private func coverageJSON(_ request: Request, _ context: PageContext) async throws -> Response {
        Self.file(try CoverageView.json(policy), type: "application/json", "no-cache")
    }

    @Sendable private func status(_ request: Request, _ context: PageContext) async throws -> Response {
        let view = try await StatusView(watch.state, timetable, at: now, in: context.language)
        return renderer.page(view, titled: CommonText.status.text(in: context.language), for: request, context)
    }

    @Sendable private func feed(_ request: Request, _ context: PageContext) async throws -> Response {
        let origin = installation.origin(for: request, context)
        let feed = StatusFeed(origin: origin, language: context.language)
        let windows = try await timetable.windows(since: now.adding(days: -90))
        var response = Self.file(
            Array(feed.text(of: windows, designated: try await timetable.designatedDays(), at: now).utf8),
            type: "application/atom+xml; charset=utf-8", "no-cache")
        response.headers[.contentLanguage] = context.language.rawValue
        return response
    }

    static func file(_ bytes: [UInt8], type: String, _ caching: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: caching],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
