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
    ///
    /// It need not where older roots only know fewer units, since a fix of an unknown one is refused.
    static let version = 3

    /// What compilers are called before any prefix (`x86_64-linux-gnu-`) and version (`-12`, `-14.2`).
    private static let compilers: Set<Substring> = ["cc", "gcc", "c89", "c99", "g++", "c++", "clang", "clang++", "as"]

    /// Whether a program is an assembler by its name.
    static func isAssembler(_ name: String) -> Bool { name == "as" || name.hasSuffix("-as") }

    /// Whether a program is a C or C++ compiler, or an assembler, by its name.
    static func isCompiler(_ name: String) -> Bool {
        var words = name.split(separator: "-", omittingEmptySubsequences: false)[...]
        // PREFIX-gcc-12: the version is digits and dots.
        if words.count > 1, let last = words.last, !last.isEmpty, last.allSatisfy({ $0.isNumber || $0 == "." }) {
            words = words.dropLast()
        }
        guard let base = words.popLast(), compilers.contains(base) else { return false }
        return words.isEmpty || words.count >= 2 && words.contains("linux")
    }

    /// The compilers in a `PATH`, below what a build sees as `/`, and those that may only be asked for.
    private static func names(in path: String, system: String) -> Set<String> {
        var names = Set(compilers.map(String.init))
        for directory in path.split(separator: ":") {
            names.formUnion(((try? Files.names(in: "\(system)/\(directory)")) ?? []).filter(isCompiler))
        }
        return names
    }

    private let programs: String
    /// Where calls are noted: what a build that is recorded must be able to write to.
    let records: String

    /// Puts the scripts into a folder of their own below `directory`, for the compilers in a build's `PATH`.
    init(
        in directory: String, path: String? = ToolEnvironment.path, system: String = "/"
    ) throws(BuildError) {
        programs = directory + "/compilers"
        records = directory + "/calls"
        try Files.remove(records)
        try Files.createDirectory(programs)
        try Files.createDirectory(records)
        for name in Self.names(in: path ?? ToolEnvironment.path, system: system) {
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
        # Namespaces count processes anew, so that a number may have been taken.
        number=0
        set -C
        until {
            printf '%s\0' "$(pwd -P)" "$real" VARIABLES "$#" "$@"
        } 2>/dev/null >"$KAKETSUGI_RECORD/$$.$number"; do
            number=$((number + 1))
            if [ "$number" -gt 10000 ]; then echo "$name: cannot record in $KAKETSUGI_RECORD" >&2; exit 1; fi
        done
        if [ "$KAKETSUGI_MODE" = rehearsal ]; then
            case $name in as | *-as) for argument; do case $argument in -o*) exit 0 ;; esac; done ;; esac
            for argument; do if [ "$argument" = -c ]; then exit 0; fi; done
        fi
        exec "$real" "$@"

        """#.replacing("VARIABLES", with: variables)

    /// `=VALUE` of each recorded variable, or nothing if it is not set.
    private static let variables = CompilerCall.recordedVariables.map { "\"${\($0)+=$\($0)}\"" }.joined(separator: " ")
}
