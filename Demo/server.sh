# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by Demo/run: Debian's nginx with a libssl of our choice, and the programs that talk to it.

# Sets and reads variables of Demo/run:
# shellcheck disable=SC2154,SC2034

# glibc keeps freed blocks below a moving threshold for later, so that a second attack would hide in what the first one
# left behind. With these settings it gives every freed block of 4 kB or more back at once, and each round can be
# compared with the first. They hardly change what an attack costs while it lasts.
give_memory_back=(MALLOC_MMAP_THRESHOLD_=4096 MALLOC_TRIM_THRESHOLD_=4096 MALLOC_TOP_PAD_=0)

started=()

# Start in the background, to be stopped when the demo ends however it ends, be it by SIGKILL.
start() {
    setpriv --pdeathsig TERM "$@" &
    started+=("$!")
}

stop() {
    kill "$1" 2>/dev/null || return 0
    for _ in {1..50}; do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# shellcheck disable=SC2317 # Called by a trap.
stop_all() {
    local status=$? index
    for ((index = ${#started[@]} - 1; index >= 0; index--)); do
        stop "${started[index]}"
    done
    exit "$status"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# child_of PROCESS: its first child, if it has one.
child_of() {
    local children
    children=$(cat "/proc/$1/task/$1/children" 2>/dev/null || true)
    echo "${children%% *}"
}

# start_nginx FOLDER LIBSSL3 [WRAPPER...]: sets $master, $worker and $port.
# A wrapper runs nginx as its child.
start_nginx() {
    local folder=$1 libraries=$2/usr/lib/x86_64-linux-gnu
    shift 2
    mkdir -p "$folder"
    port=$(free_port)
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
        -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>/dev/null
    sed "s#@RUN@#$folder#; s#@PORT@#$port#" "$here/nginx.conf" >"$folder/nginx.conf"
    start "$@" env "${give_memory_back[@]}" LD_LIBRARY_PATH="$libraries" "$store/nginx/usr/sbin/nginx" \
        -p "$folder" -e "$folder/error.log" -c "$folder/nginx.conf" -g 'daemon off;'
    local first=$!
    for _ in {1..50}; do
        master=$first
        (($# == 0)) || master=$(child_of "$first")
        worker=$(child_of "$master")
        if [[ $worker ]] && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            grep -q "$libraries/libssl.so.3" "/proc/$worker/maps" || fail "nginx did not load $libraries/libssl.so.3"
            return
        fi
        sleep 0.1
    done
    cat "$folder/error.log" >&2
    fail "nginx did not start"
}

# attack PORT WORKER: sets $before and $during, the worker's private memory in kB.
attack() {
    local result
    [[ -d /proc/$2 ]] || fail "the worker, PID $2, is gone"
    result=$(python3 "$here/attack.py" "$1" "$2") || fail "the attack could not be measured"
    read -r before during _ <<<"$result"
}

# others_use LIBSSL3: whether any process but our nginx runs this very libssl. A file that is gone counts as the same.
others_use() {
    local ours=$1/usr/lib/x86_64-linux-gnu/libssl.so.3 process path
    for process in /proc/[0-9]*; do
        [[ $process != "/proc/$master" && $process != "/proc/$worker" ]] || continue
        path=$(grep -m 1 -o '/.*/libssl\.so\.3.*' "$process/maps" 2>/dev/null) || continue
        [[ $path != *' (deleted)' ]] || return 0
        ! cmp -s "$process/root$path" "$ours" || return 0
    done
    return 1
}
