// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ELF

/// Debugging information is foreign bytes, too.
@Suite struct DamagedDebugInformationTests {
    private static let source = """
        enum colour { RED, GREEN = -5 }; union u { long a; float b[2][3]; };
        struct s { int a : 3; int b : 5; struct s *next; union u u; enum colour c; struct { char x; }; char tail[]; };
        static inline __attribute__((always_inline)) int twice(struct s *p) { return p->a * 2; }
        int use(struct s *p, int (*f)(const struct s *, ...)) { if (__builtin_expect(!p, 0)) __builtin_trap();
            struct s local = *p; return twice(&local) + f(p, 1); }
        """

    @Test(arguments: [
        DebugFixture("gcc", "-gdwarf-4", "-O2"), DebugFixture("gcc", "-gdwarf-5", "-O2"),
        DebugFixture("gcc", "-gdwarf-5", "-fdebug-types-section"), DebugFixture("clang", "-gdwarf-5", "-O2"),
        DebugFixture("gcc", "-shared", "-fPIC", "-gdwarf-5", "-O2"),
    ])
    func `damaged debugging information never traps`(fixture: DebugFixture) throws {
        let bytes = try fixture.bytes(Self.source)
        let file = try ObjectFile(parsing: bytes)
        exerciseDebugInformation(of: file)
        let targets = file.sections.filter { $0.name.contains(".debug_") && $0.size > 0 && $0.contents.count > 0 }
        var random = SeededGenerator(seed: SeededGenerator.seed)
        for _ in 0..<1200 {
            var damaged = bytes
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                guard let section = targets.randomElement(using: &random) else { continue }
                let start = Int(section.fileOffset)
                let place = Int.random(in: start..<start + section.contents.count, using: &random)
                let hurtful: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: .min ... .max, using: &random)]
                damaged[place] = hurtful.randomElement(using: &random) ?? 0
            }
            guard let file = try? ObjectFile(parsing: damaged) else { continue }
            exerciseDebugInformation(of: file)
        }
    }
}
