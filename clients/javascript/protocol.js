// Share-link protocol itemshare/v1, which docs/share-link-v1.md of the project specifies: parses
// links, derives ids and keys, and decrypts content and files. It makes no calls. What does not
// decrypt throws.

import { ItemshareError } from "./errors.js";
import { findLink } from "./link.js";

export const PROTOCOL = "itemshare/v1";
const TAG = 16; // bytes of an AES-GCM tag
const MAX_CHUNK = 64 * 2 ** 20; // bytes; a chunk is decrypted in memory
const BLOCK = 512; // bytes; content is padded to a multiple
const AUDIENCES = ["anyone", "recipients"];

export const damaged = (why) =>
  new ItemshareError(`The link does not open: ${why}.`, { code: "damaged" });

const reject = (why) => {
  throw damaged(why);
};

// webcrypto is in a module in Node 18, and absent on a page that is not secure.
async function webcrypto() {
  const crypto = globalThis.crypto ?? (await import("node:crypto")).webcrypto;
  if (!crypto.subtle) {
    throw new ItemshareError("Links open only on https and localhost.", {
      code: "insecure_context",
    });
  }
  return crypto;
}

/** Returns random bytes as base64url. */
export async function random(length) {
  return toBase64url((await webcrypto()).getRandomValues(new Uint8Array(length)));
}

const ascii = (text) => new TextEncoder().encode(text);

export function toBase64url(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Decodes base64url in its canonical form: no padding, no unused bits. length is in bytes. */
export function fromBase64url(text, length) {
  if (typeof text !== "string" || !/^[\w-]*$/.test(text) || text.length % 4 === 1)
    reject("not base64url");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  if (toBase64url(bytes) !== text) reject("not canonical base64url");
  if (length !== undefined && bytes.length !== length) reject("wrong length");
  return bytes;
}

/** Splits a link, or a text that contains one, into base URL and secret. */
export function parseLink(text) {
  const link = findLink(String(text));
  if (link) return link;
  const message = "This link is incomplete or was changed on its way.";
  throw new ItemshareError(message, { code: "link_invalid" });
}

/** Derives id and token, which the server gets, and the keys, which it does not. */
export async function readLink(secret) {
  const bytes = fromBase64url(secret, 32);
  const { subtle } = await webcrypto();
  const root = await subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
  const expand = async (info, length) => {
    const params = {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: ascii(`${PROTOCOL} ${info}`),
    };
    return new Uint8Array(await subtle.deriveBits(params, root, length * 8));
  };
  return {
    id: toBase64url(await expand("share-id", 16)),
    token: toBase64url(await expand("access-token", 32)),
    contentKey: () => expand("content-key", 32),
    fileKey: (index) => expand(`file-key ${index}`, 32),
  };
}

const isCount = (n) => Number.isSafeInteger(n) && n >= 0;

// additionalData returns the terms that every seal is bound to.
function additionalData(id, terms) {
  const counts = [terms.created_at, terms.expires_at, terms.max_views];
  if (!counts.every(isCount) || !AUDIENCES.includes(terms.audience))
    reject("its terms are invalid");
  return ascii([PROTOCOL, id, ...counts, terms.audience].join("\n"));
}

export const sameTerms = (a, b) =>
  ["protocol", "created_at", "expires_at", "max_views", "audience"].every(
    (name) => a[name] === b[name],
  );

async function unseal(keyBytes, nonce, data, sealed) {
  const { subtle } = await webcrypto();
  const key = await subtle.importKey("raw", keyBytes, "AES-GCM", false, ["decrypt"]);
  const params = { name: "AES-GCM", iv: nonce, additionalData: data, tagLength: TAG * 8 };
  const plain = await subtle
    .decrypt(params, key, sealed)
    .catch(() => reject("it or its terms were changed"));
  return new Uint8Array(plain);
}

// unpad removes the spaces that fill the last block, and rejects any other number of them.
function unpad(plain) {
  let end = plain.length;
  while (end > 0 && plain[end - 1] === 0x20) end--;
  if (end === 0 || plain.length !== Math.ceil(end / BLOCK) * BLOCK) reject("its padding is wrong");
  return plain.subarray(0, end);
}

/** Decrypts the copy of the item under the terms that were shown. */
export async function openContent(link, terms, { nonce, ciphertext }) {
  const data = additionalData(link.id, terms);
  const key = await link.contentKey();
  const plain = unpad(await unseal(key, fromBase64url(nonce, 12), data, fromBase64url(ciphertext)));
  let content;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain));
  } catch {
    reject("it is not JSON in UTF-8");
  }
  if (content === null || typeof content !== "object" || Array.isArray(content))
    reject("it is not an item");
  return content;
}

/** Returns the number of chunks by the sealed entry. */
export const chunkCount = (entry) => Math.max(1, Math.ceil(entry.size / entry.chunk_size));

function checkEntry(entry) {
  const whole = [entry.index, entry.size, entry.chunk_size].every(isCount);
  if (
    !whole ||
    entry.chunk_size === 0 ||
    entry.chunk_size > MAX_CHUNK ||
    chunkCount(entry) > 2 ** 32
  ) {
    reject("the entry of a file is invalid");
  }
}

// chunkNonce returns the prefix, the chunk's number, and 1 for the last chunk.
function chunkNonce(prefix, n, last) {
  const nonce = new Uint8Array(12);
  nonce.set(prefix);
  new DataView(nonce.buffer).setUint32(7, n);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/**
 * Yields a file's decrypted chunks in order. The file is complete when the loop ends without an
 * error. `fetchChunk(n, limit)` resolves to the sealed bytes of chunk n, at most limit of them.
 */
export async function* openFile(link, terms, entry, fetchChunk) {
  checkEntry(entry);
  const data = additionalData(link.id, terms);
  const prefix = fromBase64url(entry.nonce_prefix, 7);
  const key = await link.fileKey(entry.index);
  const count = chunkCount(entry);
  for (let n = 0; n < count; n++) {
    const last = n === count - 1;
    const size = last ? entry.size - n * entry.chunk_size : entry.chunk_size;
    const plain = await unseal(
      key,
      chunkNonce(prefix, n, last),
      data,
      await fetchChunk(n, size + TAG),
    );
    if (plain.length !== size) reject("a chunk has another size");
    yield plain;
  }
}
