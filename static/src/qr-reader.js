// Reads a QR code in a picture. It is loaded when the first picture is chosen; nothing is sent.

import { decodeQR } from "./qr-decode/decode.js";

const MAX_SIDE = 2000; // pixels; larger pictures are made smaller
const MARGIN = 16; // white around a code that was cut out closely

// readQR returns the text of the code in a file, "" for a file without one.
export async function readQR(file) {
  try {
    const picture = await createImageBitmap(file);
    return (await readByBrowser(picture)) || decodeQR(pixelsOf(picture));
  } catch {
    return ""; // it is no picture, or shows no code
  }
}

// readByBrowser asks the browser, where it can read codes.
async function readByBrowser(picture) {
  try {
    const [found] = await new window.BarcodeDetector({ formats: ["qr_code"] }).detect(picture);
    return found?.rawValue ?? "";
  } catch {
    return "";
  }
}

function pixelsOf(picture) {
  const scale = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const canvas = document.createElement("canvas");
  canvas.width = width + 2 * MARGIN;
  canvas.height = height + 2 * MARGIN;
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, MARGIN, MARGIN, width, height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
