// Say what a person thought of an answer, by the id that the answer came with.
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.BYHEART_URL ?? "http://localhost:3001/v1",
  apiKey: process.env.BYHEART_API_KEY ?? "none",
});
const reply = await client.chat.completions.create({
  model: "live",
  user: "maya",
  messages: [{ role: "user", content: "What am I training for?" }],
});
console.log(reply.choices[0].message.content);
const said = await client.post("/feedback", {
  body: { completion_id: reply.id, user: "maya", thumb: "up", comment: "Just what I needed." },
});
console.log(said.label, said.state);
