#!/usr/bin/env bash
# Chromium for the browser tests, on a Debian machine whose root runs them (a container, CI). Elsewhere nothing is
# installed behind anybody's back: those tests are skipped, and say what is missing.
set -u
[ -x /usr/bin/chromium ] && exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0
started=$SECONDS
log=$(mktemp)
if { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium; } >"$log" 2>&1; then
    echo "chromium: $((SECONDS - started)) s"
else
    tail -n 3 "$log"
    echo "chromium: cannot be installed here, so the browser tests are skipped"
fi
rm -f "$log"
