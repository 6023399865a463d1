// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import ProcessPatcher
import Testing

@Suite struct HoleFinderTests {
    let map = MemoryMap(
        parsing: Array(
            """
            00400000-00500000 r-xp 00000000 fd:01 1 /bin/program
            01000000-01021000 rw-p 00000000 00:00 0 [heap]
            7f0000000000-7f0000100000 r-xp 00000000 fd:01 2 /lib/a.so
            7f0000103000-7f0000200000 r-xp 00000000 fd:01 3 /lib/b.so
            7f0000210000-7f0000300000 r-xp 00000000 fd:01 4 /lib/c.so
            7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0 [stack]

            """.utf8))

    func places(_ size: UInt64, near name: String, heapStart: UInt64 = 0) throws -> [Range<RemoteAddress>] {
        let target = try #require(map.mappings.first { $0.name == name }).range
        return HoleFinder(in: map, heapStart: RemoteAddress(heapStart)).places(for: size, near: target)
    }

    @Test func `the nearest gap that is large enough is first`() throws {
        let place = try #require(try places(0x3000, near: "/lib/b.so").first)
        #expect(place == RemoteAddress(0x7f00_0020_1000)..<RemoteAddress(0x7f00_0020_4000))
        // Between a and b are three pages; with one left on either side there is room for one.
        #expect(try places(0x1000, near: "/lib/b.so").first?.lowerBound == RemoteAddress(0x7f00_0010_1000))
    }

    @Test func `a page stays free on either side`() throws {
        for size in [0x1000, 0xe000] as [UInt64] {
            for place in try places(size, near: "/lib/c.so") {
                let wide =
                    RemoteAddress(place.lowerBound.rawValue - 0x1000)..<place.upperBound.advanced(by: 0x1000)
                #expect(map.mappings.allSatisfy { !$0.range.overlaps(wide) })
            }
        }
    }

    @Test func `the heap can go on growing`() throws {
        let places = try places(0x1000, near: "/bin/program")
        #expect(!places.isEmpty)
        #expect(places.allSatisfy { $0.upperBound <= RemoteAddress(0x0100_0000) })
    }

    @Test func `a heap that has not begun can grow, too`() throws {
        let small = MemoryMap(parsing: Array("00400000-00500000 r-xp 00000000 fd:01 1 /bin/program\n".utf8))
        let finder = HoleFinder(in: small, heapStart: RemoteAddress(0x90_0000))
        let places = finder.places(for: 0x1000, near: small.mappings[0].range)
        #expect(places.count == 1)
        #expect(places.first?.upperBound == RemoteAddress(0x3f_f000))
    }

    @Test func `the stack can go on growing`() throws {
        let near = RemoteAddress(0x7ffb_ff00_0000)..<RemoteAddress(0x7ffb_ff00_1000)
        for place in HoleFinder(in: map, heapStart: RemoteAddress(0)).places(for: 0x1000, near: near) {
            #expect(
                place.upperBound.rawValue <= 0x7ffc_0000_0000 - 128 << 20
                    || place.lowerBound.rawValue > 0x7ffc_0002_1000)
        }
    }

    @Test(arguments: [0, 1 << 31, 1 << 47, .max, .max - 0x1fff] as [UInt64])
    func `sizes that fit nowhere have no place`(size: UInt64) throws {
        #expect(try places(size, near: "/lib/a.so").isEmpty)
    }

    @Test func `nothing is farther than a jump reaches`() throws {
        for name in ["/bin/program", "/lib/a.so", "/lib/c.so"] {
            let target = try #require(map.mappings.first { $0.name == name }).range
            for place in try places(0x10_0000, near: name) {
                let low = min(place.lowerBound, target.lowerBound)
                let high = max(place.upperBound, target.upperBound)
                #expect(low.distance(to: high) < 1 << 31)
            }
        }
    }
}
