#!/bin/sh
# Puts PyPI's ogctests into an environment of its own (.wangge/ogctests), as what it needs clashes with what we need.
#   sh tests/api/ogc/ogctests.sh [PYTHON]      PYTHON: an interpreter with venv; the project's own unless told
# Then ./wangge test tests/api/ogc/test_ogctests.py runs it against a served application.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../../.." && pwd)
"${1:-$root/.venv/bin/python}" -m venv "$root/.wangge/ogctests"
"$root/.wangge/ogctests/bin/pip" install --disable-pip-version-check --quiet "ogctests==0.1.15"
