// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import PatchCatalogue
import UpdateFramework

extension CeremonyBundle.Change {
    /// The change in words; what follows the first line belongs to it.
    func lines(_ names: KeyNames) -> [ServerText] {
        switch self {
        case .signers(let role, let added, let removed, let old, let threshold):
            var lines: [ServerText] = [.signers(role: role.text, threshold: threshold, of: old)]
            if let old, threshold < old { lines.append(.weaker) }
            return lines + added.map { .added(key: names[$0]) } + removed.map { .removed(key: names[$0]) }
        case .delegated(let role, let paths, let isTerminating):
            let text = ServerText.delegated(role: role.text, paths: paths.joined(separator: ", "))
            return [text] + (isTerminating ? [] : [.passesOn])
        case .scope(let role, let paths, let isTerminating):
            let text = ServerText.scope(role: role.text, paths: paths.joined(separator: ", "))
            return [text] + (isTerminating ? [] : [.passesOn])
        case .undelegated(let role): return [.undelegated(role: role.text)]
        case .added(let path, let file, let old):
            return [.target(path.text, replaced: old != nil)] + Self.description(of: file)
        case .described(let path, let file): return [.described(path.text)] + Self.description(of: file)
        case .removed(let path): return [.withdrawn(path.text)]
        case .other(let fields): return [.otherFields(fields.joined(separator: ", "))]
        }
    }

    private static func description(of file: TargetFile) -> [ServerText] {
        guard let custom = file.custom, let patch = try? PatchDescription(custom: custom) else { return [] }
        return [
            .patch(
                target: patch.target, package: patch.package, level: patch.level,
                vulnerabilities: patch.vulnerabilities),
            .severity(patch.severity.rawValue), .restart(patch.restart.rawValue),
        ]
    }
}
