// Name the person by `user` or by a header, see which memories were used, and switch memory off.
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.BYHEART_URL ?? "http://localhost:3001/v1",
  apiKey: process.env.BYHEART_API_KEY ?? "none",
});

async function ask(named, headers) {
  const { data, response } = await client.chat.completions
    .create(
      { model: "live", messages: [{ role: "user", content: "What am I training for?" }], ...named },
      { headers },
    )
    .withResponse();
  const used = response.headers.get("x-byheart-memories") || "no memories";
  return `${data.choices[0].message.content} (${used})`;
}

console.log("by user:  ", await ask({ user: "maya" }));
console.log(
  "by header:",
  await ask({}, { "X-Byheart-User": "maya", "X-Byheart-Conversation": "morning-run" }),
);
console.log("off:      ", await ask({ user: "maya" }, { "X-Byheart-Memory": "off" }));
