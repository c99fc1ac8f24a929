// QR codes (ISO/IEC 18004) of bytes, at error correction level M and with mask 0.

// By version, from 1: the bytes of error correction of a block, and the number of blocks.
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26];
const BLOCKS = [
  1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26,
  28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
];
const FORMAT = 0x5412; // level M and mask 0, as they are written

const correction = (version) => CORRECTION[version - 1] ?? 28;

// capacity returns the number of bytes that a version holds, error correction included.
function capacity(version) {
  const patterns = Math.floor(version / 7) + 2; // alignment patterns in a row
  let modules = (16 * version + 128) * version + 64;
  if (version > 1) modules -= (25 * patterns - 10) * patterns - 55;
  return Math.floor((version > 6 ? modules - 36 : modules) / 8);
}

// qrPath returns the size of the text's QR code in modules, and the dark ones as the path of an
// SVG. It returns undefined for a text that is too long.
export function qrPath(text) {
  const bytes = new TextEncoder().encode(text);
  for (let version = 1; version <= 40; version++) {
    const room = capacity(version) - correction(version) * BLOCKS[version - 1];
    if (bytes.length + (version < 10 ? 2 : 3) > room) continue;
    const rows = draw(version, interleave(version, pack(bytes, version, room)));
    const dark = rows.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : "")));
    return { size: rows.length, d: dark.join("") };
  }
  return undefined;
}

// pack returns the mode, the length, the bytes and the padding.
function pack(bytes, version, room) {
  const length = bytes.length.toString(2).padStart(version < 10 ? 8 : 16, "0");
  let bits = `0100${length}`;
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  bits += "0000";
  const data = Array.from(bits.match(/.{8}/g), (octet) => parseInt(octet, 2));
  for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) data.push(pad);
  return data;
}

// interleave returns the bytes of all blocks in turn, then those of their error correction.
function interleave(version, data) {
  const count = BLOCKS[version - 1];
  const size = Math.floor(data.length / count);
  const long = count - (data.length % count); // the first block that is a byte longer
  const divisor = generator(correction(version));
  let start = 0;
  const blocks = Array.from({ length: count }, (_, n) =>
    data.slice(start, (start += size + (n >= long ? 1 : 0))),
  );
  const checks = blocks.map((block) => remainder(block, divisor));
  return [...columns(blocks, size + 1), ...columns(checks, divisor.length)];
}

function columns(blocks, length) {
  const all = Array.from({ length }, (_, n) => blocks.map((block) => block[n]));
  return all.flat().filter((byte) => byte !== undefined);
}

// times multiplies in the field of 256 elements with the polynomial 0x11d.
function times(a, b) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> bit) & 1) * a);
  }
  return product;
}

// generator returns the coefficients of the Reed-Solomon generator below the first, which is 1.
function generator(degree) {
  const result = Array(degree).fill(0);
  result[degree - 1] = 1;
  for (let n = 0, root = 1; n < degree; n++, root = times(root, 2)) {
    for (let i = 0; i < degree; i++) result[i] = times(result[i], root) ^ (result[i + 1] ?? 0);
  }
  return result;
}

function remainder(block, divisor) {
  const result = divisor.map(() => 0);
  for (const byte of block) {
    const factor = byte ^ result.shift();
    result.push(0);
    divisor.forEach((coefficient, n) => (result[n] ^= times(coefficient, factor)));
  }
  return result;
}

function draw(version, bytes) {
  const size = version * 4 + 17;
  const rows = Array.from({ length: size }, () => Array(size)); // undefined where data goes
  drawPatterns(rows, version);
  drawFormat(rows, version);
  let bit = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = (right + 1) & 2 ? step : size - 1 - step;
      for (const x of [right, right - 1]) {
        if (rows[y][x] !== undefined) continue;
        const dark = ((bytes[bit >> 3] >> (7 - (bit++ & 7))) & 1) === 1;
        rows[y][x] = dark !== ((x + y) % 2 === 0);
      }
    }
  }
  return rows;
}

// drawPatterns draws what helps a reader to find the modules.
function drawPatterns(rows, version) {
  const size = rows.length;
  const square = (middleX, middleY, radius, isDark) => {
    for (let y = -radius; y <= radius; y++) {
      for (let x = -radius; x <= radius; x++) {
        const row = rows[middleY + y];
        if (row && middleX + x >= 0 && middleX + x < size)
          row[middleX + x] = isDark(Math.max(Math.abs(x), Math.abs(y)));
      }
    }
  };
  for (let n = 0; n < size; n++) rows[6][n] = rows[n][6] = n % 2 === 0;
  const places = alignment(version);
  const [first, last] = [6, size - 7];
  for (const x of places) {
    for (const y of places) {
      const corner = (x === first && y !== last && y === first) || (x === first && y === last);
      if (!corner && !(x === last && y === first)) square(x, y, 2, (ring) => ring !== 1);
    }
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
  }
}

// alignment returns the middles of the alignment patterns, in both directions.
function alignment(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const places = [6];
  for (let n = count - 2; n >= 0; n--) places.push(version * 4 + 10 - n * step);
  return places;
}

// drawFormat writes level and mask, and the version from 7 on.
function drawFormat(rows, version) {
  const size = rows.length;
  for (let n = 0; n < 15; n++) {
    const dark = ((FORMAT >> n) & 1) === 1;
    rows[n < 6 ? n : n < 8 ? n + 1 : size - 15 + n][8] = dark;
    rows[8][n < 8 ? size - 1 - n : n < 9 ? 7 : 14 - n] = dark;
  }
  rows[size - 8][8] = true;
  if (version < 7) return;
  let rest = version;
  for (let n = 0; n < 12; n++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  for (let n = 0; n < 18; n++) {
    const dark = ((((version << 12) | rest) >> n) & 1) === 1;
    const [a, b] = [size - 11 + (n % 3), Math.floor(n / 3)];
    rows[b][a] = rows[a][b] = dark;
  }
}
