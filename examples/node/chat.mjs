// Tell byheart something. Who speaks is named by `user`; nothing else differs from a call to OpenAI.
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.BYHEART_URL ?? "http://localhost:3001/v1",
  apiKey: process.env.BYHEART_API_KEY ?? "none",
});
const reply = await client.chat.completions.create({
  model: "live",
  user: "maya",
  messages: [{ role: "user", content: "My goal is to run a half marathon in May." }],
});
console.log(reply.choices[0].message.content);
