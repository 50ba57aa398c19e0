#!/usr/bin/env bash
# Makes the archives of a release from the commit that is checked out:
#
#   ./release.sh VERSION       for example 1.0.0; they come to dist/VERSION
#
# Each archive holds the program for one system, the documents, man pages,
# completions, the licences of what is linked in, and a bill of materials;
# SHA256SUMS holds them together. Everything is made twice, the second time
# in another folder and with an empty build cache, and must be the same.
# It needs Go, git, tar and coreutils.
#
#   --platform OS/ARCH         only this one (may be repeated)
#   --out DIR                  in place of dist/VERSION
#   --worktree                 from the files as they are, committed or not
#   --same-cache               lets the second build use the first one's cache
#
# The time in the archives is that of the commit, or SOURCE_DATE_EPOCH.
set -euo pipefail
cd "$(dirname "$0")"
umask 022

fail() {
	echo "release.sh: $*" >&2
	exit 1
}
usage() {
	echo "release.sh: $* (see $0 --help)" >&2
	exit 2
}

version='' out='' worktree=false same_cache=false platforms=()
while [ $# -gt 0 ]; do
	case $1 in
	--platform) platforms+=("${2:?--platform needs OS/ARCH}") && shift ;;
	--out) out=${2:?--out needs a folder} && shift ;;
	--worktree) worktree=true ;;
	--same-cache) same_cache=true ;;
	-h | --help)
		sed -n '2,18s/^# \{0,1\}//p' "$0"
		exit 0
		;;
	-*) usage "unknown argument: $1" ;;
	*)
		[ -z "$version" ] || usage "one version only"
		version=$1
		;;
	esac
	shift
done
[[ $version =~ ^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || usage "the version must look like 1.0.0, v1.0.0 or 1.0.0-rc.1"
out=${out:-dist/$version}
[ ! -e "$out" ] || fail "$out exists: remove it first"
for tool in go git tar sha256sum; do
	command -v $tool >/dev/null || fail "$tool is not installed"
done
if ! $worktree && [ -n "$(git status --porcelain)" ]; then
	fail "there are changes that are not committed: commit them, or use --worktree"
fi
[ ${#platforms[@]} -gt 0 ] || platforms=({linux,windows,darwin}/{amd64,arm64})

export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
[[ $SOURCE_DATE_EPOCH =~ ^[0-9]+$ ]] || fail "SOURCE_DATE_EPOCH is no number of seconds: $SOURCE_DATE_EPOCH"
# What the user has set for other builds must not reach this one, neither from the
# environment nor by go env -w, which an empty variable does not override. Where
# modules come from and where they are kept stays the user's choice.
for name in GOPROXY GOSUMDB GOPRIVATE GONOPROXY GONOSUMDB GOINSECURE GOPATH GOMODCACHE GOCACHE GOTOOLCHAIN; do
	export "$name=$(go env "$name")"
done
export GOENV=off GOFIPS140=off
export CGO_ENABLED=0 GOFLAGS=-mod=readonly GOWORK=off GOAMD64=v1 GOARM64=v8.0 GOEXPERIMENT='' LC_ALL=C TZ=UTC
# GNU's date and BSD's are told the seconds in two ways.
built=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# sources DIR fills DIR with what is released.
sources() {
	mkdir -p "$1"
	if $worktree; then
		git ls-files -z --cached --others --exclude-standard |
			while IFS= read -r -d '' f; do if [ -e "$f" ]; then printf '%s\0' "$f"; fi; done |
			tar --null -T - -cf - | tar -xf - -C "$1"
	else
		git archive HEAD | tar -xf - -C "$1"
	fi
}

build() { # build FILE, for GOOS and GOARCH
	go build -trimpath -buildvcs=false -ldflags "-s -w -X main.release=$version@$built" -o "$1" ./cmd/csuis-offline
}

# make_all SOURCES OUT makes all archives from a folder of sources.
make_all() {
	local platform shell here=$2.work
	mkdir -p "$here/extra" "$2"
	(
		cd "$1"
		build "$here/host"
		"$here/host" manpages "$here/extra/man" --quiet
		mkdir "$here/extra/completions"
		for shell in bash zsh fish powershell; do
			"$here/host" completion $shell >"$here/extra/completions/csuis-offline.$shell"
		done
		go build -trimpath -buildvcs=false -o "$here/release" ./internal/release
		for platform in "${platforms[@]}"; do
			export GOOS=${platform%/*} GOARCH=${platform#*/}
			build "$here/program"
			(unset GOOS GOARCH && "$here/release" -binary "$here/program" -source . -extra "$here/extra" -version "$version" -time "$SOURCE_DATE_EPOCH" -out "$2")
			echo "$platform"
		done
		cd "$2"
		shopt -s nullglob
		sha256sum -- *.tar.gz *.zip *.cdx.json >SHA256SUMS
	)
}

echo "== csuis-offline $version of $built, first build"
sources "$work/first"
cp -R "$work/first" "$work/the second"
make_all "$work/first" "$work/one"
echo "== second build"
$same_cache || export GOCACHE="$work/cache"
make_all "$work/the second" "$work/two"
diff -r "$work/one" "$work/two" || fail "the two builds differ"
mkdir -p "$(dirname "$out")"
mv "$work/one" "$out"
echo "== the same twice: $out"
cat "$out/SHA256SUMS"
