// The share that the page shows, and the secret of its link.

import { toBase64url } from "./share-link-v1.js";

export const main = document.getElementById("recipient");
export const base = main.dataset.base;
export const secret = takeSecret();

// share is filled step by step with link, terms, sharer, email and sentAt. The view
// is claimed once, however often the page asks for it. skew is the server's clock
// minus this one, in milliseconds.
export const share = { view: toBase64url(crypto.getRandomValues(new Uint8Array(16))), skew: 0 };

// takeSecret removes the secret from the address bar and returns it. Some gateways
// turn # into %23, which puts the secret into the path: repaired reports that.
function takeSecret() {
  const path = location.pathname.replaceAll("%23", "#");
  const start = [`${base}/s#`, `${base}/s/#`].find((prefix) => path.startsWith(prefix));
  const text = start ? path.slice(start.length) : location.hash.slice(1);
  history.replaceState(null, "", `${base}/s`);
  return { text, repaired: Boolean(start) };
}

// A link pasted into this tab changes only the fragment, which loads nothing by itself.
addEventListener("hashchange", () => location.hash && location.reload());

// now returns the server's time in Unix seconds.
export const now = () => (Date.now() + share.skew) / 1000;
