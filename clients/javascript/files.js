// The files of items, and shares of what is in no vault.

import { unreachable } from "./wire.js";

/** Returns the calls about the files of the item at `itemPath(vaultId, itemId)`. */
export function filesOf(api, itemPath, segment) {
  const pathOf = (vaultId, itemId, fileId) =>
    `${itemPath(vaultId, itemId)}/files${fileId === undefined ? "" : `/${segment(fileId)}`}`;
  const stream = (vaultId, itemId, fileId, options) =>
    chunksOf(api, pathOf(vaultId, itemId, fileId), options);
  return Object.freeze({
    attach: (vaultId, itemId, { name, type, content }, options) =>
      api.send(
        {
          method: "POST",
          path: `${pathOf(vaultId, itemId)}?${new URLSearchParams({ name })}`,
          content,
          type: type || "application/octet-stream",
          idempotent: false,
          unlimited: true,
        },
        options,
      ),
    stream,
    async read(vaultId, itemId, fileId, options) {
      const parts = [];
      for await (const part of stream(vaultId, itemId, fileId, options)) parts.push(part);
      return new Uint8Array(await new Blob(parts).arrayBuffer());
    },
    delete: (vaultId, itemId, fileId, options) =>
      api.send(
        {
          method: "DELETE",
          path: pathOf(vaultId, itemId, fileId),
          read: () => undefined,
          idempotent: false,
        },
        options,
      ),
  });
}

// chunksOf yields the bytes of an answer as they come. Those that break off end in an error.
async function* chunksOf(api, path, options = {}) {
  const body = await api.send(
    { method: "GET", path, unlimited: true, read: (response) => response.body },
    options,
  );
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw unreachable(cause);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Returns what a share of what is in no vault sends: JSON, or a form with files after it. */
export function unfiledCall({ files = [], ...share }) {
  const call = { method: "POST", path: "/shares" };
  if (files.length === 0) return { ...call, body: share };
  const form = new FormData();
  form.append("share", JSON.stringify(share));
  for (const { name, type = "", content } of files)
    form.append("file", new Blob([content], { type }), name);
  return { ...call, content: form, unlimited: true };
}
