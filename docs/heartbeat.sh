#!/bin/sh
# heartbeat.sh                   reports this host once
# heartbeat.sh goodbye SECONDS   says that it stops, and should be back within so many seconds
#
# A whole agent in POSIX sh, openssl and curl. docs/heartbeat-protocol.md has its variables and what it says.
set -eu

url=${HEALTHAPP_API_URL:-http://127.0.0.1:8000}
url=${url%/}
server=${SERVER:-$(uname -n)}
generation=${GENERATION:-0}
interval=${INTERVAL:-60}

state=
[ -z "${GRACE:-}" ] || state="\"grace\":$GRACE,"
if [ "${1:-}" = goodbye ]; then
  state="$state\"status\":\"stopping\",\"expectBackWithin\":${2:-600},"
fi

hex() { od -An -v -tx1 | tr -d ' \n'; }
hmac() { openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" -binary; }

# The server's own key, in hex, and how the signature names it.
info=healthapp/heartbeat/v1/$server
keyid=$server
if [ "$generation" -gt 0 ]; then
  info=$info/$generation
  keyid="$server;;$generation"
fi
if [ -n "${HEALTHAPP_AGENT_KEY:-}" ]; then
  key=$(printf %s "$HEALTHAPP_AGENT_KEY" | openssl base64 -d -A | hex)
else
  secret=$(printf %s "$HEALTHAPP_API_KEY" | hex)
  key=$(openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt "hexkey:$secret" \
    -kdfopt "info:$info" -binary HKDF 2>/dev/null | hex)
  if [ ${#key} -ne 64 ]; then # OpenSSL before 3 has no kdf; two HMACs are the same
    prk=$(printf %s "$HEALTHAPP_API_KEY" | hmac "$(printf %064d 0)" | hex)
    key=$(printf '%s\001' "$info" | hmac "$prk" | hex)
  fi
fi

# The path as requested: that of the URL, then the API's own.
path=${url#*://}
case $path in
  */*) path=/${path#*/} ;;
  *) path= ;;
esac
path=$path/api/v1/heartbeats/$server

facts() {
  printf '"host":{"os":"%s","kernel":"%s","filesystems":[' "$(uname -s | tr A-Z a-z)" "$(uname -r)"
  df -Pk / | awk 'NR == 2 && $5 ~ /^[0-9]+%$/ {
    printf "{\"path\":\"/\",\"size\":%.0f,\"used\":%.0f,\"free\":%.0f,\"percent\":%d}",
      $2 * 1024, $3 * 1024, $4 * 1024, $5
  }'
  printf ']}'
}

offset=0    # how far the API's clock is ahead of this one, in ms
last_sent=0 # the last sentAt that the API accepted, as far as it told us

send() {
  now=$(($(date +%s) * 1000 + offset))
  sent_at=$now
  [ "$sent_at" -gt "$last_sent" ] || sent_at=$((last_sent + 1))
  body="{\"sentAt\":$sent_at,\"interval\":$interval,\"clockOffset\":$offset,$state$(facts)}"
  digest="sha-256=:$(printf %s "$body" | openssl dgst -sha256 -binary | openssl base64 -A):"
  params="(\"@method\" \"@path\" \"content-digest\")"
  params="$params;created=$((now / 1000));keyid=\"$keyid\";alg=\"hmac-sha256\""
  base="\"@method\": POST
\"@path\": $path
\"content-digest\": $digest
\"@signature-params\": $params"
  signature=$(printf %s "$base" | hmac "$key" | openssl base64 -A)
  answer=$(curl -sS -m 10 -w ' %{http_code}' -X POST \
    -H 'Content-Type: application/json' -H "Content-Digest: $digest" \
    -H "Signature-Input: sig=$params" -H "Signature: sig=:$signature:" \
    --data-binary "$body" "$url/api/v1/heartbeats/$server")
  code=${answer##* }
}

# A whole number out of the answer's JSON, or nothing.
number() { printf %s "$answer" | sed -n "s/.*\"$1\":\([0-9][0-9]*\).*/\1/p"; }

for attempt in first second; do
  send
  case $code in
    202) exit 0 ;;
    401) # with serverTime it was for the time alone: correct it and sign again
      server_time=$(number serverTime)
      [ -n "$server_time" ] || break
      offset=$((server_time - $(date +%s) * 1000))
      ;;
    409) # the API has heard of a later one, or one of the same second: send a later sentAt
      last_sent=$(number lastSentAt)
      [ -n "$last_sent" ] || break
      ;;
    *) break ;;
  esac
done
echo "heartbeat.sh: not accepted at the $attempt attempt: ${answer% *} ($code)" >&2
exit 1
