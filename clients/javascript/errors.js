// The one kind of error that all calls reject with.

/**
 * An answer that is not a success, no answer, or a link that does not open. It never contains a
 * token, a link or a value.
 */
export class ItemshareError extends Error {
  /**
   * @param {string} message
   * @param {object} more
   * @param {string} more.code        a stable code
   * @param {number} [more.status]    of the answer; 0 without an answer
   * @param {{code: string, field?: string, detail?: string}[]} [more.problems] all problems; `code`
   *   is the code of the first
   * @param {number} [more.retryAfter] seconds until the next try
   * @param {string} [more.shareId]   id of a share whose link was lost
   * @param {string} [more.requestId] id of the request, as in the server's log
   * @param {string} [more.sharedBy]  of a link that ended: the person to ask for a new one
   * @param {unknown} [more.cause]
   */
  constructor(
    message,
    { code, status = 0, problems = [], retryAfter, shareId, requestId, sharedBy, cause },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ItemshareError";
    Object.assign(this, { status, code, problems, retryAfter, shareId, requestId, sharedBy });
  }
}

const MAX_PROBLEM = 2 ** 20; // bytes

/**
 * Reads an answer of at most limit bytes. Of a longer one it returns one byte more, so that the
 * answer is neither parsed nor decrypted, and no server can fill this program's memory.
 * @param {Response} response
 * @param {number} limit
 */
export async function bytesOf(response, limit) {
  if (!response.body) return new Uint8Array();
  const parts = [];
  let left = limit + 1;
  const reader = response.body.getReader();
  while (left > 0) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value.subarray(0, left));
    left -= value.length;
  }
  if (left <= 0) await reader.cancel();
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Parses bytes of JSON. */
export const parsed = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** Returns the error for an answer that is not a success: a problem document (RFC 9457) or not. */
export async function problemOf(response) {
  const status = response.status;
  const document = await bytesOf(response, MAX_PROBLEM)
    .then(parsed)
    .catch(() => undefined);
  const retryAfter = secondsOf(response.headers.get("Retry-After"));
  if (typeof document?.code !== "string") {
    const isRedirect = response.type === "opaqueredirect" || (status >= 300 && status < 400);
    const message = isRedirect
      ? "The server redirects, and this client follows no redirect. Check the address."
      : `The answer isn't from itemshare (status ${status}). Check the address.`;
    return new ItemshareError(message, { code: "unexpected_answer", status, retryAfter });
  }
  const { code, detail, errors, share: shareId, shared_by: sharedBy } = document;
  const requestId = document.request_id ?? response.headers.get("X-Request-Id") ?? undefined;
  const problems = Array.isArray(errors) ? errors : [];
  const details = problems
    .map((problem) => problem?.detail)
    .filter(Boolean)
    .join(" ");
  const more = { code, status, problems, retryAfter, shareId, requestId, sharedBy };
  return new ItemshareError(details || detail || code, more);
}

// secondsOf parses both forms of Retry-After.
function secondsOf(header) {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
