#!/bin/sh
# Say what a person thought of an answer, by the id of its turn, which stands in the answer's headers.
set -eu
url="${BYHEART_URL:-http://localhost:3001/v1}"
key="Authorization: Bearer ${BYHEART_API_KEY:-none}"
turn=$(
  curl -sS --fail-with-body -o /dev/null -D - "$url/chat/completions" -H "$key" -H "Content-Type: application/json" \
    -d '{"model": "live", "user": "maya", "messages": [{"role": "user", "content": "What am I training for?"}]}' |
    tr -d '\r' | sed -n 's/^x-byheart-turn: //p'
)
curl -sS --fail-with-body "$url/feedback" -H "$key" -H "Content-Type: application/json" \
  -d '{"turn_id": "'"$turn"'", "user": "maya", "thumb": "up", "comment": "Just what I needed."}'
echo
