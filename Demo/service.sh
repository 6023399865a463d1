# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by Demo/run: the service that publishes the patch, and a host of its own that is licensed for it.

# Sets and reads variables of Demo/run and Demo/server.sh:
# shellcheck disable=SC2154,SC2034

# Namespaces of processes and mounts, so that the host's agent sees no process but those of its own.
own_processes=(unshare --pid --mount --fork --kill-child --mount-proc)
((EUID == 0)) || own_processes+=(--user --map-root-user)

# operate ARGUMENT...: kaketsugi-server, in the folder of the service.
operate() { (cd "$service" && logged "$root/bin/kaketsugi-server" "$@"); }

signed=(--key offline --passphrase-file passphrase)
published=(--repository data/repository --key online --passphrase-file passphrase)

# Two keys where a vendor has seven and a safe (docs/key-ceremony.md), and a repository in which nothing is yet.
begin_repository() {
    service=$run/service
    mkdir -p "$service/data"
    (umask 077 && head -c 24 /dev/urandom | base64 >"$service/passphrase")
    local name
    for name in offline online; do
        operate keys create "$name" --holder "$name" --work 14 --passphrase-file passphrase
    done
    operate keys begin first --root offline.pub --root-threshold 1 --targets offline.pub --targets-threshold 1 \
        --snapshot online.pub --timestamp online.pub
    operate keys sign first --first "${signed[@]}" --yes
    operate publish first "${published[@]}"
}

# start_service: sets $address.
start_service() {
    local port
    port=$(free_port)
    address=https://127.0.0.1:$port
    start "$root/bin/kaketsugi-server" serve --data "$service/data" --listen "127.0.0.1:$port" --name 127.0.0.1 \
        --key "$service/online" --passphrase-file "$service/passphrase" >>"$log" 2>&1
    for _ in {1..100}; do
        ! curl --silent --fail --cacert "$service/data/tls/ca.pem" "$address/health" &>>"$log" || return 0
        sleep 0.1
    done
    fail "the service did not start; what it said is in $log"
}

# publish_patch FILE: signed with the offline key, then published by the service's.
publish_patch() {
    operate add change "$1" --repository data/repository --product openssl --distribution debian-12 \
        --severity high --restart none
    operate keys sign change --root data/repository/metadata/1.root.json "${signed[@]}" --yes
    operate publish change "${published[@]}"
}

# roll_out FILE: first to one host, then to all.
roll_out() {
    operate rollouts add HollowByte --patch "$(sha256sum "$1" | cut -c 1-64)" --ring canary --ring all --bake 0 \
        --data data
}

# on_host COMMAND...: run on the licensed host, whose state lies in a folder of its own.
on_host() {
    local namespaces=(--pid --mount)
    ((EUID == 0)) || namespaces+=(--user --preserve-credentials)
    nsenter --target "$master" "${namespaces[@]}" -- setpriv --pdeathsig KILL \
        env KAKETSUGI_SYSROOT="$run/host" LC_ALL=C.UTF-8 "$@"
}

# license_host: a folder for the host's state, a contract, a key of it, and the registration.
license_host() {
    mkdir -p "$run/host/etc"
    cp /etc/os-release "$run/host/etc/os-release"
    tr -d - </proc/sys/kernel/random/uuid >"$run/host/etc/machine-id"
    operate contracts add DEMO --customer "The demo" --data data
    (cd "$service" && "$root/bin/kaketsugi-server" activation-keys add --contract DEMO --limit 1 --data data --json) |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["keys"][0]["key"])' >"$service/key"
    logged on_host "$root/bin/kaketsugi" register - --server "$address" --ca "$service/data/tls/ca.pem" \
        --hardware virtual --origin installer <"$service/key"
}

# until_latest SECONDS: start the host's agent, and wait until the host has what the service wants for it.
until_latest() {
    local end=$((SECONDS + $1))
    start_agent
    until on_host "$root/bin/kaketsugi" status >"$run/status" 2>&1; do
        ((SECONDS < end)) || {
            cat "$run/status" >&2
            fail "the agent did not apply the patch in $1 s; what it said is in $log"
        }
        sleep 0.2
    done
}

# agent_memory: what the agent has in memory, in bytes.
agent_memory() {
    local agent
    agent=$(pgrep --ns "$master" --nslist pid --full "^$root/bin/kaketsugi daemon")
    echo $(($(awk '/^VmRSS:/ { print $2 }' "/proc/$agent/status") * 1024))
}

start_agent() {
    on_host "$root/bin/kaketsugi" daemon >>"$log" 2>&1 &
    started+=("$!")
}
