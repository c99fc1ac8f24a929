// Opens a share link as its recipient does.

import { bytesOf, ItemshareError } from "./errors.js";
import { PROTOCOL, damaged, openContent, openFile, parseLink, random, readLink, sameTerms } from "./protocol.js";
import { Wire } from "./wire.js";

/**
 * Opens a link and decrypts the copy of the item: counts one view. With named recipients `email` is one of them and
 * `code` is called for the digits once they are mailed.
 * @param {string} link
 * @param {import("./itemshare.js").OpenOptions} [options]
 * @returns {Promise<import("./itemshare.js").Opened>}
 */
export async function open(link, { email, code, signal, ...connection } = {}) {
  const { base, secret } = parseLink(link);
  const keys = await readLink(secret);
  const server = new Wire({ ...connection, url: base, token: undefined });
  const ask = (verb, body, more, stop = signal) =>
    server.send({ method: "POST", path: `/s/${verb}`, body: { id: keys.id, token: keys.token, ...body }, patient: false, ...more }, stop);

  const terms = await ask("peek", {});
  if (terms.protocol !== PROTOCOL) throw damaged("it speaks another protocol");
  const proof = terms.code_required ? await prove(ask, terms, email, code) : {};
  // Under the same view an answer that got lost is given again and counts nothing.
  const view = await random(16);
  const sealed = await ask("open", { view, ...proof });
  if (!sameTerms(sealed, terms)) throw damaged("its terms changed meanwhile");
  const content = filled(await openContent(keys, terms, sealed));

  const chunksOf = (entry, stop) => openFile(keys, terms, entry, (chunk, limit) => {
    const read = (response) => bytesOf(response, limit);
    return ask("file", { view, index: entry.index, chunk }, { read }, stop);
  });
  return {
    content,
    terms: {
      createdAt: new Date(terms.created_at * 1000),
      expiresAt: new Date(terms.expires_at * 1000),
      maxViews: terms.max_views,
      audience: terms.audience,
    },
    files: content.files.map((entry) => file(entry, (options) => chunksOf(entry, options?.signal ?? signal))),
  };
}

// prove has a code mailed and asks the caller for it. A code that was asked for twice
// would void the first, so this is never repeated unasked.
async function prove(ask, terms, email, code) {
  if (!email || typeof code !== "function") {
    const message = "This link names its recipients: give the email of one of them, and a function that gives the code from the mail.";
    throw new ItemshareError(message, { code: "verification_required", sharedBy: terms.shared_by });
  }
  await ask("code", { email }, { safe: false });
  return { email, code: String(await code({ email, sharedBy: terms.shared_by })).trim() };
}

function filled(content) {
  const { fields = [], sections = [], websites = [], tags = [], files = [], notes = "" } = content;
  return { ...content, fields, sections, websites, tags, files, notes };
}

function file(entry, stream) {
  return {
    index: entry.index,
    name: cleanName(entry.name),
    type: entry.type,
    size: entry.size,
    stream,
    async bytes(options) {
      const parts = [];
      for await (const part of stream(options)) parts.push(part);
      return new Uint8Array(await new Blob(parts).arrayBuffer());
    },
  };
}

// cleanName makes a file name of one folder: without control or direction characters,
// path separators and their like, at most 100 characters, its ending kept.
export function cleanName(text) {
  const clean = String(text).normalize("NFC").replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "").replace(/[\\/:*?"<>|]/g, "_");
  const [, stem, ending] = clean.replace(/^[\s.]+|[\s.]+$/g, "").match(/^(.*?)(\.[^.]{1,16})?$/u);
  return ([...stem].slice(0, 84).join("") || "file") + (ending ?? "");
}
