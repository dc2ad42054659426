"""Say what a person thought of an answer, by the id that the answer came with."""

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("BYHEART_URL", "http://localhost:3001/v1"),
    api_key=os.environ.get("BYHEART_API_KEY", "none"),
)
reply = client.chat.completions.create(
    model="live", user="maya", messages=[{"role": "user", "content": "What am I training for?"}]
)
print(reply.choices[0].message.content)
said = client.post(
    "/feedback",
    body={"completion_id": reply.id, "user": "maya", "thumb": "up", "comment": "Just what I needed."},
    cast_to=object,
)
print(said["label"], said["state"])
