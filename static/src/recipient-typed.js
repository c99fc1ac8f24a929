// What people type or paste into the recipient's page. The server reads it by the same rules and
// decides; these show what it will read.

// readAddress returns the only email address in a text as mail programs copy it, or the text.
export function readAddress(text) {
  const words = text.replace(/&(lt|gt|quot|apos|nbsp|#34|#39|#160);/g, " ").split(SEPARATORS);
  const found = words.map(plainAddress).filter((word) => /.@/su.test(word));
  const different = new Set(found.map((word) => word.toLowerCase()));
  return different.size === 1 ? found[0] : text;
}

const SEPARATORS = /[\t-\r\p{Z}\u0085<>()[\]{}＜＞（）［］｛｝〈〉《》【】⟨⟩,;，、﹐﹑︑︒､،；﹔︔؛]+/u;

// plainAddress returns a word without mailto: and without the punctuation around it.
function plainAddress(word) {
  const bare = trim(word);
  if (!/^mailto:/i.test(bare)) return trim(bare.replace(/(.@[^?]*)\?.*/su, "$1"));
  try {
    const address = bare.slice("mailto:".length).replace(/^\/\//, "").split("?")[0];
    return trim(decodeURIComponent(address));
  } catch {
    return bare;
  }
}

const AROUND = /^[^\p{L}\p{M}\p{N}\p{C}\s!#$%&*+\-/=?^_{|}~.。．｡@＠﹫…]+|[\p{P}\p{S}]+$/gu;

// trim removes punctuation, but neither a second full stop nor an ellipsis: a domain was cut there.
function trim(word) {
  const bare = word.replace(AROUND, (part, at) => (at === 0 && part !== word ? "" : kept(part)));
  const [, mark] = /[*_~|]$/.exec(word) ?? [];
  return mark ? bare.replace(/^[*_~|]+/, "") : bare.replace(/^([*_~|]+)(?=.*@)/s, (marks) => {
    return word.endsWith(marks[0]) ? "" : marks;
  });
}

const kept = (part) => (/[-@/＠﹫…\ufffd]|[.。．｡].*[.。．｡]/u.test(part) ? part : "");

// readCode returns a code without what people and keyboards put around and between its digits,
// with the digits of every script as 0 to 9.
export const readCode = (text) =>
  [...text].map((char) => (/\p{Nd}/u.test(char) ? digit(char) : char)).join("").replace(/\D/g, "");

// digit returns the value of a digit of any script: Unicode has them in runs of ten, from zero.
function digit(char) {
  let value = 0;
  for (let code = char.codePointAt(0) - 1; /\p{Nd}/u.test(String.fromCodePoint(code)); code--) value++;
  return String(value % 10);
}
