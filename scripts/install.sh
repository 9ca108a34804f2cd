#!/usr/bin/env bash
# Installs exactly the locked packages, then ourselves. uv does it when it can be had and can reach the index
# that pip is set up for; otherwise pip does, slower, with the same hashes.
set -euo pipefail
bin=$1
lock=requirements-dev.lock
uv_lock=$(mktemp)
trap 'rm -f "$uv_lock"' EXIT
awk '/^uv==/{keep=1} keep{print; if ($0 !~ /\\$/) exit}' "$lock" > "$uv_lock"

with_uv() {
  "$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$uv_lock" || return 1
  index=$("$bin/python" -m pip config get global.index-url 2>/dev/null || true)
  "$bin/uv" pip sync --quiet --python "$bin/python" --require-hashes ${index:+--index-url "$index"} "$lock"
}

with_uv || "$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"
"$bin/python" -m pip --version >/dev/null 2>&1 || "$bin/python" -m ensurepip -q
"$bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
