// Verifies messages with an implementation of Standard Webhooks that isn't ours. Standard input has
// {"module", "secrets", "messages": [{"headers", "body", "at"}]}: each message must verify under
// each secret at the time it was sent.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const { module, secrets, messages } = JSON.parse(await text(process.stdin));
const { Webhook } = createRequire(import.meta.url)(module);
for (const { headers, body, at } of messages) {
  Date.now = () => at * 1000;
  for (const secret of secrets) new Webhook(secret).verify(body, headers);
}
console.log(messages.length);
