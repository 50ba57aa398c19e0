#!/usr/bin/env bash
# Installs what the tests need (Debian packages, when run as root with apt;
# otherwise it says what is missing) and runs all checks. Stops at the first
# step that fails, and names it.
#
#   ./test.sh                  everything
#   ./test.sh --no-install     leaves the machine as it is, and says what is missing
#   ./test.sh --quick          format, vet and the tests without race detector
#   ./test.sh --fuzz 30s       also each fuzz target for that long
#   ./test.sh --bench          also the benchmarks
set -euo pipefail
cd "$(dirname "$0")"

quick=false bench=false install=true fuzz=
while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=true ;;
	--no-install) install=false ;;
	--bench) bench=true ;;
	--fuzz)
		fuzz=${2:?--fuzz needs a duration, for example 30s}
		shift
		;;
	-h | --help)
		sed -n '2,10s/^# \{0,1\}//p' "$0"
		exit 0
		;;
	*)
		echo "unknown argument: $1 (see $0 --help)" >&2
		exit 2
		;;
	esac
	shift
done

step() { # step NAME COMMAND...
	local name=$1
	shift
	printf '\n== %s\n' "$name"
	local start=$SECONDS code=0
	"$@" || code=$?
	if [ $code -ne 0 ]; then
		printf '\nFAILED: %s (exit code %d)\n' "$name" "$code" >&2
		exit 1
	fi
	printf -- '-- %s: %d s\n' "$name" $((SECONDS - start))
}

# A program, and the Debian package that holds it. gcc is for the race detector.
tools='
xmlsec1:xmlsec1 xmllint:libxml2-utils openssl:openssl sha256sum:coreutils
xorriso:xorriso 7z:p7zip-full genisoimage:genisoimage isoinfo:genisoimage
qpdf:qpdf pdftotext:poppler-utils pdffonts:poppler-utils zbarimg:zbar-tools
zip:zip unzip:unzip gcc:gcc groff:groff-base mandoc:mandoc shellcheck:shellcheck git:git
'

missing() {
	local t
	for t in $tools; do
		command -v "${t%%:*}" >/dev/null || echo "${t#*:}"
	done | sort -u
	# /usr/bin/time is a program of its own; the shell's word hides it.
	[ -x /usr/bin/time ] || echo time
	# zeep is asked of Debian's Python, whatever other one is installed.
	/usr/bin/python3 -c 'import zeep' 2>/dev/null || echo python3-zeep
	# The SOAP server of Debian's own Python, whichever python3 comes first.
	/usr/bin/python3 -c 'import spyne, lxml' 2>/dev/null || printf '%s\n' python3-spyne python3-lxml
	# A C compiler without headers compiles nothing.
	[ -e /usr/include/stdlib.h ] || echo libc6-dev
}

install_tools() {
	local wanted
	wanted=$(missing)
	if [ -z "$wanted" ]; then
		echo "all programs that the tests ask are installed"
		return
	fi
	if $install && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		apt-get update -qq || return
		# shellcheck disable=SC2086 # one word a package
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null || return
		wanted=$(missing)
		[ -z "$wanted" ] && echo "installed" && return
	fi
	echo "missing, tests that need them are skipped (with CI=true they fail):" "${wanted//$'\n'/ }"
}

need_go() {
	command -v go >/dev/null || { echo "go is not installed: Go 1.26 or newer is needed"; return 1; }
	go version
}

shell_scripts() {
	if ! command -v shellcheck >/dev/null; then
		echo "shellcheck is not installed"
		return
	fi
	shellcheck test.sh release.sh .ci/run bench/*.sh
}

formatted() {
	local files
	files=$(gofmt -l .)
	[ -z "$files" ] || { printf 'not formatted:\n%s\n' "$files"; return 1; }
}

vet() {
	go vet ./... || return
	# Files for other systems, tests included, are looked at as well.
	GOOS=windows go vet ./... || return
	GOOS=darwin go vet ./...
}

cross_build() {
	local os arch
	for os in linux windows darwin; do
		for arch in amd64 arm64; do
			CGO_ENABLED=0 GOOS=$os GOARCH=$arch go build -o /dev/null ./cmd/... || return
			echo "$os/$arch"
		done
	done
}

race() {
	if ! command -v gcc >/dev/null; then
		echo "gcc is not installed: the race detector needs it"
		[ "${CI:-}" != true ]
		return
	fi
	CGO_ENABLED=1 go test -race -timeout 20m ./...
}

fuzz_all() {
	local pkg target
	for pkg in $(go list ./...); do
		for target in $(go test -list '^Fuzz' "$pkg" | grep '^Fuzz' || true); do
			echo "-- $pkg $target"
			go test -run '^$' -fuzz "^$target\$" -fuzztime "$fuzz" -fuzzminimizetime 10x "$pkg" || return
		done
	done
}

bench_all() {
	go test -run '^$' -bench . -benchmem ./... || return
	bench/compare.sh && bench/online.sh
}

step "tools" install_tools
step "go" need_go
step "gofmt" formatted
step "shellcheck" shell_scripts
step "go vet" vet
if ! $quick; then
	step "staticcheck" go tool staticcheck ./...
	step "cross build" cross_build
fi
if [ -n "$fuzz" ]; then step "fuzz, $fuzz each" fuzz_all; fi
if $bench; then step "benchmarks" bench_all; fi
# The fuzz targets' corpora run here as ordinary tests.
step "go test" go test -timeout 20m ./...
if ! $quick; then step "go test -race" race; fi
