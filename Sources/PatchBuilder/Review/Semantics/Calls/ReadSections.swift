// SPDX-License-Identifier: Apache-2.0

/// The read-side critical sections of RCU, which a fix may add without more ado where each call ends what it begins.
///
/// Why that harms nothing that runs: a live patch switches a task, or a process, while it is in none of the functions that
/// change, and whoever has entered a function leaves it in the same version. A section that begins and ends in one call is
/// so never crossed by a switch, to the patch or back, and the nesting that callers and callees see is what it was.
/// Beside that, a reader of RCU excludes nobody and waits for nobody. It only lets those wait who free behind a grace
/// period, and what code without the section does meanwhile it did before. What such a fix does to the ways in which objects are
/// freed, counted or locked otherwise is found by itself.
///
/// A section that a fix takes away is another matter: tasks in old code still rely on it, and new code may not wait for them.
/// And no other lock is like this. One that excludes is relied upon by the new code, while tasks in old code do not take it; and
/// taking it may turn an order around. SRCU hands out a number that another function may need to give back.
enum ReadSections {
    /// How a function changes the nesting of the sections; nil for all other functions.
    static func change(by function: String) -> Int? {
        switch function {
        // include/linux/cleanup.h: guard(rcu)() begins one, and what it declares ends it where it goes out of scope.
        case "rcu_read_lock", "__rcu_read_lock", "class_rcu_constructor": 1
        case "rcu_read_unlock", "__rcu_read_unlock", "class_rcu_destructor": -1
        default: nil
        }
    }
}
