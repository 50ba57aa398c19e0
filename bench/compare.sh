#!/usr/bin/env bash
# Compares csuis-offline with the standard tools, in one run on one machine, and
# prints ratios. Needs xmlsec1, xmllint, openssl, sha256sum, genisoimage, GNU time.
#   bench/compare.sh [one] [many] [small] [dvd] [check] [checks]     (default: all)
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d "${TMPDIR:-/tmp}/csuis-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
for tool in xmlsec1 xmllint openssl sha256sum genisoimage /usr/bin/time; do
  command -v "$tool" >/dev/null || { echo "bench: $tool is missing" >&2; exit 2; }
done
CGO_ENABLED=0 go build -o "$work/csuis-offline" ./cmd/csuis-offline
CGO_ENABLED=0 go build -o "$work/gen" ./bench/gen
tool=$work/csuis-offline
head -c 32 /dev/urandom >"$work/key"
head -c 32 /dev/zero >"$work/hmac"
key=$(od -An -tx1 -v "$work/key" | tr -d ' \n')

# seconds and peak memory in MiB of a command, into $s and $m. What others left
# to be written to the disk is written first, so that nobody pays for it.
timed() {
  sync
  /usr/bin/time -f '%e %M' -o "$work/time" "$@" >"$work/out" 2>"$work/err" || { cat "$work/err" "$work/out" >&2; exit 1; }
  read -r s m <"$work/time"
  m=$((m / 1024))
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", a / b }'; }
sig='<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="identifikator-celistvosti"><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"><HMACOutputLength>256</HMACOutputLength></SignatureMethod><Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference></SignedInfo><SignatureValue/><KeyInfo><KeyName>KVS HMAC</KeyName></KeyInfo></Signature>'
template() { sed "s|<msg:EnvelopeFooter>|&$sig|" "$1"; }

one() {
  "$work/gen" 1 195000000 "$work/one"
  local in=$work/one/R000000.xml
  template "$in" >"$work/one/template.xml"
  cat "$in" "$work/one/template.xml" >/dev/null
  for _ in 1 2 3; do
    timed xmlsec1 --sign --hmackey "$work/hmac" --output "$work/one/signed.xml" "$work/one/template.xml"; xs=$s xm=$m
    timed "$tool" seal "$in" -o "$work/one/out.xm6" --key "$work/key" --force
    echo "one record of $(($(stat -c %s "$in") / 1000000)) MB: xmlsec1 --sign $xs s, $xm MiB; seal $s s, $m MiB; $(ratio "$xs" "$s") times as fast"
  done
}

many() {
  "$work/gen" 500 52000 "$work/many"
  cat >"$work/pipeline.sh" <<'PIPE'
set -euo pipefail
in=$1 out=$2 hmac=$3 key=$4 sig=$5
mkdir -p "$out"
for f in "$in"/*.xml; do
  n=$(basename "$f" .xml)
  sed "s|<msg:EnvelopeFooter>|&$sig|" "$f" >"$out/$n.tmp"
  xmlsec1 --sign --hmackey "$hmac" --output "$out/$n.signed" "$out/$n.tmp"
  size=$(($(stat -c %s "$out/$n.signed") + 2))
  pad=$(((16 - size % 16) % 16))
  { head -c 16 /dev/urandom; cat "$out/$n.signed"; printf '\r\n'; head -c $pad /dev/zero; } |
    openssl enc -aes-256-cbc -nopad -K "$key" -iv 00000000000000000000000000000000 -out "$out/$n.XM6"
  (cd "$out" && sha256sum "$n.XM6" >"$n.SHA")
  rm "$out/$n.tmp" "$out/$n.signed"
done
genisoimage -quiet -iso-level 2 -J -o "$out.iso" "$out"
PIPE
  for i in 1 2 3; do
    timed bash "$work/pipeline.sh" "$work/many" "$work/sh$i" "$work/hmac" "$key" "$sig"; ps=$s
    timed "$tool" pack "$work/many" --out "$work/pk$i" --key "$work/key"
    echo "500 records of 52 kB: shell pipeline $ps s; pack $s s, $m MiB; $(ratio "$ps" "$s") times as fast"
    rm -rf "$work/sh$i" "$work/sh$i.iso"
  done
}

small() {
  "$work/gen" 100000 2300 "$work/small"
  timed "$tool" pack "$work/small" --out "$work/smallpk" --key "$work/key" --media dvd
  echo "100,000 records of $(stat -c %s "$work/small/R000000.xml") bytes: pack $s s, peak $m MiB"
  timed "$tool" verify "$work"/smallpk/CSUIS_*
  echo "100,000 records: verify $s s, peak $m MiB"
  timed "$tool" verify "$work"/smallpk/CSUIS_* --key "$work/key"
  echo "100,000 records: verify with the key $s s, peak $m MiB"
  rm -rf "$work/small" "$work/smallpk"
}

dvd() {
  # 23 records of about 195 MB fill a DVD.
  "$work/gen" 23 195000000 "$work/dvd"
  timed "$tool" pack "$work/dvd" --out "$work/dvdpk" --key "$work/key" --media dvd
  rm -rf "$work/dvd"
  local image
  image=$(ls "$work"/dvdpk/CSUIS_*/disc-1.iso)
  rm -rf "$work"/dvdpk/CSUIS_*/records
  echo "a DVD image of $(stat -c %s "$image") bytes: packed in $s s, peak $m MiB"
  cat "$image" >/dev/null
  for _ in 1 2 3; do
    timed sha256sum "$image"; ss=$s
    timed "$tool" verify "$image"
    echo "a DVD image: sha256sum $ss s; verify $s s, peak $m MiB; $(ratio "$ss" "$s") of its speed"
  done
}

# What check checks against is made up, like the records: the ministry's schemas of
# statements are not published. So that xmllint judges a record in its envelope, too,
# the envelope's schema is made to look at what is in its body.
references() {
  export XDG_CONFIG_HOME=$work/config
  for list in units accounts; do "$tool" codelist import "check/testdata/$list.xml" >/dev/null; done
  mkdir -p "$work/schemas"
  cp envelope/schema/*.xsd testdata/schemas/*.xsd "$work/schemas"
  sed -i '/name="MessageBody"/,/<\/xs:element>/s/processContents="skip"/processContents="strict"/' "$work/schemas/cus.xsd"
  cat >"$work/schemas/all.xsd" <<'XSD'
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:import namespace="urn:cz:mfcr:iissp:schemas:Messaging:v1" schemaLocation="messaging.xsd"/>
  <xs:import namespace="urn:cz:isvs:micr:schemas:Rozvaha:v1" schemaLocation="rozvaha.xsd"/>
</xs:schema>
XSD
}

check() {
  references
  "$work/gen" 1 195000000 "$work/check" bare
  "$work/gen" 1 195000000 "$work/checkenv"
  local bare=$work/check/R000000.xml enveloped=$work/checkenv/R000000.xml
  cat "$bare" "$enveloped" >/dev/null
  for _ in 1 2 3; do
    for record in "$bare" "$enveloped"; do
      timed xmllint --stream --nonet --noout --schema "$work/schemas/all.xsd" "$record"; xs=$s xm=$m
      timed "$tool" check "$record" --schemas testdata/schemas --on 2026-10-20
      grep -Eq 'ověřeno 1 z 1' "$work/out"
      echo "a record of $(($(stat -c %s "$record") / 1000000)) MB, $([ "$record" = "$bare" ] && echo bare || echo in an envelope): xmllint --stream --schema $xs s, $xm MiB; check $s s, $m MiB; $(ratio "$xs" "$s") of its speed"
    done
  done
  rm -rf "$work/check" "$work/checkenv"
}

checks() {
  references
  "$work/gen" 10000 50000 "$work/checks"
  timed "$tool" check "$work"/checks/R000*.xml --schemas testdata/schemas --on 2026-10-20
  echo "1,000 statements of 50 kB: check $s s, peak $m MiB"
  for _ in 1 2 3; do
    timed find "$work/checks" -name '*.xml' -exec xmllint --nonet --noout --schema "$work/schemas/all.xsd" {} \;; xs=$s
    timed "$tool" check "$work/checks" --schemas testdata/schemas --on 2026-10-20
    grep -Eq 'ověřeno 10.000 z 10.000' "$work/out"
    echo "10,000 statements of 50 kB: xmllint on each $xs s; check $s s, peak $m MiB; $(ratio "$xs" "$s") times as fast"
  done
  rm -rf "$work/checks"
}

for part in "${@:-one many small dvd check checks}"; do
  for p in $part; do "$p"; done
done
