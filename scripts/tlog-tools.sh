#!/usr/bin/env bash
# Builds the programs of tlog-tools.txt, each once, outside the repository, where a Go toolchain of 1.25 or newer and
# the Go module proxy are at hand. Those that cannot be had are named, loudly; the rest of the tests goes on without.
set -uo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
cache="${XDG_CACHE_HOME:-$HOME/.cache}/sekisho/tlog-tools"
seconds=${TLOG_TOOLS_SECONDS:-300}
missing() { echo "tlog-tools: WITHOUT $1: $2" >&2; }

version=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null)
minor=$(sed -nE 's/^go1\.([0-9]+).*/\1/p' <<<"$version")
while read -r name package pinned; do
  [[ -z $name || $name == '#'* ]] && continue
  place="$cache/$name-$pinned"
  [[ -x $place/$name ]] && continue
  if ((${minor:-0} < 25)); then
    missing "$name" "Go 1.25 is needed, here is ${version:-none}"
    continue
  fi
  work=$(mktemp -d)
  if (cd "$work" && GOFLAGS='' GO111MODULE=on GOTOOLCHAIN=local GOBIN="$work/bin" CGO_ENABLED=0 \
    timeout "$seconds" go install "$package@$pinned") >"$work/log" 2>&1; then
    mkdir -p "$place" && mv "$work/bin/$name" "$place/$name"
  else
    missing "$name" "$(grep -v '^go: downloading' "$work/log" | head -n 1)"
  fi
  chmod -R u+w "$work" && rm -rf "$work"
done <"$here/tlog-tools.txt"
exit 0
