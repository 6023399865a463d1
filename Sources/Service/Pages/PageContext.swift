// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import NIOCore

/// What is known of a request for a page.
struct PageContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Where it comes from, as the connection says.
    let peer: String
    /// The reader's language.
    var language = PageLanguage.english
    /// Who is signed in; nil for a stranger.
    var visitor: Visitor?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? ""
    }
}
