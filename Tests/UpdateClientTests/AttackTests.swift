// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// tuf-client against repositories that the reference implementation makes, over HTTP.
@Suite(.timeLimit(.minutes(5))) struct AttackTests {
    @Test(arguments: [
        "honest_repository", "honest_repository_without_versions_in_names", "every_kind_of_key",
        "fields_and_keys_of_the_future", "bins_by_hash", "strange_names", "replayed_timestamp", "frozen_repository",
        "mixed_metadata", "stolen_online_keys", "fast_forward", "chain_of_roots", "swapped_target",
        "second_target_fails", "role_beyond_its_paths", "role_of_two_delegators", "role_named_root",
        "duplicate_member", "endless_data", "broken_server", "redirects", "wrong_command_lines",
    ])
    func `the client does what it must`(scenario: String) throws {
        let client = try builtProgram("tuf-client")
        let command = try python("attacks.py", [client, scenario])
        #expect(command.status == 0, "\(command.errors)")
    }
}
