// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The CPU time that this process has used, in nanoseconds: other programs on the machine do not count.
func processTime() -> Double {
    var time = timespec()
    // Safety: the call writes to the structure that it is given and keeps no pointer.
    guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else {
        fatalError("every Linux has a CPU time clock")
    }
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}
