#!/bin/sh
# Runs the README's two commands on a bare system: a root made by debootstrap that holds nothing but Debian's minimal base.
#   sh tests/bare/run.sh SYSTEM [PYTEST WORDS …]     as root; SYSTEM: debian-12, debian-13 or python-3.13-slim
# With words after the system only `./wangge test WORDS` runs, and with BARE_DEMO=1 `./wangge demo` before it. The
# committed state of the project is tried, in a new root each time; the root is removed at the end (BARE_KEEP=1 keeps it).
# Run it for each system before a release.
#   BARE_ROOTS    where roots and logs are made; .wangge/bare unless told
#   BARE_MIRROR   Debian's mirror; that of this machine's apt unless told
#   BARE_OVERLAY  a folder laid over each new root: settings of apt, pip and npm that a closed network needs
set -eu
project=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
roots="${BARE_ROOTS:-$project/.wangge/bare}"
say() { printf 'bare: %s\n' "$*" >&2; }
# What failed stays to be looked at, until the next run.
fail() { say "$*"; exit 1; }

system="${1:-}"
case "$system" in
    debian-12) suite=bookworm ;;
    debian-13 | python-3.13-slim) suite=trixie ;;
    *) fail "which system? debian-12, debian-13 or python-3.13-slim" ;;
esac
shift
[ "$(id -u)" = 0 ] || fail "debootstrap and chroot need root"
command -v debootstrap >/dev/null || fail "debootstrap is missing; mend it with:  apt-get install debootstrap"

root="$roots/$system"
log="$roots/$system.log"

of_apt() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep '/debian/*$' | head -n 1; }

# A mount namespace of its own: whatever ends this script, nothing stays mounted and no process goes on.
inside() { # folder of the root, command …
    at=$1
    shift
    # shellcheck disable=SC2016 # the inner shell expands its own arguments
    unshare --mount --pid --fork --kill-child sh -euc '
        at=$1
        shift
        mount -t proc proc "$at/proc"
        mount -t tmpfs tmpfs "$at/dev/shm"
        exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
            PYTHONUNBUFFERED=1 chroot "$at" sh -euc "cd /srv/wangge && exec \"\$@\"" sh "$@"' sh "$at" "$@"
}

make_root() { # folder
    say "making $1: $suite from $mirror"
    rm -rf --one-file-system "$1"
    unshare --mount debootstrap --variant=minbase "$suite" "$1" "$mirror" >>"$log" 2>&1 || fail "debootstrap failed: see $log"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$1/etc/hosts"
    [ -z "${BARE_OVERLAY:-}" ] || cp -R "$BARE_OVERLAY/." "$1/"
    mkdir -p "$1/srv/wangge"
}

# The image python:3.13-slim is Debian 13 without Debian's Python, and CPython built from its source into /usr/local.
# The same source comes with Debian's source package; it is built once, in a root of its own.
python_in_usr_local() {
    built="$roots/python-3.13.tar"
    if [ ! -f "$built" ]; then
        make_root "$roots/python-build"
        cp "$project/tests/bare/build_python.sh" "$roots/python-build/srv/wangge/"
        say "building CPython 3.13 into /usr/local: some minutes, once"
        inside "$roots/python-build" sh build_python.sh "$mirror" >>"$log" 2>&1 || fail "CPython was not built: see $log"
        tar -C "$roots/python-build" -cf "$built.part" usr/local srv/wangge/libraries
        mv "$built.part" "$built"
        rm -rf --one-file-system "$roots/python-build"
    fi
    tar -C "$root" -xf "$built"
    # shellcheck disable=SC2046 # the list is words
    inside "$root" sh -euc 'apt-get update && apt-get install -y --no-install-recommends ca-certificates netbase tzdata \
        $(cat libraries) && ldconfig && rm libraries && python3 --version' >>"$log" 2>&1 || fail "see $log"
}

try_demo() {
    say "./wangge demo"
    begun=$(date +%s)
    told="$roots/$system-demo.log"
    inside "$root" ./wangge demo </dev/null >"$told" 2>&1 &
    demo=$!
    trap 'kill "$demo" 2>/dev/null || true' EXIT
    until grep -q 'until Ctrl-C' "$told"; do
        kill -0 "$demo" 2>/dev/null || fail "the demonstration ended: see $told"
        [ $(($(date +%s) - begun)) -lt 3600 ] || fail "the demonstration does not serve after an hour: see $told"
        sleep 2
    done
    address=$(sed -n 's/^serving at \([^ ]*\) until Ctrl-C.*/\1/p' "$told")
    inside "$root" .venv/bin/python - "$address" <<'END' || fail "it serves no assignment at $address"
import json, sys, urllib.request
with urllib.request.urlopen(sys.argv[1] + "/v1/assignments?lon=113.2741&lat=34.8023") as answer:
    assert json.load(answer)["areas"], "no area"
END
    # The program itself is told to end: the shells and unshare above it only pass on how it ended. Not by SIGINT, which
    # a shell makes its background processes ignore.
    kill -TERM "$(pgrep -f -P "$(descendants "$demo")" 'main.py demo' | head -n 1)"
    wait "$demo" || fail "the demonstration ended with $? when it was told to end: see $told"
    trap - EXIT
    say "the demonstration worked, $(($(date +%s) - begun)) s in all"
}

descendants() { # process: its descendants' ids, joined by commas
    all=$1 level=$1
    while level=$(pgrep -d, -P "$level"); do all="$all,$level"; done
    printf '%s' "$all"
}

try_tests() {
    say "./wangge test $*"
    told="$roots/$system-test.log"
    inside "$root" ./wangge test "$@" </dev/null >"$told" 2>&1 || { tail -n 40 "$told" >&2; fail "tests failed: see $told"; }
    tail -n 20 "$told"
}

mkdir -p "$roots"
: >"$log"
mirror="${BARE_MIRROR:-$(of_apt)}"
mirror="${mirror:-https://deb.debian.org/debian}"
make_root "$root"
[ "$system" != python-3.13-slim ] || python_in_usr_local
git -C "$project" archive HEAD | tar -C "$root/srv/wangge" -x
if [ $# = 0 ] || [ -n "${BARE_DEMO:-}" ]; then try_demo; fi
try_tests "$@"
[ -n "${BARE_KEEP:-}" ] || rm -rf --one-file-system "$root"
say "$system: all worked"
