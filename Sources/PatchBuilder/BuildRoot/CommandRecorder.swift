// SPDX-License-Identifier: Apache-2.0

/// Sees how a build calls its compilers: scripts with their names, found first in `PATH`, note the call and pass it on.
///
/// Only the build's own `PATH` is changed, never the machine's compiler.
struct CommandRecorder: Sendable {
    /// What stands for the compiler while the recorder looks.
    enum Mode: String {
        /// The real compiler runs.
        case build
        /// Compilations are noted and not done.
        case rehearsal
    }

    /// Changes whenever what is recorded, or how, does: roots made by another version are made anew.
    static let version = 2

    private static let names: [String] =
        ["cc", "gcc", "c89", "c99", "g++", "c++", "clang", "clang++"]
        + (10...15).flatMap { ["gcc-\($0)", "g++-\($0)"] }
        + ["gcc", "g++", "cc", "c++"].map { "x86_64-linux-gnu-\($0)" }
        + (10...15).flatMap { ["x86_64-linux-gnu-gcc-\($0)", "x86_64-linux-gnu-g++-\($0)"] }

    private let programs: String
    /// Where calls are noted: what a build that is recorded must be able to write to.
    let records: String

    /// Puts the scripts into a folder of their own below `directory`.
    init(in directory: String) throws(BuildError) {
        programs = directory + "/compilers"
        records = directory + "/calls"
        try Files.remove(records)
        try Files.createDirectory(programs)
        try Files.createDirectory(records)
        for name in Self.names {
            let path = programs + "/" + name
            guard !Files.exists(path) else { continue }
            try Files.write(Array(Self.script.utf8), to: path)
            try Files.makeExecutable(path)
        }
    }

    /// The environment of a build whose compiler calls are to be seen.
    func environment(_ base: [String: String], mode: Mode) -> [String: String] {
        var environment = base
        environment["PATH"] = programs + ":" + (base["PATH"] ?? ToolEnvironment.path)
        environment["KAKETSUGI_RECORD"] = records
        environment["KAKETSUGI_MODE"] = mode.rawValue
        // A compiler cache that answers by itself would leave nothing to record.
        environment["CCACHE_DISABLE"] = "1"
        return environment
    }

    /// The calls since the recorder was made, in a stable order.
    func calls() throws(BuildError) -> [CompilerCall] {
        var calls: [CompilerCall] = []
        for name in try Files.names(in: records) {
            if let call = CompilerCall(record: try Files.read(records + "/" + name)) { calls.append(call) }
        }
        return calls
    }

    /// One script for all names, told which it is by the name that it is called by.
    private static let script = #"""
        #!/bin/sh
        # Notes how a compiler is called, then calls it. Written by kaketsugi-build; lives only in its cache.
        name=${0##*/}
        own=${0%/*}
        real=
        set -f
        IFS=:
        for directory in $PATH; do
            if [ "$directory" != "$own" ] && [ -x "$directory/$name" ]; then real=$directory/$name; break; fi
        done
        unset IFS
        if [ -z "$real" ]; then echo "$name: not found" >&2; exit 127; fi
        # A compiler that is itself a script (c99) may call another one: the outer call is the one that counts.
        if [ -n "$KAKETSUGI_RECORDED" ]; then exec "$real" "$@"; fi
        export KAKETSUGI_RECORDED=1
        number=0
        set -C
        until {
            printf '%s\0' "$(pwd -P)" "$real" VARIABLES "$#" "$@"
        } 2>/dev/null >"$KAKETSUGI_RECORD/$$.$number"; do
            number=$((number + 1))
            if [ "$number" -gt 100 ]; then echo "$name: cannot record in $KAKETSUGI_RECORD" >&2; exit 1; fi
        done
        if [ "$KAKETSUGI_MODE" = rehearsal ]; then
            for argument; do if [ "$argument" = -c ]; then exit 0; fi; done
        fi
        exec "$real" "$@"

        """#.replacing("VARIABLES", with: variables)

    /// `=VALUE` of each recorded variable, or nothing if it is not set.
    private static let variables = CompilerCall.recordedVariables.map { "\"${\($0)+=$\($0)}\"" }.joined(separator: " ")
}
