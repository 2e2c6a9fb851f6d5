#!/bin/sh
# Builds CPython from the source in Debian's package into /usr/local, as the image python:3.13-slim has it (without its
# optimisations), and writes the packages of the shared libraries that it needs into ./libraries. run.sh calls it.
#   sh build_python.sh MIRROR
set -eu
here=$(pwd)
export DEBIAN_FRONTEND=noninteractive
printf 'deb-src %s trixie main\n' "$1" >/etc/apt/sources.list.d/source.list
apt-get update
apt-get install -y --no-install-recommends dpkg-dev gcc libc6-dev make pkg-config xz-utils libbz2-dev libexpat1-dev \
    libffi-dev libgdbm-dev liblzma-dev libncursesw5-dev libreadline-dev libsqlite3-dev libssl-dev uuid-dev zlib1g-dev
mkdir /build
cd /build
apt-get source --download-only python3.13
tar -xf python3.13_*.orig.tar.xz --strip-components=1
./configure --enable-loadable-sqlite-extensions --enable-option-checking=fatal --enable-shared --with-ensurepip
make -j "$(nproc)"
make install
ldconfig
for name in idle pip pydoc python; do ln -sf "${name}3" "/usr/local/bin/$name"; done
find /usr/local -depth -type d -name test -exec rm -rf {} +
cd "$here"
find /usr/local -type f \( -name '*.so*' -o -name 'python3.13' \) -exec ldd {} + |
    awk '/=> \// { print $3 }' | sort -u | grep -v '^/usr/local' |
    while read -r library; do dpkg-query --search "*/${library##*/}"; done | grep -v '^diversion' | cut -d: -f1 | sort -u >libraries
/usr/local/bin/python3.13 -c 'import bz2, ctypes, curses, dbm.gnu, ensurepip, lzma, readline, sqlite3, ssl, uuid, zlib'
