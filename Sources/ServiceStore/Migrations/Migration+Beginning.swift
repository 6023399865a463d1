// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// The first tables.
    ///
    /// Moments are seconds since 1970, days `YYYY-MM-DD`; lists of words stand each between two ends of lines.
    static let beginning = Migration(
        name: "2026-11-21 beginning", statements: entitlements + hosts + rollouts + people)

    /// How many hosts have come by each key, so that a registration need not count them.
    static let rooms = Migration(
        name: "2026-11-22 rooms",
        statements: [
            "ALTER TABLE activation_keys ADD COLUMN entered BIGINT NOT NULL DEFAULT 0",
            """
            UPDATE activation_keys SET entered =
            (SELECT COUNT(*) FROM hosts WHERE hosts.activation_key = activation_keys.id AND state <> 'retired')
            """,
        ])

    private static let entitlements = [
        """
        CREATE TABLE contracts (
            id TEXT NOT NULL PRIMARY KEY, customer TEXT NOT NULL, products TEXT NOT NULL, declared TEXT NOT NULL,
            created BIGINT NOT NULL)
        """,
        // One row a year and kind, so that what was valid when stays known.
        """
        CREATE TABLE terms (
            contract TEXT NOT NULL REFERENCES contracts(id), kind TEXT NOT NULL, valid_from TEXT NOT NULL,
            valid_to TEXT NOT NULL, PRIMARY KEY (contract, kind, valid_from))
        """,
        """
        CREATE TABLE activation_keys (
            id TEXT NOT NULL PRIMARY KEY, hash TEXT NOT NULL UNIQUE, contract TEXT NOT NULL REFERENCES contracts(id),
            host_limit BIGINT, expires BIGINT, host_group TEXT NOT NULL, products TEXT NOT NULL, note TEXT NOT NULL,
            created BIGINT NOT NULL, revoked BIGINT)
        """,
        "CREATE INDEX activation_keys_contract ON activation_keys(contract)",
    ]

    private static let hosts = [
        // What changes seldom.
        """
        CREATE TABLE hosts (
            id TEXT NOT NULL PRIMARY KEY, public_key TEXT NOT NULL, activation_key TEXT NOT NULL, contract TEXT NOT NULL,
            host_group TEXT NOT NULL, state TEXT NOT NULL, registered BIGINT NOT NULL, address TEXT NOT NULL,
            replaces TEXT, ticket TEXT UNIQUE, copied BIGINT, hostname TEXT NOT NULL, machine_id TEXT NOT NULL,
            system TEXT NOT NULL, kernel TEXT NOT NULL, tool TEXT NOT NULL, tags TEXT NOT NULL, facts TEXT NOT NULL,
            targets TEXT NOT NULL, holds TEXT NOT NULL, halted BIGINT, eligibility TEXT NOT NULL)
        """,
        "CREATE INDEX hosts_activation_key ON hosts(activation_key)",
        "CREATE INDEX hosts_hostname ON hosts(hostname)",
        "CREATE INDEX hosts_machine_id ON hosts(machine_id)",
        // What each check-in changes, kept small.
        """
        CREATE TABLE host_states (
            host TEXT NOT NULL PRIMARY KEY REFERENCES hosts(id), counter BIGINT NOT NULL, digest TEXT NOT NULL,
            boots TEXT NOT NULL, seen BIGINT NOT NULL, events_kept BIGINT NOT NULL)
        """,
        "CREATE INDEX host_states_seen ON host_states(seen)",
        """
        CREATE TABLE host_targets (
            host TEXT NOT NULL REFERENCES hosts(id), build_id TEXT NOT NULL, name TEXT NOT NULL, level BIGINT NOT NULL,
            patch TEXT, processes BIGINT NOT NULL, patched BIGINT NOT NULL, PRIMARY KEY (host, build_id, name))
        """,
        "CREATE INDEX host_targets_build ON host_targets(build_id, level)",
        """
        CREATE TABLE host_events (
            host TEXT NOT NULL REFERENCES hosts(id), number BIGINT NOT NULL, time BIGINT NOT NULL,
            received BIGINT NOT NULL, kind TEXT NOT NULL, patch TEXT, rollout TEXT, detail TEXT NOT NULL,
            PRIMARY KEY (host, number))
        """,
        "CREATE INDEX host_events_received ON host_events(received)",
        "CREATE INDEX host_events_rollout ON host_events(rollout, received)",
        // What operators hold back, beside what a host's administrator does.
        """
        CREATE TABLE holds (
            id TEXT NOT NULL PRIMARY KEY, host TEXT, host_group TEXT, build_id TEXT, product TEXT, level BIGINT,
            since BIGINT NOT NULL, reason TEXT NOT NULL, author TEXT NOT NULL)
        """,
        """
        CREATE TABLE group_windows (
            id TEXT NOT NULL PRIMARY KEY, host_group TEXT NOT NULL, weekdays TEXT NOT NULL, starts BIGINT NOT NULL,
            minutes BIGINT NOT NULL, utc_offset BIGINT NOT NULL)
        """,
    ]

    private static let rollouts = [
        """
        CREATE TABLE rollouts (
            id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, created BIGINT NOT NULL, author TEXT NOT NULL,
            state TEXT NOT NULL, rolls_back BIGINT NOT NULL, reason TEXT NOT NULL, patches TEXT NOT NULL,
            rings TEXT NOT NULL, ring BIGINT NOT NULL, opened BIGINT NOT NULL, satisfied BIGINT)
        """,
        """
        CREATE TABLE grants (
            rollout TEXT NOT NULL REFERENCES rollouts(id), host TEXT NOT NULL REFERENCES hosts(id), ring BIGINT NOT NULL,
            is_canary BIGINT NOT NULL, granted BIGINT NOT NULL, outcome TEXT NOT NULL, decided BIGINT,
            detail TEXT NOT NULL, PRIMARY KEY (rollout, host))
        """,
        "CREATE INDEX grants_host ON grants(host)",
        "CREATE INDEX grants_outcome ON grants(rollout, ring, outcome)",
        // Whatever the servers do, there is never more than one host that tries first.
        """
        CREATE UNIQUE INDEX grants_one_canary ON grants(rollout) WHERE is_canary = 1 AND outcome = 'pending'
        """,
        """
        CREATE TABLE rollout_steps (
            rollout TEXT NOT NULL REFERENCES rollouts(id), number BIGINT NOT NULL, time BIGINT NOT NULL,
            kind TEXT NOT NULL, ring BIGINT NOT NULL, actor TEXT NOT NULL, detail TEXT NOT NULL,
            PRIMARY KEY (rollout, number))
        """,
    ]

    private static let people = [
        """
        CREATE TABLE maintenance (
            id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, starts BIGINT NOT NULL, ends BIGINT NOT NULL,
            noticed BIGINT, english TEXT NOT NULL, japanese TEXT NOT NULL)
        """,
        "CREATE TABLE designated_days (day TEXT NOT NULL PRIMARY KEY, note TEXT NOT NULL)",
        """
        CREATE TABLE users (
            name TEXT NOT NULL PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL, created BIGINT NOT NULL,
            changed BIGINT NOT NULL, is_disabled BIGINT NOT NULL)
        """,
        """
        CREATE TABLE sessions (
            hash TEXT NOT NULL PRIMARY KEY, user_name TEXT NOT NULL REFERENCES users(name), created BIGINT NOT NULL,
            expires BIGINT NOT NULL, seen BIGINT NOT NULL, address TEXT NOT NULL, secret TEXT NOT NULL)
        """,
        """
        CREATE TABLE audit (
            number BIGINT NOT NULL PRIMARY KEY, time BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            subject TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)
        """,
        "CREATE INDEX audit_subject ON audit(subject, number)",
        "CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
    ]
}
