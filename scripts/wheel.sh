#!/usr/bin/env bash
# Builds our wheel with the locked hatchling: BIN OUT, the bin folder of an environment and the folder for the wheel.
set -euo pipefail
bin=$1 out=$2
parts=$(mktemp)
trap 'rm -f "$parts"' EXIT
# A package and its hashes are one line that goes on with backslashes.
awk '!more { keep = /^(hatchling|packaging|pathspec|pluggy|trove-classifiers)==/ } keep { print } { more = /\\$/ }' \
  requirements-dev.lock >"$parts"
"$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$parts"
"$bin/python" -m hatchling build -t wheel -d "$out"
