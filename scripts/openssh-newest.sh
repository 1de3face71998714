#!/usr/bin/env bash
# Provides the newest OpenSSH that Debian's archive holds, built from its release: the peer that tests and benchmarks
# measure against. Prints its prefix as the last line; with nothing to be had it says why and exits 3.
#
# The archive's index is signed and apt checks that; the release's SHA-256 stands in the index and is checked here.
# Nothing of the machine is changed: apt works on directories of its own, the build goes to a prefix in the cache.
set -euo pipefail

cache="${XDG_CACHE_HOME:-$HOME/.cache}/sekisho"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
seconds=${OPENSSH_NEWEST_SECONDS:-420}

say() { echo "openssh-newest: $*" >&2; }
give_up() {
  say "$* (the system's OpenSSH is used in its place)"
  exit 3
}

# A finished build is marked last, so that one that was cut off is never taken for it.
finished() { find "$cache" -maxdepth 2 -name .complete 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname; }
known=$(finished || true)
if [[ -n $known ]]; then
  echo "$known"
  exit 0
fi
[[ -n ${OPENSSH_NEWEST_BOUNDED:-} ]] || OPENSSH_NEWEST_BOUNDED=1 exec timeout "$seconds" "$0" "$@"

command -v apt-get >/dev/null || give_up 'there is no apt here'
[[ -r $keyring ]] || give_up "no key of Debian's archive here"
for tool in cc make sha256sum tar; do command -v "$tool" >/dev/null || give_up "$tool is missing"; done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirror=$(grep -rhoE '^(URIs: *|deb +(\[[^]]*\] +)?)https?://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
  grep -oE 'https?://[^ ]*/debian/?$' | head -n 1 || true)
mirror=${mirror:-http://deb.debian.org/debian}

apt() {
  apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/parts" \
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::Retries=1 -o Acquire::http::Timeout=20 "$@"
}

# Leaves the release of one suite in $work/release.tar.gz and its name in $release; fails when it is not to be had.
fetch_release() {
  rm -rf "$work"/{parts,lists,cache,source}
  mkdir -p "$work"/{parts,lists/partial,cache/archives/partial,source}
  printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$mirror" "$1" "$keyring" \
    >"$work/parts/debian.sources"
  apt update >&2 || return 1
  local line sum
  line=$(apt source --print-uris openssh 2>/dev/null | grep -E "/openssh_[0-9a-z.]+\.orig\.tar\.[gx]z' ") || return 1
  release=$(sed -E "s/^'[^']*' ([^ ]+) .*/\1/" <<<"$line")
  sum=$(grep -oE 'SHA256:[0-9a-f]{64}' <<<"$line" | cut -d: -f2)
  # The packaging around a release may be missing from a mirror; the release itself is all that is needed.
  (cd "$work/source" && apt source --download-only openssh >&2) || true
  [[ -n $sum && -f $work/source/$release ]] || return 1
  echo "$sum  $work/source/$release" | sha256sum --check --status
}

release=''
for suite in unstable testing stable-backports stable; do
  if fetch_release "$suite"; then break; fi
  say "no release to be had from Debian's $suite"
  release=''
done
[[ -n $release ]] || give_up "Debian's archive gives no release"

version=$(sed -E 's/^openssh_([^_]+)\.orig\.tar\..*/\1/' <<<"$release")
prefix="$cache/openssh-$version"
say "building $version"
mkdir -p "$work/build"
tar -xf "$work/source/$release" -C "$work/build" --strip-components=1
rm -rf "$prefix"
mkdir -p "$prefix/empty"
cd "$work/build"
{
  ./configure --prefix="$prefix" --sysconfdir="$prefix/etc" --libexecdir="$prefix/libexec" \
    --with-privsep-path="$prefix/empty" --with-pid-dir="$prefix" --without-pam
  make -j"$(nproc)"
  make install-nokeys STRIP_OPT=
} >"$work/log" 2>&1 || {
  tail -n 20 "$work/log" >&2
  give_up "$version does not build here"
}
# A security key without hardware, for whoever tests `sk-` keys; and the release's own checks.
make regress/misc/sk-dummy/sk-dummy.so >"$work/log" 2>&1 || make regress-binaries >"$work/log" 2>&1 || true
mkdir -p "$prefix/regress"
cp regress/*.sh "$prefix/regress/"
cp regress/misc/sk-dummy/sk-dummy.so "$prefix/libexec/" 2>/dev/null || say 'no sk-dummy in this build'
touch "$prefix/.complete"
echo "$prefix"
