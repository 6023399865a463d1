// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
package import HostProtocol
package import LinuxSystem
package import LivePatch
package import PatchCatalogue
package import UpdateFramework

/// Why something that concerns the service was not done.
package enum AgentError: Error, Sendable {
    /// The host is not registered.
    case notRegistered
    /// It is registered already, with this server.
    case registered(server: String)
    /// There is no root to trust, and it must be given.
    case noTrustedRoot
    /// A file of the agent's state is not what the agent wrote.
    case badState(file: String, reason: String)
    /// The configuration is wrong at a line.
    case badConfiguration(file: String, line: Int, reason: LocalizedText)
    /// A file with a secret can be read by others than root.
    case openSecret(file: String)
    /// A file could not be read or written.
    case system(SystemError)
    /// The service was not reached.
    case transport(TransportError)
    /// The service refuses.
    case refused(ServiceRefusal)
    /// What the service answers is not what it should be.
    case badAnswer(ProtocolError)
    /// The service answers with a status, and nothing that this program reads.
    case badStatus(Int)
    /// The repository is refused.
    case update(UpdateError)
    /// What the repository says of a patch, or of revocations, is refused.
    case catalogue(CatalogueError)
    /// An older statement than one that was believed before.
    case olderStatement(type: String, kept: Int64, offered: Int64)
    /// A list of revocations with a lower number than one that was seen before.
    case olderRevocations(kept: Int64, offered: Int64)
    /// The repository has another patch than the one that was ordered.
    case notThePatch(expected: ArtefactID, found: String)
    /// A patch is not here, and there is no connection to bring it.
    case notFetched(ArtefactID)
    /// A patch is not one that this program reads.
    case badPatch(ArtefactID, ArtefactError)
    /// A program that this one has started did not do its work.
    case childFailed(command: String, reason: String)
    /// No level of a target was applied here.
    case nothingToRollBack(target: String)
    /// There is no such target in use.
    case noSuchTarget(String)
}

/// Does what the system may refuse.
func onSystem<Value: ~Copyable>(_ body: () throws(SystemError) -> Value) throws(AgentError) -> Value {
    do throws(SystemError) { return try body() } catch { throw .system(error) }
}
