"""Tell byheart something. Who speaks is named by `user`; nothing else differs from a call to OpenAI."""

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("BYHEART_URL", "http://localhost:3001/v1"),
    api_key=os.environ.get("BYHEART_API_KEY", "none"),
)
reply = client.chat.completions.create(
    model="live",
    user="maya",
    messages=[{"role": "user", "content": "My goal is to run a half marathon in May."}],
)
print(reply.choices[0].message.content)
