// Known answers of the protocol, computed by an independent implementation.

import assert from "node:assert/strict";
import { createHash, webcrypto as crypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";

import { findLink } from "../link.js";
import { cleanName } from "../names.js";
import {
  chunkCount,
  fromBase64url,
  openContent,
  openFile,
  parseLink,
  readLink,
  toBase64url,
} from "../protocol.js";

const path = new URL("../../../share/link/testdata/share-link-v1.vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(path, "utf8"));
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const damaged = { name: "ItemshareError", code: "damaged" };

async function content(v) {
  return openContent(await readLink(v.secret), v, v);
}

async function file(v) {
  const entry = {
    index: v.index,
    size: v.plaintext_size,
    chunk_size: v.chunk_size,
    nonce_prefix: v.nonce_prefix,
  };
  const fetchChunk = async (n) =>
    n < v.chunks.length ? fromBase64url(v.chunks[n]) : new Uint8Array();
  const parts = [];
  for await (const part of openFile(await readLink(v.secret), v, entry, fetchChunk))
    parts.push(part);
  return Buffer.concat(parts);
}

test("derives ids, tokens and keys", async () => {
  assert.equal(vectors.derive.length, 4);
  for (const v of vectors.derive) {
    const link = await readLink(v.secret);
    assert.equal(link.id, v.id);
    assert.equal(link.token, v.access_token);
    assert.equal(sha256(fromBase64url(link.token)), v.access_token_sha256);
    assert.equal(toBase64url(await link.contentKey()), v.content_key);
  }
});

test("opens the copy of an item", async () => {
  assert.equal(vectors.content.length, 4);
  for (const v of vectors.content) assert.deepEqual(await content(v), JSON.parse(v.json));
});

test("opens files chunk by chunk", async () => {
  assert.equal(vectors.file.length, 3);
  for (const v of vectors.file) {
    assert.equal(toBase64url(await (await readLink(v.secret)).fileKey(v.index)), v.key);
    assert.equal(chunkCount({ size: v.plaintext_size, chunk_size: v.chunk_size }), v.chunks.length);
    const plain = await file(v);
    assert.equal(plain.length, v.plaintext_size);
    assert.equal(sha256(plain), v.plaintext_sha256);
  }
});

test("rejects what was changed", async (t) => {
  assert.equal(vectors.reject.length + vectors.reject_file.length, 13);
  for (const v of vectors.reject) await t.test(v.why, () => assert.rejects(content(v), damaged));
  for (const v of vectors.reject_file) await t.test(v.why, () => assert.rejects(file(v), damaged));
});

test("rejects invalid entries of files", async () => {
  const link = await readLink(vectors.file[0].secret);
  const good = { index: 0, size: 0, chunk_size: 1024, nonce_prefix: vectors.file[0].nonce_prefix };
  for (const wrong of [
    { size: -1 },
    { size: 0.5 },
    { chunk_size: 0 },
    { chunk_size: 2 ** 40 },
    { index: "0" },
    { nonce_prefix: "AA" },
    { size: 2 ** 45 },
  ]) {
    const stream = openFile(link, vectors.file[0], { ...good, ...wrong }, () =>
      assert.fail("a chunk was requested"),
    );
    await assert.rejects(stream.next(), damaged, JSON.stringify(wrong));
  }
});

test("rejects a chunk that was sealed with another size", async () => {
  const v = vectors.file[1];
  const link = await readLink(v.secret);
  const entry = { index: v.index, size: 3, chunk_size: 1024, nonce_prefix: v.nonce_prefix };
  const additionalData = Buffer.from(
    ["itemshare/v1", link.id, v.created_at, v.expires_at, v.max_views, v.audience].join("\n"),
  );
  const key = await crypto.subtle.importKey("raw", await link.fileKey(v.index), "AES-GCM", false, [
    "encrypt",
  ]);
  const iv = Buffer.concat([fromBase64url(v.nonce_prefix), Buffer.from([0, 0, 0, 0, 1])]);
  const seal = async (text) =>
    new Uint8Array(
      await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, Buffer.from(text)),
    );
  assert.equal(
    Buffer.from((await openFile(link, v, entry, () => seal("abc")).next()).value).toString(),
    "abc",
  );
  for (const text of ["ab", "abcd"])
    await assert.rejects(openFile(link, v, entry, () => seal(text)).next(), damaged, text);
});

test("cleans file names", () => {
  for (const [sent, name] of [
    ["report.pdf", "report.pdf"],
    ["../../etc/passwd", "_.._etc_passwd"],
    ["C:\\a.exe", "C__a.exe"],
    ["a\u202efdp.exe", "afdp.exe"],
    ["a\n\0b.txt", "ab.txt"],
    ["..", "file"],
    ["", "file"],
    [`${"x".repeat(200)}.tar`, `${"x".repeat(84)}.tar`],
    ["a\u0308.txt", "ä.txt"],
    ["🔑.txt", "🔑.txt"],
  ])
    assert.equal(cleanName(sent), name);
});

test("rejects padding of another length", async () => {
  const v = vectors.content[0];
  const link = await readLink(v.secret);
  const data = Buffer.from(
    ["itemshare/v1", link.id, v.created_at, v.expires_at, v.max_views, v.audience].join("\n"),
  );
  const key = await crypto.subtle.importKey("raw", await link.contentKey(), "AES-GCM", false, [
    "encrypt",
  ]);
  const nonce = new Uint8Array(12);
  const seal = async (text) => {
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: nonce, additionalData: data },
      key,
      Buffer.from(text),
    );
    return { nonce: toBase64url(nonce), ciphertext: toBase64url(new Uint8Array(sealed)) };
  };
  assert.deepEqual(await openContent(link, v, await seal("{}".padEnd(512))), {});
  for (const [why, text] of [
    ["no padding", "{}"],
    ["a block too many", "{}".padEnd(1024)],
    ["padding alone", " ".repeat(512)],
    ["not an object", "[]".padEnd(512)],
    ["not JSON", "{".padEnd(512)],
    ["not UTF-8", Buffer.from('{"title":"\xff"}'.padEnd(512), "latin1")],
  ]) {
    await assert.rejects(openContent(link, v, await seal(text)), damaged, why);
  }
});

test("parses links", async () => {
  const [secret] = vectors.link.accept;
  const base = "https://share.example.com/team";
  for (const end of ["/s#", "/s/#", "/s%23", "/s/%23"])
    assert.deepEqual(parseLink(` ${base}${end}${secret}\n`), { base, secret });
  await readLink(secret);
});

test("finds links as every reader does", () => {
  const { links } = JSON.parse(readFileSync(new URL("links.json", path), "utf8"));
  assert.ok(links.length > 200);
  for (const { case: why, text, base, secret } of links) {
    assert.deepEqual(findLink(text), base && { base, secret }, why);
  }
});

test("rejects links that were cut or changed, and quotes none", async () => {
  const [secret] = vectors.link.accept;
  const whole = vectors.link.refuse.map((v) => `https://share.example.com/s#${v.text}`);
  for (const text of [
    ...whole,
    secret,
    `ftp://share.example.com/s#${secret}`,
    `https://share.example.com/x#${secret}`,
  ]) {
    assert.throws(
      () => parseLink(text),
      (error) => {
        assert.equal(error.code, "link_invalid");
        assert.ok(!inspect(error).includes("eI0yiPRaHw"), "the error quotes the link");
        return true;
      },
      text,
    );
  }
});

test("makes file names that no shell obeys", () => {
  const names = new URL("../../testdata/file-names.json", import.meta.url);
  for (const { sent, saved } of JSON.parse(readFileSync(names, "utf8")))
    assert.equal(cleanName(sent), saved);
});
