// One-time passwords (RFC 6238).

const HASHES = new Map([
  ["", "SHA-1"],
  ["SHA", "SHA-1"],
  ["SHA1", "SHA-1"],
  ["SHA256", "SHA-256"],
  ["SHA512", "SHA-512"],
]);

// Why a seed makes no code. vault/testdata/seeds.json has these sentences too.
const INVALID =
  "This isn't a valid one-time password. Replace it with an otpauth:// address or a base32 secret.";
const COUNTER =
  "This one-time password is counter-based (HOTP). Only time-based codes can be shown.";
const SETTINGS =
  "This one-time password uses settings that aren't supported, so no code can be shown.";

const BLANKS = /^[\p{White_Space}\p{Cf}]+|[\p{White_Space}\p{Cf}]+$/gu;
const SEPARATORS = /[\p{White_Space}\p{Cf}\p{Pd}=]/gu;

// readTotp reads an otpauth:// address or a bare base32 secret, by the same rules as the server.
// The result has the key's bytes, hash, digits and period, or else the problem: a sentence.
export function readTotp(text) {
  const uri = /^otpauth:\/*([^/?#]*)(.*)$/is.exec(text.replace(BLANKS, ""));
  const type = uri?.[1].toLowerCase();
  if (type === "hotp") return { problem: COUNTER };
  if (uri && type !== "totp") return { problem: INVALID };
  const parameters = uri ? readParameters(uri[2]) : new Map([["secret", text]]);
  const key = fromBase32((parameters.get("secret") ?? "").replace(SEPARATORS, ""));
  if (!key) return { problem: INVALID };
  const algorithm = (parameters.get("algorithm") ?? "").replace(SEPARATORS, "").replaceAll("_", "");
  const hash = HASHES.get(algorithm.toUpperCase().replace(/^HMAC/, ""));
  const digits = readNumber(parameters.get("digits"), 6, 4, 10);
  const period = readNumber(parameters.get("period"), 30, 1, 86400);
  if (!hash || !digits || !period || parameters.get("encoder")) return { problem: SETTINGS };
  return { key, hash, digits, period };
}

// readParameters takes the first of each name. A bare ?, # or % in the label or in a value does no harm.
function readParameters(text) {
  const parameters = new Map();
  for (const part of text.split(/[?&]/)) {
    const [, name, value] = /^([^=]*)=([^#]*)/.exec(part) ?? [];
    const key = name?.replace(BLANKS, "").toLowerCase();
    if (name !== undefined && !parameters.has(key))
      parameters.set(key, new URLSearchParams(`v=${value}`).get("v"));
  }
  return parameters;
}

function readNumber(text = "", usual, least, most) {
  const digits = text.replace(BLANKS, "");
  if (digits === "") return usual;
  const number = /^[0-9]+$/.test(digits) ? Number(digits) : 0;
  return number >= least && number <= most ? number : undefined;
}

// fromBase32 returns undefined for anything that is not base32 of one byte and more.
function fromBase32(text) {
  if (!/^[A-Za-z2-7]{2,}$/.test(text)) return undefined;
  const bytes = [];
  let [bits, buffer] = [0, 0];
  for (const char of text.toUpperCase()) {
    buffer = ((buffer << 5) | BASE32.indexOf(char)) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes.push((buffer >> (bits -= 8)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function toBase32(bytes) {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.replace(/.{1,5}/g, (five) => BASE32[parseInt(five.padEnd(5, "0"), 2)]);
}

// keyURI returns the key in base32 and the otpauth:// address that authenticator apps read.
export function keyURI({ key, hash, digits, period }, name) {
  const secret = toBase32(key);
  const settings = `algorithm=${hash.replace("-", "")}&digits=${digits}&period=${period}`;
  const label = encodeURIComponent(Array.from(name.toWellFormed?.() ?? name).slice(0, 60).join(""));
  return { key: secret, uri: `otpauth://totp/${label}?secret=${secret}&${settings}` };
}

export async function totpCode({ key, hash, digits }, counter) {
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, BigInt(counter));
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign"]);
  const mac = new DataView(await crypto.subtle.sign("HMAC", hmac, message));
  const number = mac.getUint32(mac.getUint8(mac.byteLength - 1) & 15) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}
