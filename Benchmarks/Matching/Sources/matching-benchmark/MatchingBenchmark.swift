// SPDX-License-Identifier: Apache-2.0

import ELF
import Glibc

/// Locates every unit of a library in the library as it is shipped, and says how long that takes.
@main
struct MatchingBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { fatalError("usage: matching-benchmark TARGET LIST-OF-OBJECTS") }
        let list = String(decoding: try Files.read(arguments[2]), as: UTF8.self)
        let paths = list.split(separator: "\n").map(String.init)
        let target = try Files.read(arguments[1])
        let objects = try paths.map { (path: $0, bytes: try Files.read($0)) }
        let before = peakMemory()

        var runs: [(time: Double, count: Count)] = []
        for _ in 0..<5 {
            let start = processTime()
            let count = try locate(objects, in: target)
            runs.append((processTime() - start, count))
        }
        runs.sort { $0.time < $1.time }
        let count = runs[0].count
        print("\(objects.count) units, \(objects.reduce(0) { $0 + $1.bytes.count } >> 20) MB of objects")
        print("units: \(count.located) located, \(count.ambiguous.count) ambiguous, \(count.missing.count) not found")
        print("functions: \(count.locatedFunctions) located of \(count.functions)")
        print("time: min \(rounded(runs[0].time)) s, median \(rounded(runs[2].time)) s of processor time, 5 runs")
        print("memory: peak \(peakMemory()) MB, of which the files that were read \(before) MB")
        for line in (count.ambiguous + count.missing).sorted() { print("  " + line) }
    }

    /// What became of the units.
    private struct Count {
        var located = 0
        var functions = 0
        var locatedFunctions = 0
        var ambiguous: [String] = []
        var missing: [String] = []
    }

    /// Everything that a patch needs of the target for every unit, the reading of all files included.
    private static func locate(
        _ objects: [(path: String, bytes: [UInt8])], in target: [UInt8]
    ) throws(PatchRefusal) -> Count {
        var count = Count()
        let shipped: ObjectFile
        do throws(ELFError) { shipped = try ObjectFile(parsing: target) } catch {
            throw .malformedTarget(target: "target", error: error)
        }
        let locator = UnitLocator(target: shipped, targetName: "target")
        for (path, bytes) in objects {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let unit = try UnitObject(source: name, bytes: bytes)
            count.functions += unit.functions.count
            do throws(PatchRefusal) {
                let located = try locator.locate(unit)
                count.located += 1
                count.locatedFunctions += unit.functions.values.count { located.definition(of: $0) != nil }
            } catch {
                switch error {
                case .unitAmbiguous: count.ambiguous.append(error.description)
                default: count.missing.append(error.description)
                }
            }
        }
        return count
    }

    private static func processTime() -> Double {
        var time = timespec()
        // Safety: the call writes to the structure that it is given and keeps no pointer.
        guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else {
            fatalError("every Linux has a CPU time clock")
        }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The most memory that this process has had at once, in megabytes.
    private static func peakMemory() -> Int {
        var usage = rusage()
        // Safety: the call writes to the structure that it is given and keeps no pointer.
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else {
            fatalError("every Linux tells a process's usage")
        }
        return usage.ru_maxrss / 1024
    }

    private static func rounded(_ seconds: Double) -> String {
        let hundredths = Int((seconds * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}
