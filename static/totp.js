// One-time passwords (RFC 6238).

const HASHES = { SHA1: "SHA-1", SHA256: "SHA-256", SHA512: "SHA-512" };

// readTotp reads an otpauth:// address or a bare base32 secret; undefined for
// anything that gives no code.
export function readTotp(text) {
  const query = text.match(/^otpauth:[^?#]*\?([^#]*)/i)?.[1];
  const params = new URLSearchParams(query ?? { secret: text });
  const key = fromBase32(params.get("secret") ?? "");
  const hash = HASHES[(params.get("algorithm") ?? "SHA1").toUpperCase().replace("-", "")];
  const [digits, period] = [Number(params.get("digits") ?? 6), Number(params.get("period") ?? 30)];
  const sound = key?.length && hash && digits >= 4 && digits <= 10 && period >= 1 && period <= 86400;
  return sound && Number.isInteger(digits) && Number.isInteger(period) ? { key, hash, digits, period } : undefined;
}

function fromBase32(text) {
  const clean = text.toUpperCase().replace(/[\s=-]/g, "");
  if (/[^A-Z2-7]/.test(clean)) return undefined;
  const bytes = [];
  let [bits, buffer] = [0, 0];
  for (const char of clean) {
    buffer = ((buffer << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char)) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes.push((buffer >> (bits -= 8)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

export async function totpCode({ key, hash, digits }, counter) {
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, BigInt(counter));
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign"]);
  const mac = new DataView(await crypto.subtle.sign("HMAC", hmac, message));
  const number = mac.getUint32(mac.getUint8(mac.byteLength - 1) & 15) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}
