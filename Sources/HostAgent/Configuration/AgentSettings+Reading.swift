// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import LinuxSystem

extension AgentSettings {
    /// The settings of the host: the administrator's file, where there is one.
    ///
    /// - Throws: `AgentError`.
    package init(at places: Places) throws(AgentError) {
        let standard = AgentSettings()
        let path = places.configuration
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try contents(ofFile: path, limit: 1 << 20)
        } catch {
            guard error.number == .noSuchFile else { throw .system(error) }
            self = standard
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        self = try ConfigurationFile(text, name: path).settings(over: standard)
        if proxy?.user != nil, proxy != standard.proxy, mayOthersRead(path) { throw .openSecret(file: path) }
    }
}
