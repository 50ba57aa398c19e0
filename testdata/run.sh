#!/bin/sh
# Asks openssl, xmlsec1 and sha256sum what they make of the vectors, as
# README.md says, and names each vector of which they say something else than its
# header. They know nothing of csuis-offline, nor it of them.
#
#   testdata/run.sh [KIND...]    KIND: xm6, identifier, sha; without one, all three
set -u
[ $# -gt 0 ] || set -- xm6 identifier sha
for kind; do
	case $kind in
	xm6 | identifier | sha) ;;
	*)
		echo "usage: run.sh [xm6|identifier|sha]...: no other program here judges the kind $kind" >&2
		exit 2
		;;
	esac
done
cd "$(dirname "$0")" || exit 2
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT || exit 2
export LC_ALL=C

get() { sed -n "/^\$/q;s/^$2: //p" "$1"; }
body() { # the bytes behind the header
	case $(get "$1" body) in
	hex) sed '1,/^$/d' "$1" | tr -d '\n' | tr a-f A-F | basenc --base16 -d ;;
	*) sed '1,/^$/d' "$1" ;;
	esac
}

xm6() { # doc/xm6.md 4.2; base64 that is not written as base64 writes it is refused
	if [ "$(get "$1" form)" = base64 ]; then
		sed '1s/^\xef\xbb\xbf//' "$tmp/body" | tr -d ' \t\r\n' >"$tmp/digits"
		base64 -d "$tmp/digits" >"$tmp/body" 2>"$tmp/said" || return
		base64 -w 0 "$tmp/body" | cmp -s - "$tmp/digits" || return
	fi
	openssl enc -d -aes-256-cbc -nopad -iv 00000000000000000000000000000000 -K "$(get "$1" key)" \
		-in "$tmp/body" -out "$tmp/plain" 2>"$tmp/said" || return
	hex=$(tail -c +17 "$tmp/plain" | od -An -v -tx1 | tr -d '\n')
	doc=${hex% 0d 0a*} # three characters a byte
	[ "$doc" != "$hex" ] && [ $((${#hex} - ${#doc})) -le 51 ] || return
	echo "ok $(tail -c +17 "$tmp/plain" | head -c $((${#doc} / 3)) | sha256sum | cut -c 1-64)"
}

identifier() { # doc/envelope.md 3: HMAC with 32 zero bytes; the Signature in the footer
	head -c 32 /dev/zero >"$tmp/key"
	xmlsec1 --verify --hmackey "$tmp/key" --node-xpath \
		"/*/*[local-name()='EnvelopeFooter']/*[local-name()='Signature' and namespace-uri()='http://www.w3.org/2000/09/xmldsig#']" \
		"$tmp/body" >"$tmp/said" 2>&1 && echo ok
}

sha() { # the files that it names are there: "hello", or empty
	rm -rf "$tmp/a" && mkdir -p "$tmp/a/b"
	(
		cd "$tmp/a/b" && printf hello >R && printf hello >S || exit
		get "$OLDPWD/$1" entry | while IFS= read -r line; do
			sum=${line#* } # LINE DIGEST NAME
			name=$(printf '%b.' "${sum#* }") && name=${name%.}
			[ "$name" = "$sum" ] && continue # no name
			case $sum in 2cf24dba*) printf hello ;; esac >"$name"
		done
		sha256sum --check --strict ../../body
	) >"$tmp/said" 2>&1 && echo ok
}

count=0 differ=0
for kind; do
	for file in "$kind"/*.txt; do
		body "$file" >"$tmp/body"
		case $kind in
		xm6) judge=openssl ;;
		identifier) judge=xmlsec1 ;;
		sha) judge=sha256sum ;;
		esac
		got=$("$kind" "$file")
		want=$(get "$file" "$judge") # where the judge is known to differ
		[ -n "$want" ] || want=$(get "$file" expect)
		[ "$kind" != xm6 ] || [ "$want" != ok ] || want="ok $(get "$file" sha256)"
		count=$((count + 1))
		[ "${got:-refuse}" = "$want" ] && continue
		differ=$((differ + 1))
		echo "$file: $judge says ${got:-refuse}, the header $want"
	done
done
echo "$count vectors, $differ differ"
[ "$count" -gt 0 ] && [ "$differ" = 0 ]
