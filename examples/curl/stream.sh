#!/bin/sh
# The same as a stream of server-sent events, with the tokens counted at its end.
set -eu
curl -sS -N --fail-with-body "${BYHEART_URL:-http://localhost:3001/v1}/chat/completions" \
  -H "Authorization: Bearer ${BYHEART_API_KEY:-none}" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "live",
    "user": "maya",
    "messages": [{"role": "user", "content": "What am I training for?"}],
    "stream": true,
    "stream_options": {"include_usage": true}
  }'
