// Finds share links, by the rules of "Reading a link" in docs/share-link-v1.md of the project. The
// recipient's page reads links with this file too.

const MAX_TEXT = 64 * 1024; // characters that are searched for a link
const MAX_TAIL = 2048; // characters after the # that are searched for the secret
const LENGTH = 43; // characters of a secret
const DECODINGS = 4; // of an encoding that becomes visible by decoding

// A link up to its secret; the group is the base URL.
const HOST = String.raw`(?:\[[0-9A-Fa-f:.]+\]|[^\0-,/:-@[-^\x60{-\x7f\ufffd]+)(?::[0-9]+)?`;
const PATH = String.raw`/(?:[^\0-\x20"#%':<>?\\^\x60{-}\x7f\ufffd]|%[0-9A-Fa-f]{2})*?`;
const QUERY = String.raw`\?[^\0-\x20#]*?`;
const PAGE = new RegExp(
  `([Hh][Tt][Tt][Pp][Ss]?://${HOST}(?:${PATH})?)/s/?(?:${QUERY})?(?:#|%(?:25)*23)`,
  "g",
);

/**
 * Returns base URL and secret of the first whole link in a text, such as a message, or undefined.
 * @param {string} text
 */
export function findLink(text) {
  text = clean(text.slice(0, MAX_TEXT));
  const decoded = decode(text);
  for (const form of [text, joinLines(text), decoded, joinLines(decoded)]) {
    for (const match of form.matchAll(PAGE)) {
      const secret = readSecret(form.slice(match.index + match[0].length));
      const base = match[1].replace(/^\w+/, (scheme) => scheme.toLowerCase());
      if (secret && isAddress(base)) return { base, secret };
    }
  }
}

/**
 * Reads the secret from the start of the text that follows a link's #. Line breaks may stand within
 * it if nothing but the secret stands on its last line.
 * @param {string} tail
 */
export function readSecret(tail) {
  tail = tail.slice(0, MAX_TAIL);
  for (let n = 0; n < DECODINGS; n++) tail = decode(tail);
  let rest = tail.replace(/^[ \n#/>]+/, "");
  let secret = "";
  let joined = false;
  for (;;) {
    const part = /^[\w-]*/.exec(rest)[0];
    secret += part;
    rest = rest.slice(part.length);
    if (secret.length >= LENGTH) break;
    const gap = /^=? *\n[ >]*(?=[\w-])/.exec(rest);
    if (!gap) return;
    rest = rest.slice(gap[0].length);
    joined = true;
  }
  const more = rest[0] === "=" || (joined && /^ +[^ \n]/.test(rest));
  return secret.length === LENGTH && isCanonical(secret) && !more ? secret : undefined;
}

function isAddress(base) {
  try {
    return Boolean(new URL(base));
  } catch {
    return false;
  }
}

// isCanonical reports whether the two unused bits of the last character are 0.
const isCanonical = (secret) => /[AEIMQUYcgkosw048]$/.test(secret);

// clean removes characters that do not show, and makes one blank of every kind of blank and one
// line break of every kind of line break.
const clean = (text) =>
  text
    .replace(/[\0\u034f\ufe00-\ufe0f]|\p{Cf}/gu, "")
    .replace(/\r\n?|[\v\f\x85\u2028\u2029]/g, "\n")
    .replace(/[\t\p{Zs}]/gu, " ");

// joinLines returns a text without its line breaks if they are its only white space and no line is
// empty: it may be nothing but a link.
function joinLines(text) {
  const trimmed = text.replace(/^[ \n]+|[ \n]+$/g, "");
  const joined = trimmed.replace(/ *\n[ >]*/g, "");
  return /\n[ >]*\n/.test(trimmed) || joined.includes(" ") ? "" : joined;
}

// decode removes percent-encoding, however often a character was encoded, and decodes & and # of
// HTML.
function decode(text) {
  const bytes = (escapes) =>
    Uint8Array.from(escapes.slice(1).split("%"), (hex) => parseInt(hex.slice(-2), 16));
  return clean(
    text
      .replace(/&amp;/g, "&")
      .replace(/&(#35|#x23|num);/g, "#")
      .replace(/(%(25)*[0-9A-Fa-f]{2})+/g, (escapes) => new TextDecoder().decode(bytes(escapes))),
  );
}
