#!/usr/bin/env bash
# Installs what builds our wheel, as it is locked: BIN, the bin folder of an environment.
set -euo pipefail
bin=$1
parts=$(mktemp)
trap 'rm -f "$parts"' EXIT
# A package and its hashes are one line that goes on with backslashes.
awk '!more { keep = /^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/ } keep { print } { more = /\\$/ }' \
  requirements-dev.lock >"$parts"
"$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$parts"
