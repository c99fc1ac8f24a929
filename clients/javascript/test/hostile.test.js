// The client with a hostile server.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { createClient, open } from "../itemshare.js";

const MEGABYTE = Buffer.alloc(1 << 20, 0x20);

// flood starts a server that answers with megabytes while they are read, and counts them.
async function flood(status, type) {
  let sent = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "Content-Type": type });
    const pour = () => {
      while (!response.destroyed && sent < 300) {
        sent++;
        if (!response.write(MEGABYTE)) return response.once("drain", pour);
      }
      response.end();
    };
    pour();
  });
  await new Promise((ready) => server.listen(0, "localhost", ready));
  const end = () => (server.closeAllConnections?.(), server.close());
  return { url: `http://localhost:${server.address().port}`, sent: () => sent, end };
}

test("an endless answer is cut", async () => {
  for (const [status, type] of [
    [200, "application/json"],
    [403, "application/problem+json"],
  ]) {
    const server = await flood(status, type);
    const unexpected = { name: "ItemshareError", code: "unexpected_answer" };
    try {
      await assert.rejects(
        createClient({ url: server.url, token: "itemshare_x", tries: 1 }).vaults.list(),
        unexpected,
      );
      await assert.rejects(open(`${server.url}/s#${"A".repeat(43)}`, { tries: 1 }), unexpected);
    } finally {
      server.end();
    }
    assert.ok(server.sent() < 100, `${server.sent()} MiB were sent of an answer ${status}`);
  }
});
