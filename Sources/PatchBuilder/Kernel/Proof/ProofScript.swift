// SPDX-License-Identifier: Apache-2.0

/// What the virtual machine does, in the language of its shell. It tells each step on a line of its own.
struct ProofScript {
    /// The module's name.
    var module: String
    /// The name of a copy, as a next level would have it.
    var next: String
    /// Modules that are loaded first, by file name, in order.
    var early: [String]
    /// Modules that are loaded with the patch in force, by file name, in order.
    var late: [String]
    /// The parts among those, by name, of which the patch must be in force then.
    var patchedLate: [String]
    /// The author's scenario.
    var scenario: Scenario

    /// What begins a line of ours.
    static let mark = "@kaketsugi "
    /// What the kernel says when something is wrong with it.
    static let alarms =
        "WARNING:|BUG:|Oops|general protection|Kernel panic|Call Trace:|soft lockup|hung_task|blocked for more than|"
        + "unchecked MSR|scheduling while atomic"

    var text: String {
        """
        say() { echo "\(Self.mark)$*"; }
        state=/sys/kernel/livepatch
        # settled NAME SECONDS: waits until a patch is in force, or out of it, for all tasks
        settled() {
            n=0
            while [ "$(cat $state/$1/transition 2>/dev/null || echo 0)" = 1 ]; do
                n=$((n + 1)); [ $n -gt $(($2 * 10)) ] && return 1; sleep 0.1
            done
        }
        blockers() { for p in /proc/[0-9]*; do
            [ "$(cat $p/patch_state 2>/dev/null)" = "$1" ] && echo "$(cat $p/comm) ${p#/proc/}"; done; }
        check() { name=$1; shift; if "$@"; then say pass $name; else say fail $name; fi; }
        patched_part() { [ "$(cat $state/\(module)/$1/patched)" = 1 ]; }
        quiet() { ! dmesg | grep -E '\(Self.alarms)'; }
        try() { say begin $1; [ -f /trigger.sh ] && sh /trigger.sh 2>&1; say end $1; }
        for m in \(early.joined(separator: " ")); do insmod /modules/$m || say fail load-$m; done
        [ -f /setup.sh ] && . /setup.sh
        say release "$(uname -r)"
        try before
        touch /tmp/active
        if [ -f /activity.sh ]; then (while [ -e /tmp/active ]; do sh /activity.sh >/dev/null 2>&1; done) & fi
        if [ -f /hold.sh ]; then sh /hold.sh >/tmp/held 2>&1 & hold=$!; sleep 0.3; fi
        if insmod /patch.ko; then say pass load; else say fail load; dmesg | tail -n 20; return; fi
        if settled \(module) 90; then say pass transition; else
            say fail transition "$(blockers 0 | tr '\\n' ',')"; echo 0 >$state/\(module)/enabled; settled \(module) 90; fi
        touch /tmp/patched
        if [ -n "$hold" ]; then wait $hold; check old-object [ $? -eq 0 ]; fi
        try after
        for m in \(late.joined(separator: " ")); do insmod /modules/$m || say fail load-$m; done
        for m in \(patchedLate.joined(separator: " ")); do check late-$m patched_part $m; done
        check replace insmod /next.ko
        check replace-transition settled \(next) 90
        n=0; while [ -d $state/\(module) ] && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
        check replaced [ ! -d $state/\(module) ]
        check remove-replaced rmmod \(module)
        try replaced
        echo 0 >$state/\(next)/enabled
        check revert settled \(next) 90
        n=0; while [ -d $state/\(next) ] && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
        check unload rmmod \(next)
        try reverted
        rm -f /tmp/active
        check quiet quiet
        say done

        """
    }
}
