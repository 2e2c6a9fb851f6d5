#!/bin/sh
# Puts what generates Python clients from the OpenAPI document into .wangge/clients, from the pinned, hashed lock: an
# environment of its own, as what it needs clashes with what we need. What generates TypeScript comes with web/.
#   sh tests/clients/fetch.sh [PYTHON]      PYTHON: an interpreter with venv; the project's own unless told
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
here="$root/tests/clients"
target="$root/.wangge/clients"
python="${1:-$root/.venv/bin/python}"
name=clients
. "$root/tests/fetching.sh"

python_packages() {
    "$python" -m venv --clear "$target/python" &&
        "$target/python/bin/python" -m pip install --disable-pip-version-check --quiet --no-compile --no-deps \
            --require-hashes -r "$1"
}

fetch python_packages "$here/requirements.lock"
exit "$failed"
