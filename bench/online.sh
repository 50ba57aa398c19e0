#!/usr/bin/env bash
# Measures the online channel against the simulated CSÚIS on this machine, and the
# same simulator against wrk, which posts a body of the same size over as many
# connections, in one run. Needs wrk, openssl, GNU time.
#   bench/online.sh [many] [one]     (default: both)
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d "${TMPDIR:-/tmp}/csuis-online.XXXXXX")
sim=
cleanup() {
  stop
  rm -rf "$work"
}
stop() {
  if [ -n "$sim" ]; then
    kill "$sim" 2>/dev/null || true
    wait "$sim" 2>/dev/null || true
    sim=
  fi
}
trap cleanup EXIT
for tool in wrk openssl /usr/bin/time; do
  command -v "$tool" >/dev/null || { echo "bench: $tool is missing" >&2; exit 2; }
done
records=${RECORDS:-10000}
senders=$(sed -n 's/^[[:space:]]*senders = \([0-9]*\)$/\1/p' handover/deliver.go)
for program in csuis-offline csuis-sim; do CGO_ENABLED=0 go build -o "$work/$program" "./cmd/$program"; done
CGO_ENABLED=0 go build -o "$work/gen" ./bench/gen
tool=$work/csuis-offline

# seconds and peak memory in MiB of a command, into $s and $m. What others left
# to be written to the disk is written first, so that nobody pays for it.
timed() {
  sync
  /usr/bin/time -f '%e %M' -o "$work/time" "$@" >"$work/out" 2>"$work/err" || { cat "$work/err" "$work/out" >&2; exit 1; }
  read -r s m <"$work/time"
  m=$((m / 1024))
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
rate() { awk -v n="$1" -v s="$2" 'BEGIN { printf "%.0f", n / s }'; }
value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$work/serving"; }

# serve starts a simulator with a state of its own and writes a configuration for
# it. It judges what it accepts while it accepts, as long as it serves.
serve() {
  stop
  rm -rf "$work/sim" "$work/outbox" "$work/serving"
  "$work/csuis-sim" serve --demo --state "$work/sim" --json >"$work/serving" &
  sim=$!
  until grep -qs submit "$work/serving"; do sleep 0.05; done
  submit=$(value submit) ca=$(value ca)
  cat >"$work/csuis.toml" <<TOML
[unit]
ic = "09999990"
name = "Obec"
[person]
id = "9999000001"
[key]
file = "$work/sim/AESKEY.DEC"
[online]
submit = "$submit"
user = "zofie"
password_file = "$work/sim/heslo.txt"
ca = "$ca"
outbox = "$work/outbox"
TOML
}

# body makes the request that wrk posts: one record, sealed by the tool.
body() {
  "$tool" seal "$1" -o "$work/body.xm6" --key "$work/sim/AESKEY.DEC" --config "$work/csuis.toml" --force --quiet
  {
    printf '<?xml version="1.0" encoding="UTF-8"?><SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/"><SOAP:Body>'
    printf '<msg:EncryptedMessage xmlns:msg="urn:cz:mfcr:iissp:schemas:Messaging:v1">'
    openssl base64 -A -in "$work/body.xm6"
    printf '</msg:EncryptedMessage></SOAP:Body></SOAP:Envelope>'
  } >"$work/body.xml"
}

# posted lets wrk post the body for some seconds; its rate a second into $r.
# (ab writes a request in two pieces, and over TLS waits 40 ms for each.)
posted() {
  cat >"$work/post.lua" <<LUA
wrk.method = "POST"
wrk.body = io.open("$work/body.xml"):read("*a")
wrk.headers["Content-Type"] = "text/xml;charset=utf-8"
wrk.headers["SOAPAction"] = '"http://sap.com/xi/WebService/soap1.1"'
wrk.headers["Authorization"] = "Basic $(printf 'zofie:%s' "$(cat "$work/sim/heslo.txt")" | openssl base64 -A)"
LUA
  sync
  wrk -t 1 -c "$senders" -d "$1" --timeout 30s -s "$work/post.lua" "$submit" >"$work/wrk" 2>&1
  if grep -q 'Non-2xx\|Socket errors' "$work/wrk"; then cat "$work/wrk" >&2; exit 1; fi
  r=$(sed -n 's/^Requests\/sec: *\([0-9.]*\).*/\1/p' "$work/wrk")
}

# wrk goes before and after the sender, each on a fresh simulator: the machine may
# be busier at one time than at another.
many() {
  "$work/gen" "$records" 50000 "$work/many" days
  for _ in $(seq "${RUNS:-3}"); do
    serve
    body "$work/many/R000000.xml"
    posted "${POSTING:-15}"; before=$r
    serve
    timed "$tool" send "$work/many" --queue --without-checks --config "$work/csuis.toml"; store=$s storem=$m
    timed "$tool" send --json --config "$work/csuis.toml"
    grep -q "accepted\":$records," "$work/out" || { cat "$work/out" >&2; exit 1; }
    serve
    body "$work/many/R000000.xml"
    posted "${POSTING:-15}"; after=$r
    rate=$(rate "$records" "$s") posts=$(rate "$(awk -v a="$before" -v b="$after" 'BEGIN { print a + b }')" 2)
    echo "$records records of $(($(stat -c %s "$work/body.xm6") / 1000)) kB, $senders senders: stored in $store s, $storem MiB; sent in $s s ($rate a second), $m MiB; wrk posts ${before%.*} and ${after%.*} a second before and after; $(ratio "$rate" "$posts") of its speed"
  done
  rm -rf "$work/many"
}

one() {
  "$work/gen" 1 195000000 "$work/one"
  for _ in $(seq "${RUNS:-3}"); do
    serve
    body "$work/one/R000000.xml"
    timed "$tool" send "$work/one" --queue --without-checks --config "$work/csuis.toml"; store=$s storem=$m
    timed "$tool" send --json --config "$work/csuis.toml"
    echo "one record of $(($(stat -c %s "$work/body.xm6") / 1000000)) MB: stored in $store s, $storem MiB; sent in $s s, $m MiB"
  done
  rm -rf "$work/one"
}

for part in "${@:-many one}"; do
  for p in $part; do "$p"; done
done
