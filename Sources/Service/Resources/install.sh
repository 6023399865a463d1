#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install the package kaketsugi on this host, and register it: sh install.sh [ACTIVATION-KEY]
# Without a key it asks for one. It changes nothing but the package and /etc/kaketsugi/ca.pem.
set -eu

server='@ORIGIN@'
deb='@DEB@'
rpm='@RPM@'
authority='@AUTHORITY@'

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "run this as root"
[ "$(uname -m)" = x86_64 ] || fail "this machine is $(uname -m); the service covers x86_64 (LP-2.1-2)"

if command -v dpkg >/dev/null 2>&1; then
    package=$deb
elif command -v rpm >/dev/null 2>&1; then
    package=$rpm
else
    fail "there is neither dpkg nor rpm on this system"
fi
[ -n "$package" ] || fail "$server has no package for this system; its operator puts it into the folder packages"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -n "$authority" ]; then
    printf '%s\n' "$authority" >"$folder/ca.pem"
    curl -fsS --cacert "$folder/ca.pem" -o "$folder/$package" "$server/packages/$package" || package=
else
    curl -fsS -o "$folder/$package" "$server/packages/$package" || package=
fi
[ -n "$package" ] || fail "the package could not be fetched from $server"

case $package in
    *.deb) dpkg --install "$folder/$package" ;;
    *) rpm --upgrade --replacepkgs "$folder/$package" ;;
esac

key=${1:-}
if [ -z "$key" ] && [ -t 0 ]; then
    printf 'Activation key: '
    read -r key
fi
[ -n "$key" ] || fail "the package is installed; now register the host: kaketsugi register - --server $server"
if [ -n "$authority" ]; then
    install -D -m 644 "$folder/ca.pem" /etc/kaketsugi/ca.pem
    printf '%s\n' "$key" | kaketsugi register - --server "$server" --ca /etc/kaketsugi/ca.pem
else
    printf '%s\n' "$key" | kaketsugi register - --server "$server"
fi
