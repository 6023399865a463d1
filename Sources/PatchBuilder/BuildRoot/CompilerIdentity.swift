// SPDX-License-Identifier: Apache-2.0

/// Which compiler a name stands for.
enum CompilerIdentity {
    /// The first line of `COMPILER --version`, for example `gcc (Debian 12.2.0-14+deb12u1) 12.2.0`.
    static func of(
        _ compiler: Tool, environment: [String: String], log: String, sandbox: Sandbox
    ) async throws(BuildError) -> String {
        let call = ToolCall(
            tool: compiler, arguments: ["--version"], directory: "/", environment: environment, log: log,
            sandbox: sandbox)
        return Lines.split(try await call.capture()).first.map(Lines.text) ?? ""
    }

    /// What a build finds as its compiler when it does not say which one it wants.
    static func ofBuilds(
        in environment: [String: String], log: String, system: String = "/"
    ) async throws(BuildError) -> String {
        try await of(
            Tool(name: "cc", package: "gcc"), environment: environment, log: log,
            sandbox: Sandbox(system: system, writable: []))
    }
}

extension UnitCompiler {
    /// The identity of the compiler that a command calls.
    func identity(of compiler: String) async throws(BuildError) -> String {
        try await CompilerIdentity.of(
            .compiler(compiler), environment: environment, log: root.log("compiler"),
            sandbox: root.sandbox(system: system, writing: []))
    }
}

extension CompileCommand {
    /// The command as it would be typed, without the object.
    var words: [String] {
        [compiler] + options + (callsAssembler ? [] : ["-c"]) + (language.map { ["-x", $0] } ?? []) + [source]
    }
}
