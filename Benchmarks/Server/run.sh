#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measure the server beside nginx, which serves the same bytes in the same run: run.sh [SECONDS [ROUNDS [HOSTS]]].
# Cached metadata, a small patch with a token, 256 clients that pull 1 MiB each, and hosts that register and check in.
# Needs bin/ (make build). All load stays on loopback.
source "$(dirname "$0")/../../scripts/environment.sh"

here=$root/Benchmarks/Server
"$root/scripts/setup" benchmarks
bin=${BIN:-$root/bin}
simulator=${SIMULATOR:-}
if [[ ! $simulator ]]; then
    hold_scratch server
    swiftpm server build --quiet --configuration release --static-swift-stdlib --product fleet-simulator
    simulator=$(scratch_path server)/release/fleet-simulator
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=$bin:$PATH

# A repository by the commands of docs/key-ceremony.md, with one key for each of its two sides.
cd "$work"
echo 'a passphrase for a benchmark' >passphrase
for name in offline online; do
    kaketsugi-server keys create "$name" --holder "$name" --work 14 --passphrase-file passphrase >/dev/null
done
kaketsugi-server keys begin first --root offline.pub --root-threshold 1 --targets offline.pub --targets-threshold 1 \
    --snapshot online.pub --timestamp online.pub >/dev/null
kaketsugi-server keys sign first --first --key offline --passphrase-file passphrase --yes >/dev/null
mkdir data
kaketsugi-server publish first --repository data/repository --key online --passphrase-file passphrase >/dev/null
# The server looks at names and not at contents: hosts check those.
hash=$(printf '0%.0s' {1..64})
mkdir -p data/repository/targets/openssl/debian-12/ab
head -c 1024 /dev/urandom >"data/repository/targets/openssl/debian-12/ab/$hash.1.mend"
head -c $((1 << 20)) /dev/urandom >"data/repository/targets/openssl/debian-12/ab/$hash.2.mend"
python3 "$here/measure.py" "$work" "$here/nginx.conf" "$simulator" "${1:-5}" "${2:-2}" "${3:-20000}"
