"""The same as a stream, with the tokens counted at its end."""

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("BYHEART_URL", "http://localhost:3001/v1"),
    api_key=os.environ.get("BYHEART_API_KEY", "none"),
)
stream = client.chat.completions.create(
    model="live",
    user="maya",
    messages=[{"role": "user", "content": "What am I training for?"}],
    stream=True,
    stream_options={"include_usage": True},
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    if chunk.usage:
        print(f"\n{chunk.usage.total_tokens} tokens")
