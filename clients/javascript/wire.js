// Requests to one server, with a time limit, repeated where that is safe. The token stays in here.

import { bytesOf, ItemshareError, parsed, problemOf } from "./errors.js";

const MAX_PAUSE = 30; // seconds between two tries
const MAX_ANSWER = 16 * 2 ** 20; // bytes
const LOST = ["unreachable", "timeout"]; // codes of lost answers

export class Wire {
  #token;
  #fetch;

  /**
   * @param {{url: string, token?: string, timeout?: number, tries?: number,
   *   fetch?: typeof globalThis.fetch}} connection
   */
  constructor({ url, token, timeout = 60_000, tries = 4, fetch = globalThis.fetch }) {
    // The error about a header that cannot be sent would quote it.
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
      throw new TypeError("The token is empty or contains a character that no token has.");
    }
    this.base = baseOf(url);
    this.timeout = timeout;
    this.tries = tries;
    this.#token = token;
    this.#fetch = fetch;
  }

  /**
   * Sends a call and returns what `read` returns for the answer. An `idempotent` call is repeated
   * after a lost answer and while the server is busy; a `patient` one after status 429, too.
   * `match` is the If-Match. `content` is sent instead of a `body` of JSON, with `type` as its media
   * type. An `unlimited` call takes as long as its content does.
   * @param {{method: string, path: string, body?: unknown, content?: BodyInit, type?: string,
   *   key?: string, match?: string, idempotent?: boolean, patient?: boolean, unlimited?: boolean,
   *   read?: (r: Response) => unknown}} call
   * @param {AbortSignal} [signal]
   */
  async send({ idempotent = true, patient = true, ...call }, signal) {
    let isLost = false;
    for (let n = 1; ; n++) {
      try {
        return await this.#sendOnce(call, signal);
      } catch (error) {
        isLost ||= mayBeDone(error);
        if (!idempotent || n >= this.tries || !mayHelp(error, patient)) {
          throw isLost && call.key ? notKnown(error) : error;
        }
        await sleep(pause(n, error.retryAfter), signal);
      }
    }
  }

  async #sendOnce({ method, path, read = readJSON, unlimited, ...call }, signal) {
    signal?.throwIfAborted();
    const limit = unlimited ? { signal, clear() {} } : deadline(this.timeout, signal);
    try {
      const response = await this.#fetch.call(globalThis, this.base + path, {
        method,
        headers: this.#headers(call),
        body: call.content ?? (call.body && JSON.stringify(call.body)),
        ...(call.content instanceof ReadableStream && { duplex: "half" }),
        credentials: "omit",
        cache: "no-store",
        redirect: "manual",
        referrerPolicy: "no-referrer",
        signal: limit.signal,
      });
      if (!response.ok) throw await problemOf(response);
      return await read(response);
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof ItemshareError && !limit.signal?.aborted) throw cause;
      if (limit.signal?.aborted)
        throw new ItemshareError(`No answer within ${this.timeout} ms.`, { code: "timeout" });
      throw unreachable(cause);
    } finally {
      limit.clear();
    }
  }

  #headers({ body, type = body && "application/json", key, match }) {
    const headers = { Accept: "application/json" };
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    if (type) headers["Content-Type"] = type;
    if (key) headers["Idempotency-Key"] = key;
    if (match) headers["If-Match"] = match;
    return headers;
  }
}

/** Returns the error for an answer that did not come, or not whole. */
export const unreachable = (cause) =>
  new ItemshareError("The server can't be reached, or its answer broke off.", {
    code: "unreachable",
    cause,
  });

// mayBeDone reports whether the server may have done what a failed call asked for. Proxies answer
// with 502 and 504 when they lose an answer.
const mayBeDone = (error) =>
  [...LOST, "unknown_outcome"].includes(error?.code) || [502, 504].includes(error?.status);

// mayHelp reports whether a repeat may succeed. After link_unknown none does.
const mayHelp = (error, patient) =>
  LOST.includes(error?.code) ||
  ((error?.status === 429 ? patient : [502, 503, 504].includes(error?.status)) &&
    error.code !== "link_unknown" &&
    !(error.retryAfter > MAX_PAUSE));

// pause returns the milliseconds until the next try: those that the server names, or longer each
// time.
const pause = (n, retryAfter) =>
  1000 * (retryAfter ?? Math.min(8, 2 ** n / 8) * (0.5 + Math.random() / 2));

// notKnown returns the error after a lost answer, unless a later answer is more exact.
function notKnown(cause) {
  if (["already_created", "link_unknown"].includes(cause.code)) return cause;
  const message = "It isn't known whether a share was created. Check the list of shares.";
  return new ItemshareError(message, { code: "not_known", status: cause.status, cause });
}

// baseOf parses a base URL: https, or http on this machine.
function baseOf(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new TypeError("The url isn't a web address such as https://share.example.com.");
  }
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLocal)) {
    throw new TypeError("The url must begin with https:// unless it is http://localhost.");
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError("The url can't have a user, a query or a fragment.");
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

async function readJSON(response) {
  const bytes = await bytesOf(response, MAX_ANSWER);
  try {
    if (bytes.length <= MAX_ANSWER) return parsed(bytes);
    throw new SyntaxError("too long");
  } catch {
    const message = "The answer isn't JSON, so it isn't from itemshare. Check the address.";
    throw new ItemshareError(message, { code: "unexpected_answer", status: response.status });
  }
}

// deadline combines a time limit and the caller's signal, also where AbortSignal.any is missing.
function deadline(milliseconds, signal) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, milliseconds);
  signal?.addEventListener("abort", abort, { once: true });
  const clear = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, clear };
}

// sleep ends early when the signal aborts; the next try then rejects.
function sleep(milliseconds, signal) {
  return new Promise((resolve) => {
    const wake = () => {
      signal?.removeEventListener("abort", wake);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    signal?.addEventListener("abort", wake, { once: true });
  });
}
