// The share that the page shows, and the secret of its link.

import { findLink, readSecret } from "../../clients/javascript/link.js";
import { toBase64url } from "./share-link-v1.js";

export const main = document.getElementById("recipient");
export const base = main.dataset.base;
export const secret = takeSecret();

// share is filled step by step with link, terms, sharer, email and sentAt. The view
// is claimed once, however often the page asks for it. skew is the server's clock
// minus this one, in milliseconds.
export const share = { view: toBase64url(crypto.getRandomValues(new Uint8Array(16))), skew: 0 };

// takeSecret removes the secret from the address bar and returns it, unless it is
// incomplete. Some gateways turn # into %23, which puts the secret into the path:
// repaired reports that.
function takeSecret() {
  const { href, hash } = location;
  const repaired = !hash && href.includes("%");
  history.replaceState(null, "", `${base}/s`);
  return { text: findLink(href)?.secret, missing: !hash && !repaired, repaired };
}

// pasted returns the secret of the link in a text, or the host of a link to another server.
export function pasted(text) {
  const own = location.origin + base;
  const link = findLink(text) ?? { base: own, secret: readSecret(text) };
  const { host, origin, pathname } = new URL(link.base);
  return origin + pathname.replace(/\/$/, "") === own ? { secret: link.secret } : { host };
}

// A link pasted into this tab changes only the fragment, which loads nothing by itself.
addEventListener("hashchange", () => location.hash && location.reload());

// now returns the server's time in Unix seconds.
export const now = () => (Date.now() + share.skew) / 1000;
