// Calls to the server: what comes back is an answer, or a Failure.

import { base, share } from "./recipient-share.js";

// A Failure names the state of the page that tells of it.
export class Failure extends Error {
  constructor(state, more) {
    super(state);
    Object.assign(this, { state }, more); // template, code, detail, wait in seconds
  }
}

const STATES = {
  not_found: "not-found",
  expired: "expired",
  revoked: "revoked",
  viewed: "viewed",
  too_many_attempts: "too-many",
};

// post sends one call with the proof of holding the link.
export async function post(path, body, signal = AbortSignal.timeout?.(60_000)) {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ id: share.link.id, token: share.link.token, ...body }),
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    signal,
  };
  const response = await fetch(`${base}/s/${path}`, request).catch(() => {
    throw new Failure("offline");
  });
  share.skew = skewBy(response.headers.get("Date"));
  if (!response.ok) throw await failureOf(response);
  return response;
}

// skewBy ignores what delay and rounding explain.
function skewBy(date) {
  const off = Date.parse(date) - Date.now();
  return Math.abs(off) > 5000 ? off : 0;
}

async function failureOf(response) {
  const problem = await response.json().catch(() => ({}));
  share.sharer ??= problem.shared_by;
  const wait = Number(response.headers.get("Retry-After")) || undefined;
  return new Failure(STATES[problem.code] ?? "unavailable", { code: problem.code, detail: problem.detail, wait });
}

// ask gives the JSON of an answer; one that breaks off, or comes from some
// other server on the way, counts as none.
export async function ask(path, body) {
  const response = await post(path, body);
  return response.json().catch(() => {
    throw new Failure("offline");
  });
}
