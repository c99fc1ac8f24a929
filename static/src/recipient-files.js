// Files: fetched chunk by chunk, decrypted here and saved, never shown.

import { cleanName } from "../../clients/javascript/names.js";
import { Refused, openFile } from "./share-link-v1.js";
import { Failure, action, announce, find, on, post, share, stamp } from "./recipient-page.js";
import { size } from "./size.js";

export function fileRow(entry) {
  const name = cleanName(entry.name);
  const row = stamp("item-file", { name, size: size(entry.size) });
  let parts; // decrypted chunks so far, from which another try continues
  let stop;
  action(row, "download").setAttribute("aria-label", `Download ${name}`);
  action(row, "cancel").setAttribute("aria-label", `Cancel ${name}`);
  on(row, "cancel", () => stop.abort());
  on(row, "download", async () => {
    stop = new AbortController();
    turnFile(row, "busy");
    try {
      parts ??= await newParts(entry, name);
      await openFile(
        share.link,
        share.terms,
        entry,
        chunksOf(entry, row, parts, stop.signal),
        parts,
      );
      const same = parts.save || name === entry.name; // else the reader chose the name
      if (parts.save) parts = await parts.save();
      else download(parts, name);
      turnFile(row, "done", same ? "Downloaded." : `Downloaded as ${name}.`);
      announce(`${name} downloaded.`);
    } catch (error) {
      const unfinished = stop.signal.aborted || error.state === "offline";
      if (!unfinished) parts = parts?.drop?.();
      const note = stop.signal.aborted ? "Cancelled." : whyNoFile(error);
      turnFile(row, "idle", note);
      announce(note);
    }
  });
  return row;
}

// A file of this size in bytes or more is written to disk as it comes, where the browser can.
const LARGE = 16 << 20;

// newParts returns what takes a file's chunks: memory, or for a large file a file on disk that the
// reader chooses. It appears there once it is whole.
async function newParts(entry, name) {
  if (entry.size < LARGE || !window.showSaveFilePicker) return [];
  const failed = (error) => {
    throw new Failure(error.name === "AbortError" ? "cancelled" : "disk");
  };
  const handle = await showSaveFilePicker({ suggestedName: name }).catch(failed);
  const file = await handle.createWritable().catch(failed);
  return {
    length: 0,
    async push(part) {
      await file.write(part).catch(failed);
      this.length++;
    },
    save: () => file.close().catch(failed),
    drop: () => void file.abort().catch(() => {}),
  };
}

function turnFile(row, state, note) {
  const running = state === "busy";
  row.dataset.file = state;
  action(row, "download").hidden = running;
  action(row, "cancel").hidden = find(row, "progress").hidden = !running;
  action(row, running ? "cancel" : "download").focus();
  find(row, "note").hidden = !note && !running;
  find(row, "note").textContent = note ?? "Starting…";
}

// chunksOf returns a function that fetches a sealed chunk of the file and shows progress.
function chunksOf(entry, row, parts, signal) {
  const progress = Object.assign(find(row, "progress"), { max: entry.size || 1, value: 0 });
  return async (chunk, limit) => {
    const before = parts.length * entry.chunk_size;
    const seen = (bytes) => {
      progress.value = before + bytes;
      const done = size(Math.min(before + bytes, entry.size));
      find(row, "note").textContent = `${done} of ${size(entry.size)}`;
    };
    const body = { view: share.view, index: entry.index, chunk };
    return patiently(signal, async () => read(await post("file", body, signal), limit, seen));
  };
}

// patiently runs a step again if only the connection failed.
async function patiently(signal, step) {
  for (const pause of [500, 2000]) {
    try {
      return await step();
    } catch (error) {
      if (signal.aborted || error.state !== "offline") throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return step();
}

async function read(response, limit, seen) {
  const bytes = new Uint8Array(limit);
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Failure("offline");
    });
    if (done) return bytes.subarray(0, length);
    if (length + value.length > limit) throw new Refused("longer than a chunk");
    bytes.set(value, length);
    seen((length += value.length));
  }
}

function whyNoFile(error) {
  if (!(error instanceof Failure)) return "This file is damaged, so it wasn't saved.";
  if (error.state === "cancelled") return "Cancelled.";
  if (error.state === "disk") return "The file couldn't be saved there. Check the free space.";
  if (error.state === "offline") return "Connection lost. Select Download to continue.";
  if (error.state === "unavailable") return "The server isn't available. Try again in a minute.";
  return "The time to download is over. Open the link again, or ask for a new one.";
}

// download saves parts as a file of a type that no browser opens by itself.
export function download(parts, name) {
  const href = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 30_000);
}
