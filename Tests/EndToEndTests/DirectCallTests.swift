// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Testing

@testable import kaketsugi

/// What is understood without the parser of arguments means what the parser makes of it.
@Suite struct DirectCallTests {
    static func parsed(_ arguments: [String]) throws -> Application {
        let command = try #require(try Kaketsugi.parseAsRoot(arguments) as? ApplyCommand)
        return command.application
    }

    @Test(
        arguments: [
            ["apply", "a.mend", "--pid", "7"], ["apply", "--pid", "7", "a.mend", "--pid", "8", "--json"],
            ["apply", "--json", "--all", "a.mend"], ["apply", "あ", "--all"],
            ["apply", "a", "b", "--all"], ["apply", "a", "--pid", "7", "b"],
        ])
    func `a plain command line`(arguments: [String]) throws {
        #expect(Application(directly: arguments[...]) == (try Self.parsed(arguments)))
    }

    @Test(
        arguments: [
            [], ["apply"], ["revert", "a", "--all"], ["apply", "a"],
            ["apply", "a", "--pid"],
            ["apply", "a", "--pid", "0"], ["apply", "a", "--pid", "x"], ["apply", "a", "--pid", "7", "--all"],
            ["apply", "a", "--pid=7"], ["apply", "-a", "--all"], ["apply", "a", "--all", "--wait", "1"],
            ["apply", "--help"], ["apply", "--all", ""], ["apply", "--", "a", "--all"],
            ["apply", "a", "--pid", "99999999999"],
        ])
    func `anything else is left to the parser`(arguments: [String]) {
        #expect(Application(directly: arguments[...]) == nil)
    }
}
