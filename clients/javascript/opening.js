// Opens share links.

import { bytesOf, ItemshareError } from "./errors.js";
import { cleanName } from "./names.js";
import {
  PROTOCOL,
  damaged,
  openContent,
  openFile,
  parseLink,
  random,
  readLink,
  sameTerms,
} from "./protocol.js";
import { Wire } from "./wire.js";

/**
 * Opens a link and decrypts the copy of the item, which counts as a view. If the link has
 * recipients, `email` is the address of one, and `code` is called for the code that is mailed to
 * it.
 * @param {string} link
 * @param {import("./itemshare.js").OpenOptions} [options]
 * @returns {Promise<import("./itemshare.js").OpenedShare>}
 */
export async function open(link, { email, code, signal, ...connection } = {}) {
  const { base, secret } = parseLink(link);
  const keys = await readLink(secret);
  const server = new Wire({ ...connection, url: base, token: undefined });
  const post = (verb, fields, more, stop = signal) => {
    const body = { id: keys.id, token: keys.token, ...fields };
    return server.send({ method: "POST", path: `/s/${verb}`, body, patient: false, ...more }, stop);
  };

  const terms = await post("peek", {});
  if (terms.protocol !== PROTOCOL) throw damaged("it is of another protocol");
  const proof = terms.code_required ? await verify(post, terms, email, code) : {};
  // A repeat with the same view gets the same answer and counts nothing.
  const view = await random(16);
  const sealed = await post("open", { view, ...proof });
  if (!sameTerms(sealed, terms)) throw damaged("its terms have changed");
  const content = withDefaults(await openContent(keys, terms, sealed));

  const chunksOf = (entry, stop) =>
    openFile(keys, terms, entry, (chunk, limit) => {
      const read = (response) => bytesOf(response, limit);
      return post("file", { view, index: entry.index, chunk }, { read }, stop);
    });
  return {
    content,
    terms: {
      createdAt: new Date(terms.created_at * 1000),
      expiresAt: new Date(terms.expires_at * 1000),
      maxViews: terms.max_views,
      audience: terms.audience,
    },
    files: content.files.map((entry) =>
      file(entry, (options) => chunksOf(entry, options?.signal ?? signal)),
    ),
  };
}

// verify requests a code and calls the caller's function for it. The request is not repeated:
// another code would replace the first.
async function verify(post, terms, email, code) {
  if (!email || typeof code !== "function") {
    const message =
      "This link is for specific people. Verify your email address with a mailed code.";
    throw new ItemshareError(message, { code: "verification_required", sharedBy: terms.shared_by });
  }
  await post("code", { email }, { idempotent: false });
  return { email, code: String(await code({ email, sharedBy: terms.shared_by })).trim() };
}

function withDefaults(content) {
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
