// Calls to the server, which return a response or throw a Failure.

import { base, share } from "./recipient-share.js";

// A Failure names the state of the page that explains it.
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
  unknown_outcome: "unknown",
};

// Statuses of proxies that lost the server's response.
const LOST = [502, 504];

// post sends a call with the proof that the caller holds the link.
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

// skewBy returns the skew in milliseconds, or 0 if delay and rounding explain it.
function skewBy(date) {
  const off = Date.parse(date) - Date.now();
  return Math.abs(off) > 5000 ? off : 0;
}

async function failureOf(response) {
  const problem = await response.json().catch(() => ({}));
  share.sharer ??= problem.shared_by;
  const wait = Number(response.headers.get("Retry-After")) || undefined;
  const { code, detail } = problem;
  const state = LOST.includes(response.status) ? "unknown" : "unavailable";
  return new Failure(STATES[code] ?? state, { code, detail, wait });
}

// ask returns the JSON of a response. One that breaks off, or comes from another
// server on the way, counts as none.
export async function ask(path, body) {
  const response = await post(path, body);
  return response.json().catch(() => {
    throw new Failure("offline");
  });
}
