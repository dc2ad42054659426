"""Name the person by `user` or by a header, see which memories were used, and switch memory off."""

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("BYHEART_URL", "http://localhost:3001/v1"),
    api_key=os.environ.get("BYHEART_API_KEY", "none"),
)


def ask(**named):
    raw = client.chat.completions.with_raw_response.create(
        model="live", messages=[{"role": "user", "content": "What am I training for?"}], **named
    )
    used = raw.headers["x-byheart-memories"] or "no memories"
    return f"{raw.parse().choices[0].message.content} ({used})"


print("by user:  ", ask(user="maya"))
print("by header:", ask(extra_headers={"X-Byheart-User": "maya", "X-Byheart-Conversation": "morning-run"}))
print("off:      ", ask(user="maya", extra_headers={"X-Byheart-Memory": "off"}))
