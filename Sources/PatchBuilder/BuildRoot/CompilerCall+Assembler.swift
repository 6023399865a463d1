// SPDX-License-Identifier: Apache-2.0

extension CompilerCall {
    /// The unit of a call of GNU as; none if it only asks something, or reads what a compiler pipes into it.
    ///
    /// It makes one object of all its sources, so that only a call with one source is a unit's.
    func assembledUnits() -> [Unit] {
        var options: [String] = []
        var sources: [String] = []
        var problem: CommandProblem?
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument.hasPrefix("@") {
                problem = problem ?? .responseFile(String(argument.dropFirst()))
            } else if !argument.hasPrefix("-") {
                sources.append(argument)
            } else if Self.writesElsewhere.contains(argument) || Self.assemblerArguments.contains(argument) {
                guard let value = rest.popFirst() else {
                    problem = problem ?? .missingArgument(argument)
                    break
                }
                if Self.assemblerArguments.contains(argument) { options += [argument, value] }
            } else if argument.hasPrefix("-o") || argument.hasPrefix("-a") || argument.hasPrefix("--MD=") {
                continue
            } else {
                options.append(argument)
            }
        }
        guard sources.count == 1, !options.contains(where: { Self.questions.contains($0) }) else { return [] }
        let command = CompileCommand(
            directory: directory, compiler: compiler, options: options, language: nil, source: sources[0],
            environment: environment)
        let refusal = problem.map { Result<CompileCommand, _>.failure(CommandRefusal(problem: $0)) }
        return [Unit(sourcePath: command.sourcePath, command: refusal ?? .success(command))]
    }

    /// Options, with an argument, that say where results and lists go; “Using as”, 2 (-a writes a list, too).
    private static let writesElsewhere: Set<String> = ["-o", "--MD"]
    /// Options with an argument that stay.
    private static let assemblerArguments: Set<String> = ["-I", "--defsym", "--debug-prefix-map"]
    private static let questions: Set<String> = ["--version", "-version", "--help", "--target-help"]
}
