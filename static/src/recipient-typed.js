// What people type or paste into the recipient's page. The server reads it by the same rules and
// decides; these show what it will read.

// readAddress returns the only email address in a text as mail programs copy it, or the text.
export function readAddress(text) {
  const words = text.replace(/&(\w+|#\d+);/g, " ").split(/[\t-\r\p{Z}\u0085<＜>＞\p{Ps}\p{Pe},;，、﹐﹑︑︒､،；﹔︔؛]/u);
  const found = words.map(plainAddress).filter((word) => /.@/s.test(word));
  return new Set(found.map((word) => word.toLowerCase())).size === 1 ? found[0] : text;
}

// plainAddress returns a word without mailto: and without the punctuation around it.
function plainAddress(word) {
  const [, mailto, address] = /^(mailto:(?:\/\/)?)?(.*)$/is.exec(trim(word));
  try {
    if (mailto) return trim(decodeURIComponent(address.split("?")[0]));
  } catch {
    return word;
  }
  return trim(address.replace(/(.@[^?]*)\?.*/s, "$1"));
}

// trim removes punctuation. At the end of a domain two full stops and an ellipsis stay: it was cut.
function trim(word) {
  const bare = word.replace(/[\p{P}\p{S}]+$/u, (end) =>
    /[-@/＠﹫…\ufffd]|([.。．｡].*){2}/u.test(end) ? end : "",
  );
  const paired = /^[*_~|]/.test(bare) && word.endsWith(bare[0]) ? /^[*_~|]+/ : "";
  return bare.replace(/^[^\p{L}\p{M}\p{N}\p{C}!#$%&*+\-/=?^_{|}~.。．｡@＠﹫…]+/u, "").replace(paired, "");
}

// readCode returns a code without what people and keyboards put around and between its digits,
// with the digits of every script as 0 to 9. Unicode has those in runs of ten, from zero.
export const readCode = (text) =>
  text.replace(/\P{Nd}/gu, "").replace(/./gsu, (char) => {
    let value = 0;
    for (let code = char.codePointAt(); /\p{Nd}/u.test(String.fromCodePoint(--code)); ) value++;
    return value % 10;
  });
