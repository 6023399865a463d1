// SPDX-License-Identifier: Apache-2.0

/// What the virtual machine does: a shell script that goes through all steps and reports each on descriptor 3.
///
/// A line of the report is `name result milliseconds detail`. After `end`, the kernel's log follows.
struct GuestScript {
    /// What is done with which files.
    struct Plan: Sendable {
        /// The module's name, as sysfs has it.
        var patch: String
        /// The name of a next level; nil if there is none.
        var next: String?
        /// Modules in the order in which they are loaded before the patch.
        var modules: [String]
        /// Those that are loaded after it.
        var lateModules: [String]
        /// The scenario.
        var scenario: Scenario
        /// The build ID of the kernel; nil if any will do.
        var buildID: String?
        /// How long a transition may take, in seconds.
        var transition: Int
    }

    let plan: Plan

    /// The script.
    var text: String {
        """
        exec 2>/dev/null
        cd /tmp

        milliseconds() { read -r up idle </proc/uptime; echo "${up%.*}${up#*.}0"; }
        begun=$(milliseconds)
        tell() {
            local now; now=$(milliseconds)
            local detail; detail=$(echo "$3" | tr '\\n' ' ')
            echo "$1 $2 $((now - begun)) $detail" >&3
            begun=$now
        }
        finish() {
            kill $busy 2>/dev/null
            echo "end - 0" >&3
            dmesg >&3
            exit
        }
        # The last word of the kernel on why a module was refused.
        reason() { dmesg | tail -n 1; }
        load() { insmod "/modules/$1.ko" 2>/tmp/refusal; }
        livepatch() { echo "/sys/kernel/livepatch/$1"; }

        # Waits until all tasks have gone over, or names those that have not.
        settle() {
            local turns=0 limit=\(plan.transition * 20)
            while [ "$(cat "$(livepatch "$1")/transition" 2>/dev/null)" = 1 ]; do
                turns=$((turns + 1))
                [ $turns -lt $limit ] || { blockers "$2"; return 1; }
                usleep 50000
            done
        }
        blockers() {
            local task
            for task in /proc/[0-9]*/task/[0-9]*; do
                [ "$(cat "$task/patch_state" 2>/dev/null)" = "$1" ] || continue
                echo "$(cat "$task/comm") ($(basename "$task")): $(head -n 3 "$task/stack" | tr '\\n' ' ');"
            done >/tmp/blockers
        }
        # Takes a patch out; the module goes with it.
        take_out() {
            echo 0 >"$(livepatch "$1")/enabled" || return 1
            local turns=0
            while [ -d "$(livepatch "$1")" ]; do
                turns=$((turns + 1))
                [ $turns -lt \(plan.transition * 20) ] || { blockers 1; return 1; }
                usleep 50000
            done
            remove "$1"
        }
        # The kernel lets go of a patch's module a moment after the patch is seen to be gone (klp_free_patch_finish()).
        remove() {
            local turns=0 limit=\(plan.transition * 20)
            while ! rmmod "$1" 2>/tmp/blockers; do
                turns=$((turns + 1))
                [ $turns -lt $limit ] || return 1
                usleep 50000
            done
        }
        put_in() {
            load "$1" || { tell "$2" failed "$(cat /tmp/refusal): $(reason)"; finish; }
            if settle "$1" 0; then
                tell "$2" done ""
            else
                tell "$2" failed "$(cat /tmp/blockers)"
                echo 0 >"$(livepatch "$1")/enabled"
                finish
            fi
        }
        # Waits until what is done all the time has gone round once more; where the machine is slow, that takes its time.
        goes_on() {
            local waited=0 limit=\(plan.transition * 20)
            while [ "$(wc -l </tmp/turns)" -le "$1" ]; do
                waited=$((waited + 1))
                [ $waited -lt $limit ] || return 1
                usleep 50000
            done
        }
        expect() {
            local found; found=$(trigger 2>&1 | tr '\\n' ' ' | sed 's/ *$//')
            if [ "$found" = "$2" ]; then tell "$1" done "$found"; else tell "$1" failed "$found"; fi
        }

        tell boot done "$(uname -r)"
        \(identity)
        . /scenario
        \(loading(plan.modules, as: "modules"))
        \(expectation("before", plan.scenario.before))
        \(step("hold"))
        : >/tmp/turns
        ( while :; do \(Scenario.defines("busy", in: plan.scenario.script) ? "busy" : Self.activity); echo >>/tmp/turns; done ) &
        busy=$!
        usleep 200000
        put_in \(plan.patch) load
        turns=$(wc -l </tmp/turns)
        \(expectation("after", plan.scenario.after))
        \(step("release"))
        \(late)
        \(replacement)
        goes_on "$turns" || { tell activity failed "it stopped while the patch was there"; finish; }
        turns=$(wc -l </tmp/turns)
        begun=$(milliseconds)
        if take_out \(plan.next ?? plan.patch); then tell unload done ""; else tell unload failed "$(cat /tmp/blockers)"; finish; fi
        \(expectation("restored", plan.scenario.before))
        if goes_on "$turns"; then
            tell activity done ""
        else
            tell activity failed "it stopped when the patch was taken out"
        fi
        finish

        """
    }

    /// What is done all the time where the scenario says nothing: processes, pipes, files, names in `/proc` and `/sys`.
    private static let activity =
        "cat /proc/[0-9]*/stat >/tmp/a; ls /proc /sys/kernel | sort | wc -l; cp /tmp/a /tmp/b; rm /tmp/b"

    private var identity: String {
        guard let buildID = plan.buildID else { return "" }
        return """
            notes=$(od -An -v -tx1 /sys/kernel/notes | tr -d ' \\n')
            case $notes in
                *\(buildID)*) tell identity done \(buildID) ;;
                *) tell identity failed "$notes"; finish ;;
            esac
            """
    }

    private func loading(_ modules: [String], as step: String) -> String {
        guard !modules.isEmpty else { return "" }
        return """
            for module in \(modules.joined(separator: " ")); do
                load $module || { tell \(step) failed "$module: $(cat /tmp/refusal): $(reason)"; finish; }
            done
            tell \(step) done "\(modules.joined(separator: " "))"
            """
    }

    private func expectation(_ step: String, _ value: String?) -> String {
        value.map { "expect \(step) \(Self.quoted($0))" } ?? ""
    }

    private func step(_ function: String) -> String {
        guard Scenario.defines(function, in: plan.scenario.script) else { return "" }
        return "if \(function); then tell \(function) done \"\"; else tell \(function) failed \"status $?\"; fi"
    }

    /// A module that comes later must be patched before its code runs.
    private var late: String {
        guard !plan.lateModules.isEmpty else { return "" }
        return """
            \(loading(plan.lateModules, as: "late-modules"))
            for module in \(plan.lateModules.joined(separator: " ")); do
                place=$(livepatch \(plan.patch))/$(echo $module | tr - _)
                [ -d "$place" ] || continue
                if [ "$(cat "$place/patched")" = 1 ]; then tell late-patched done $module; else tell late-patched failed $module; fi
            done
            """
    }

    private var replacement: String {
        guard let next = plan.next else { return "" }
        return """
            put_in \(next) replace
            if [ -d "$(livepatch \(plan.patch))" ]; then
                tell replaced failed ""
            elif remove \(plan.patch); then
                tell replaced done ""
            else
                tell replaced failed "$(cat /tmp/blockers)"
            fi
            \(expectation("after-replacement", plan.scenario.after))
            """
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
