// One server: requests with a deadline, repeated where that is safe. The token stays
// in here.

import { bytesOf, ItemshareError, parsed, problemOf } from "./errors.js";

const LONGEST_PAUSE = 30; // seconds that a caller is kept waiting between two tries
const LARGEST_ANSWER = 16 * 2 ** 20; // bytes
const LOST = ["unreachable", "timeout"]; // no answer

export class Wire {
  #token;
  #fetch;

  /** @param {{url: string, token?: string, timeout?: number, tries?: number, fetch?: typeof globalThis.fetch}} connection */
  constructor({ url, token, timeout = 60_000, tries = 4, fetch = globalThis.fetch }) {
    // A header that cannot be sent would be quoted in the error about it.
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) throw new TypeError("The token is empty or holds characters that no token has.");
    this.base = baseOf(url);
    this.timeout = timeout;
    this.tries = tries;
    this.#token = token;
    this.#fetch = fetch;
  }

  /**
   * Sends one call and gives what `read` makes of the answer. A `safe` call, which once more is as good as once, is
   * repeated after a lost answer and where the server is busy; `patient` is one for which 429 means later, not never.
   * @param {{method: string, path: string, body?: unknown, key?: string, safe?: boolean, patient?: boolean, read?: (r: Response) => unknown}} call
   * @param {AbortSignal} [signal]
   */
  async send({ safe = true, patient = true, ...call }, signal) {
    let lost = false;
    for (let n = 1; ; n++) {
      try {
        return await this.#once(call, signal);
      } catch (error) {
        lost ||= mayBeDone(error);
        if (!safe || n >= this.tries || !mayHelp(error, patient)) throw lost && call.key ? notKnown(error) : error;
        await sleep(pause(n, error.retryAfter), signal);
      }
    }
  }

  async #once({ method, path, body, key, read = readJSON }, signal) {
    signal?.throwIfAborted();
    const limit = deadline(this.timeout, signal);
    try {
      const response = await this.#fetch.call(globalThis, this.base + path, {
        method,
        headers: this.#headers(body, key),
        body: body && JSON.stringify(body),
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
      if (cause instanceof ItemshareError && !limit.signal.aborted) throw cause;
      if (limit.signal.aborted) throw new ItemshareError(`No answer within ${this.timeout} ms.`, { code: "timeout" });
      throw new ItemshareError("The server cannot be reached, or its answer broke off.", { code: "unreachable", cause });
    } finally {
      limit.clear();
    }
  }

  #headers(body, key) {
    const headers = { Accept: "application/json" };
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    if (body) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    return headers;
  }
}

// mayBeDone: 502 and 504 are a proxy's words for a lost answer.
const mayBeDone = (error) => LOST.includes(error?.code) || [502, 504].includes(error?.status);

// mayHelp: where nobody knows whether there is a link, asking again does not tell.
const mayHelp = (error, patient) =>
  LOST.includes(error?.code) ||
  ((error?.status === 429 ? patient : [502, 503, 504].includes(error?.status)) &&
    error.code !== "link_unknown" &&
    !(error.retryAfter > LONGEST_PAUSE));

// pause is how many milliseconds to wait after the n-th try: as the server says, else longer each time.
const pause = (n, retryAfter) => 1000 * (retryAfter ?? Math.min(8, 2 ** n / 8) * (0.5 + Math.random() / 2));

// notKnown is what a lost answer leaves behind, unless the server told later what there is.
function notKnown(cause) {
  if (["already_created", "link_unknown"].includes(cause.code)) return cause;
  const message = "It is not known whether a share was made; the list of shares tells.";
  return new ItemshareError(message, { code: "not_known", status: cause.status, cause });
}

// baseOf takes https, and http where nobody is on the way: on this machine.
function baseOf(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new TypeError("The url is no web address, such as https://share.example.com.");
  }
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && here)) {
    throw new TypeError("The url must begin with https:// unless it is http://localhost.");
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError("The url is a server's address alone: no user, no question mark, no fragment.");
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

async function readJSON(response) {
  const bytes = await bytesOf(response, LARGEST_ANSWER);
  try {
    if (bytes.length <= LARGEST_ANSWER) return parsed(bytes);
    throw new SyntaxError("too long");
  } catch {
    const message = "The answer is no JSON: something else than itemshare answered.";
    throw new ItemshareError(message, { code: "unexpected_answer", status: response.status });
  }
}

// deadline joins a time limit and the caller's signal, also where AbortSignal.any is missing.
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

// sleep ends early where the signal says so; the next try then finds it aborted.
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
