// The recipient's side of the share-link protocol, version 1: reads a link, derives
// its id, token and keys, and decrypts the item and its files. It knows nothing of
// the page or the network. Content that doesn't decrypt throws Refused, and none
// of it is returned.

export const PROTOCOL = "itemshare/v1";
const TAG = 16; // bytes of an AES-GCM tag
const AUDIENCES = ["anyone", "recipients"];

export class Refused extends Error {}

const refuse = (why) => {
  throw new Refused(why);
};

const ascii = (text) => new TextEncoder().encode(text);

export function toBase64url(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// fromBase64url accepts only the canonical form: no padding, no other alphabet, no
// unused bits. length, if given, is in bytes.
export function fromBase64url(text, length) {
  if (typeof text !== "string" || !/^[\w-]*$/.test(text) || text.length % 4 === 1) {
    refuse("not base64url");
  }
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  if (toBase64url(bytes) !== text) refuse("not canonical base64url");
  if (length !== undefined && bytes.length !== length) refuse("wrong length");
  return bytes;
}

async function expand(root, info, length) {
  const params = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: ascii(`${PROTOCOL} ${info}`),
  };
  return new Uint8Array(await crypto.subtle.deriveBits(params, root, length * 8));
}

// readLink derives everything from a link's secret of 43 characters: the id and the
// token for the server, and the keys that stay here.
export async function readLink(secret) {
  const bytes = fromBase64url(secret, 32);
  const root = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
  return {
    id: toBase64url(await expand(root, "share-id", 16)),
    token: toBase64url(await expand(root, "access-token", 32)),
    contentKey: () => expand(root, "content-key", 32),
    fileKey: (index) => expand(root, `file-key ${index}`, 32),
  };
}

const isCount = (n) => Number.isSafeInteger(n) && n >= 0;

// additionalData returns the terms as the bytes that the ciphertext is bound to.
function additionalData(id, terms) {
  const counts = [terms.created_at, terms.expires_at, terms.max_views];
  if (!counts.every(isCount) || !AUDIENCES.includes(terms.audience)) refuse("terms unreadable");
  return ascii([PROTOCOL, id, ...counts, terms.audience].join("\n"));
}

async function unseal(keyBytes, nonce, data, sealed) {
  const key = await crypto.subtle.importKey("raw", keyBytes, "AES-GCM", false, ["decrypt"]);
  const params = { name: "AES-GCM", iv: nonce, additionalData: data, tagLength: TAG * 8 };
  const plain = await crypto.subtle
    .decrypt(params, key, sealed)
    .catch(() => refuse("does not open"));
  return new Uint8Array(plain);
}

export const sameTerms = (a, b) =>
  ["created_at", "expires_at", "max_views", "audience"].every((name) => a[name] === b[name]);

// openContent decrypts the copy of the item under the terms that the page showed.
export async function openContent(link, terms, { nonce, ciphertext }) {
  const data = additionalData(link.id, terms);
  const key = await link.contentKey();
  const plain = await unseal(key, fromBase64url(nonce, 12), data, fromBase64url(ciphertext));
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain));
  } catch {
    return refuse("not JSON in UTF-8");
  }
}

// chunkCount returns a file's number of chunks by its sealed entry, not by the server.
export const chunkCount = (entry) => Math.max(1, Math.ceil(entry.size / entry.chunk_size));

function checkEntry(entry) {
  const whole = [entry.index, entry.size, entry.chunk_size].every(isCount);
  if (!whole || entry.chunk_size === 0 || chunkCount(entry) > 2 ** 32)
    refuse("file entry unreadable");
}

// chunkNonce returns the prefix, the chunk's number and a byte that marks the last.
function chunkNonce(prefix, n, last) {
  const nonce = new Uint8Array(12);
  nonce.set(prefix);
  new DataView(nonce.buffer).setUint32(7, n);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

// openFile decrypts a file's chunks in order and returns parts, to which it adds them as Blobs.
// fetchChunk(n, limit) resolves to the sealed bytes of chunk n, at most limit of
// them. Chunks already in parts stay, so that a download continues where it stopped. Parts that
// aren't an array have its length and push.
export async function openFile(link, terms, entry, fetchChunk, parts = []) {
  checkEntry(entry);
  const data = additionalData(link.id, terms);
  const prefix = fromBase64url(entry.nonce_prefix, 7);
  const key = await link.fileKey(entry.index);
  const count = chunkCount(entry);
  for (let n = parts.length; n < count; n++) {
    const last = n === count - 1;
    const size = last ? entry.size - n * entry.chunk_size : entry.chunk_size;
    const plain = await unseal(
      key,
      chunkNonce(prefix, n, last),
      data,
      await fetchChunk(n, size + TAG),
    );
    if (plain.length !== size) refuse("chunk of another size");
    await parts.push(new Blob([plain]));
  }
  return parts;
}
