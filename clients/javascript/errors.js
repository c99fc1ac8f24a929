// What went wrong, in one shape for all callers.

/** An answer that is no success, no answer at all, or a link that does not open. Never holds a token, a link or a value. */
export class ItemshareError extends Error {
  /**
   * @param {string} message
   * @param {object} more
   * @param {string} more.code        what happened, for programs
   * @param {number} [more.status]    of the answer, 0 without one
   * @param {{code: string, field?: string, detail?: string}[]} [more.problems] every problem, the first one's code is `code`
   * @param {number} [more.retryAfter] seconds after which trying again may help
   * @param {string} [more.shareId]   the share that there is
   * @param {string} [more.requestId] finds the request in the server's log
   * @param {string} [more.sharedBy]  of a link that ended: whom to ask for a new one
   * @param {unknown} [more.cause]
   */
  constructor(message, { code, status = 0, problems = [], retryAfter, shareId, requestId, sharedBy, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ItemshareError";
    Object.assign(this, { status, code, problems, retryAfter, shareId, requestId, sharedBy });
  }
}

const LARGEST_PROBLEM = 2 ** 20; // bytes

/**
 * Reads at most so many bytes, and of a longer answer one more, with which it neither parses nor opens: nobody makes this
 * program hold more.
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

/** Gives what bytes of JSON say. */
export const parsed = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** Makes the error of an answer that is no success; problem documents are those of RFC 9457. */
export async function problemOf(response) {
  const status = response.status;
  const document = await bytesOf(response, LARGEST_PROBLEM).then(parsed).catch(() => undefined);
  const retryAfter = secondsOf(response.headers.get("Retry-After"));
  if (typeof document?.code !== "string") {
    const elsewhere = response.type === "opaqueredirect" || (status >= 300 && status < 400);
    const what = elsewhere
      ? "This address leads elsewhere. Use the one that the server has as its own."
      : `itemshare did not answer, something else did (${status}).`;
    return new ItemshareError(what, { code: "unexpected_answer", status, retryAfter });
  }
  const { code, detail, errors, share: shareId, shared_by: sharedBy } = document;
  const requestId = document.request_id ?? response.headers.get("X-Request-Id") ?? undefined;
  const problems = Array.isArray(errors) ? errors : [];
  const words = problems.map((problem) => problem?.detail).filter(Boolean).join(" ");
  return new ItemshareError(words || detail || code, { code, status, problems, retryAfter, shareId, requestId, sharedBy });
}

// secondsOf reads both forms of Retry-After.
function secondsOf(header) {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
