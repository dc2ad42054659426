#!/bin/sh
# Tell byheart something. Who speaks is named by "user"; nothing else differs from a call to OpenAI.
set -eu
curl -sS --fail-with-body "${BYHEART_URL:-http://localhost:3001/v1}/chat/completions" \
  -H "Authorization: Bearer ${BYHEART_API_KEY:-none}" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "live",
    "user": "maya",
    "messages": [{"role": "user", "content": "My goal is to run a half marathon in May."}]
  }'
echo
