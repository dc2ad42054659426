// The same as a stream, with the tokens counted at its end.
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.BYHEART_URL ?? "http://localhost:3001/v1",
  apiKey: process.env.BYHEART_API_KEY ?? "none",
});
const stream = await client.chat.completions.create({
  model: "live",
  user: "maya",
  messages: [{ role: "user", content: "What am I training for?" }],
  stream: true,
  stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
  if (chunk.usage) console.log(`\n${chunk.usage.total_tokens} tokens`);
}
