#!/usr/bin/env bash
# Installs exactly the locked packages, then ourselves. uv does it when it can be had and can reach the index
# that pip is set up for; otherwise pip does, slower, with the same hashes and without uv.
set -euo pipefail
bin=$1
lock=requirements-dev.lock
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
# A package and its hashes are one line that goes on with backslashes.
awk -v all="$parts/rest.txt" -v uv="$parts/uv.txt" '
  !more { out = /^uv==/ ? uv : all }
  { print > out; more = /\\$/ }' "$lock"

pip() {
  "$bin/python" -m pip "$@" --disable-pip-version-check
}

has_pip() {
  pip --version >/dev/null 2>&1 || "$bin/python" -m ensurepip -q
}

with_uv() {
  pip install --quiet --require-hashes --no-deps -r "$parts/uv.txt" || return 1
  index=$(pip config get global.index-url 2>/dev/null || true)
  "$bin/uv" pip sync --quiet --python "$bin/python" --require-hashes ${index:+--index-url "$index"} "$lock"
}

with_pip() {
  echo "uv cannot be used here, so pip installs the same packages; that takes a few minutes" >&2
  has_pip
  pip install --quiet --require-hashes --no-deps -r "$parts/rest.txt"
}

has_pip
with_uv || with_pip
has_pip
pip install --quiet --no-deps --no-build-isolation -e .
