// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Testing

@Suite struct MemoryMapTests {
    @Test func `the lines of a process are read`() throws {
        let text = """
            55d0c0000000-55d0c0001000 r--p 00000000 fd:01 1234                       /usr/bin/a program
            55d0c0001000-55d0c0003000 r-xp 00001000 fd:01 1234                       /usr/bin/a program
            7f0000000000-7f0000001000 rw-s 00002000 00:05 99                         /dev/shm/x (deleted)
            7f0000002000-7f0000003000 ---p 00000000 00:00 0\u{20}
            7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]

            """
        let map = MemoryMap(parsing: Array(text.utf8))
        try #require(map.mappings.count == 6)
        #expect(map.mappings[1].permissions == [.read, .execute])
        #expect(map.mappings[1].offset == 0x1000)
        #expect(map.mappings[1].file.major == 0xfd && map.mappings[1].file.minor == 1)
        #expect(map.mappings[1].file.inode == 1234)
        #expect(map.mappings[1].name == "/usr/bin/a program")
        #expect(map.mappings[1].isExecutableFile)
        #expect(map.mappings[2].name == "/dev/shm/x (deleted)")
        #expect(map.mappings[2].permissions == [.read, .write, .shared])
        #expect(map.mappings[3].isPrivateAnonymous)
        #expect(map.mappings[3].name.isEmpty)
        #expect(map.mapping(named: "[stack]") == map.mappings[4])
        #expect(map.mapping(containing: RemoteAddress(0x55d0_c000_1000)) == map.mappings[1])
        #expect(map.mapping(containing: RemoteAddress(0x55d0_c000_3000)) == nil)
        #expect(map.mapping(containing: RemoteAddress(0)) == nil)
        #expect(map.mapping(containing: RemoteAddress(.max)) == nil)
    }

    @Test(arguments: [
        "", "\n\n\n", "x", "-", "1-", "1-2", "1-2 rwxp", "1-2 rwxp 0 0:0", "2-1 rwxp 0 0:0 0", "1-1 rwxp 0 0:0 0",
        "1-2 rwxz 0 0:0 0", "1-2 qwxp 0 0:0 0", "11111111111111111-2 rwxp 0 0:0 0", "1-2 rwxp 0 100000000:0 0",
        "1-2 rwxp 0 0:0 99999999999999999999", "1-2  rwxp 0 0:0 0", "\u{0}\u{1}\u{2}",
    ])
    func `what is no line of a map is left out`(text: String) {
        #expect(MemoryMap(parsing: Array(text.utf8)).mappings.isEmpty)
    }

    @Test func `mappings that do not ascend are left out`() {
        let text = "5-6 r--p 0 0:0 0\n1-2 r--p 0 0:0 0\n5-7 r--p 0 0:0 0\n6-7 r--p 0 0:0 0\n"
        let map = MemoryMap(parsing: Array(text.utf8))
        #expect(map.mappings.map(\.range.lowerBound.rawValue) == [5, 6])
    }

    @Test func `random bytes never trap`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("0123456789abcdef- rwxps:/\n".utf8) + [0xff, 0]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0..<200, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            _ = MemoryMap(parsing: bytes)
        }
    }

    @Test func `the map of this process has its own stack and code`() throws {
        let map = try MemoryMap(of: .current)
        #expect(map.mapping(named: "[stack]") != nil)
        #expect(map.mappings.contains { $0.isExecutableFile })
    }
}
