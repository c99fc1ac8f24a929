// The one share that this page is about, and the secret that leads to it.

import { toBase64url } from "./share-link-v1.js";

export const main = document.getElementById("recipient");
export const base = main.dataset.base;
export const secret = takeSecret();

// share is filled step by step: link, terms, sharer, email, sentAt. A view is
// claimed once, however often it is asked for; skew is the server's clock minus
// ours, in milliseconds.
export const share = { view: toBase64url(crypto.getRandomValues(new Uint8Array(16))), skew: 0 };

// takeSecret empties the address bar. Some gateways turn # into %23, which puts
// the secret into the path.
function takeSecret() {
  const path = location.pathname.replaceAll("%23", "#");
  const start = [`${base}/s#`, `${base}/s/#`].find((prefix) => path.startsWith(prefix));
  const text = start ? path.slice(start.length) : location.hash.slice(1);
  history.replaceState(null, "", `${base}/s`);
  return { text, repaired: Boolean(start) };
}

// A link pasted into this tab changes the fragment alone, which loads nothing.
addEventListener("hashchange", () => location.hash && location.reload());

// now is the server's time in Unix seconds.
export const now = () => (Date.now() + share.skew) / 1000;
