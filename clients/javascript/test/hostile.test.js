// The client against a server that means it no good.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { createClient, open } from "../itemshare.js";

const MEGABYTE = Buffer.alloc(1 << 20, 0x20);

// flood answers with megabytes until nobody reads on, and tells how many were taken.
async function flood(status, type) {
  let taken = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "Content-Type": type });
    const pour = () => {
      while (!response.destroyed && taken < 300) {
        taken++;
        if (!response.write(MEGABYTE)) return response.once("drain", pour);
      }
      response.end();
    };
    pour();
  });
  await new Promise((ready) => server.listen(0, "localhost", ready));
  return { url: `http://localhost:${server.address().port}`, taken: () => taken, end: () => (server.closeAllConnections?.(), server.close()) };
}

test("an answer without end is not held", async () => {
  for (const [status, type] of [[200, "application/json"], [403, "application/problem+json"]]) {
    const server = await flood(status, type);
    const wrong = { name: "ItemshareError", code: "unexpected_answer" };
    try {
      await assert.rejects(createClient({ url: server.url, token: "itemshare_x", tries: 1 }).vaults.list(), wrong);
      await assert.rejects(open(`${server.url}/s#${"A".repeat(43)}`, { tries: 1 }), wrong);
    } finally {
      server.end();
    }
    assert.ok(server.taken() < 100, `${server.taken()} MiB were taken of an answer ${status}`);
  }
});
