// SPDX-License-Identifier: Apache-2.0

/// One call of a compiler, as the recorder saw it.
struct CompilerCall: Equatable {
    var directory: String
    var compiler: String
    var arguments: [String]
    var environment: [String: String]
}

extension CompilerCall {
    /// A unit that a call compiles, and how, or why this cannot be repeated.
    struct Unit: Equatable {
        var sourcePath: String
        var command: Result<CompileCommand, CommandRefusal>
    }

    /// The problem as an error, for `Result`.
    struct CommandRefusal: Error, Equatable {
        var problem: CommandProblem
    }

    /// The units of this call; none if it links, preprocesses or only asks the compiler something.
    func units() -> [Unit] {
        if CommandRecorder.isAssembler(InclusionText.lastComponent(compiler)) { return assembledUnits() }
        var reading = Reading()
        var rest = arguments[...]
        while let argument = rest.popFirst() { reading.read(argument, following: &rest) }
        guard reading.compiles else { return [] }
        return reading.sources.map { source in
            let command = CompileCommand(
                directory: directory, compiler: compiler, options: reading.options, language: source.language,
                source: source.name, environment: environment)
            let problem = reading.problem.map { Result<CompileCommand, _>.failure(CommandRefusal(problem: $0)) }
            return Unit(sourcePath: command.sourcePath, command: problem ?? .success(command))
        }
    }

    /// The state of reading one command line from left to right.
    struct Reading {
        var options: [String] = []
        var sources: [(name: String, language: String?)] = []
        var compiles = true
        var problem: CommandProblem?
        private var language: String?

        mutating func read(_ argument: String, following rest: inout ArraySlice<String>) {
            if argument.hasPrefix("@") {
                problem = problem ?? .responseFile(String(argument.dropFirst()))
            } else if argument == "-" || !argument.hasPrefix("-") {
                readInput(argument)
            } else {
                readOption(argument, &rest)
            }
        }

        /// Objects and archives are for the linker and go; what GCC compiles is told by `-x` or by the suffix.
        private mutating func readInput(_ name: String) {
            guard name != "-", language != nil || Self.sourceSuffixes.contains(RelativePath.suffix(of: name)) else {
                return
            }
            sources.append((name, language))
        }

        private mutating func readOption(_ option: String, _ rest: inout ArraySlice<String>) {
            if Self.stoppingOptions.contains(option) {
                compiles = false
            } else if option == "-x" || option.hasPrefix("-x") {
                let name = option == "-x" ? argument(of: option, &rest) : String(option.dropFirst(2))
                language = name == "none" ? nil : name
            } else if Self.droppedWithArgument.contains(option) {
                _ = argument(of: option, &rest)
            } else if Self.isDropped(option) {
                return
            } else {
                readLinkTimeOptimisation(option)
                options.append(option)
                guard Self.takesArgument.contains(option), let value = argument(of: option, &rest) else { return }
                options.append(value)
            }
        }

        private mutating func argument(of option: String, _ rest: inout ArraySlice<String>) -> String? {
            if let value = rest.popFirst() { return value }
            problem = problem ?? .missingArgument(option)
            return nil
        }

        private mutating func readLinkTimeOptimisation(_ option: String) {
            if option == "-flto" || option.hasPrefix("-flto=") {
                problem = problem ?? .linkTimeOptimisation(option)
            } else if option == "-fno-lto", case .linkTimeOptimisation = problem {
                problem = nil
            }
        }
    }
}
