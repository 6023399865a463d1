#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install the Kaketsugi agent on this host, and register it: sh install.sh [ACTIVATION-KEY]
# Changes nothing but the package of the agent, and its settings in /etc/kaketsugi.
set -eu

server='@ORIGIN@'
packages='@PACKAGES@'
authority='@AUTHORITY@'

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "run this as root"
[ "$(uname -m)" = x86_64 ] || fail "this machine is $(uname -m); the service covers x86_64 (LP-2.1-2)"

if command -v dpkg >/dev/null 2>&1; then
    package=kaketsugi.deb
elif command -v rpm >/dev/null 2>&1; then
    package=kaketsugi.rpm
else
    fail "there is neither dpkg nor rpm on this system"
fi
case " $packages " in
    *" $package "*) ;;
    *) fail "$server has no $package; ask its operator to put it into the folder packages" ;;
esac

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
set -- "${1:-}"
trust=
if [ -n "$authority" ]; then
    printf '%s\n' "$authority" >"$folder/ca.pem"
    trust="--cacert $folder/ca.pem"
fi
# shellcheck disable=SC2086 # no words, or two
curl -fsS $trust -o "$folder/$package" "$server/packages/$package" || fail "$server/packages/$package could not be fetched"

if [ "$package" = kaketsugi.deb ]; then
    dpkg --install "$folder/$package"
else
    rpm --upgrade --replacepkgs "$folder/$package"
fi
if [ -n "$authority" ]; then
    mkdir -p /etc/kaketsugi
    cp "$folder/ca.pem" /etc/kaketsugi/ca.pem
    chmod 644 /etc/kaketsugi/ca.pem
fi
if [ -n "$1" ]; then
    kaketsugi register "$1" --server "$server"
else
    printf 'Now register the host: kaketsugi register ACTIVATION-KEY --server %s\n' "$server"
fi
