// Names of files that a sender chose. The recipient's page cleans them with this file too.

// Names that Windows takes for devices, and files that a desktop obeys.
const RESERVED =
  /^((con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin_|conout_|clock_) *(\.|$)|(desktop\.ini|autorun\.inf|thumbs\.db)$)/i;

/**
 * Returns a file name that no shell and no system obeys: without control and direction characters,
 * path separators and the like, without a dot or a dash at its start, of at most 100 characters and
 * with its extension.
 * @param {string} text
 */
export function cleanName(text) {
  const clean = String(text)
    .normalize("NFC")
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .replace(/[\\/:*?"<>|$`;&%]/g, "_")
    .replace(/^[\s.]+|[\s.]+$/g, "")
    .replace(/^[-~+@=]+/, "_")
    .replace(RESERVED, "_$&");
  const [, stem, extension] = clean.match(/^(.*?)(\.[^.]{1,16})?$/u);
  return ([...stem].slice(0, 84).join("") || "file") + (extension ?? "");
}
