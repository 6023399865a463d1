// SPDX-License-Identifier: Apache-2.0

import Testing

/// `kaketsugi-server serve` as an operator starts it.
@Suite(.timeLimit(.minutes(5))) struct ServeTests {
    private static let start = """
        serve() {
            kaketsugi-server serve --listen "$1" >out 2>err &
            server=$!
            trap 'kill -KILL $server 2>/dev/null || true' EXIT
            for _ in $(seq 600); do
                address=$(sed -n 's/^serving at //p' out)
                [ -z "$address" ] || return 0
                kill -0 $server || break
                sleep 0.05
            done
            cat err >&2
            return 1
        }

        """

    @Test func `it is up in an empty folder, keeps secrets to itself, and ends when it is told to`() throws {
        let person = try Operator()
        let output = try person.succeed(
            Self.start + """
                serve 127.0.0.1:0
                curl --silent --show-error --cacert kaketsugi/tls/ca.pem "${address}health"
                echo
                stat --format '%a %n' kaketsugi/service.sqlite kaketsugi/tls/ca.key kaketsugi/tls/server.key
                cat out
                kill -TERM $server
                wait $server && echo "status $?"
                serve 127.0.0.1:0
                cat out
                kill -INT $server
                wait $server && echo "status $?"
                """)
        #expect(output.contains("\"state\":\"good\""))
        for line in ["600 kaketsugi/service.sqlite", "600 kaketsugi/tls/ca.key", "600 kaketsugi/tls/server.key"] {
            #expect(output.contains(line), "\(output)")
        }
        // The password is shown at the first start, and never again.
        #expect(output.split(separator: "first start: sign in as admin").count == 2)
        #expect(output.split(separator: "status 0").count >= 2 && output.hasSuffix("status 0\n"))
    }

    @Test func `what cannot be is refused with the cause`() throws {
        let person = try Operator()
        let taken = try person.run(
            Self.start + """
                serve 127.0.0.1:0
                port=${address##*:}
                kaketsugi-server serve --data other --listen 127.0.0.1:${port%/} || exit $?
                """)
        #expect(taken.status == 3 && taken.errors.contains("cannot be listened on"), "\(taken.errors)")
        for (options, status) in [
            ("--database mysql://a/b", 3), ("--certificate a.pem --certificate-key b.pem", 3),
            ("--certificate a.pem", 64),
            ("--plain --name a", 64), ("--listen nowhere", 64), ("--log-format xml", 64), ("--key none", 3),
        ] as [(String, Int32)] {
            let command = try person.run("kaketsugi-server serve \(options)")
            #expect(command.status == status && !command.errors.isEmpty, "\(options): \(command.errors)")
        }
    }

    @Test func `its log is JSON a line where that is asked for`() throws {
        let person = try Operator()
        let output = try person.succeed(
            """
            kaketsugi-server serve --data data --plain --listen 127.0.0.1:0 --log-format json --log-level debug >out 2>err &
            server=$!
            trap 'kill -KILL $server 2>/dev/null || true' EXIT
            for _ in $(seq 600); do grep -q serving out && break; sleep 0.05; done
            curl --silent "$(sed -n 's/^serving at //p' out)status" >/dev/null
            kill -TERM $server
            wait $server
            grep '^{' err | python3 -c 'import json, sys; print(all("message" in json.loads(line) for line in sys.stdin))'
            """)
        #expect(output.contains("True"))
    }
}
