#!/bin/sh
# Name the person by "user" or by a header, see which memories were used (-i shows the headers), and switch
# memory off.
set -eu
ask() {
  curl -sS -i --fail-with-body "${BYHEART_URL:-http://localhost:3001/v1}/chat/completions" \
    -H "Authorization: Bearer ${BYHEART_API_KEY:-none}" \
    -H "Content-Type: application/json" \
    "$@"
  echo
}
by_user='{"model": "live", "user": "maya", "messages": [{"role": "user", "content": "What am I training for?"}]}'
unnamed='{"model": "live", "messages": [{"role": "user", "content": "What am I training for?"}]}'

ask -d "$by_user"
ask -d "$unnamed" -H "X-Byheart-User: maya" -H "X-Byheart-Conversation: morning-run"
ask -d "$by_user" -H "X-Byheart-Memory: off"
