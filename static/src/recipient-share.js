// The share that the page shows, and what the tab keeps of it for a reload.

import { findLink, readSecret } from "../../clients/javascript/link.js";
import { toBase64url } from "./share-link-v1.js";

export const main = document.getElementById("recipient");
export const base = main.dataset.base;

const KEY = `itemshare${base}`;
const fresh = () => ({
  view: toBase64url(crypto.getRandomValues(new Uint8Array(16))),
  sent: {}, // when a code was sent to an address, in milliseconds
});

// share is filled step by step with secret, terms, sharer, email, coding (whether a code is
// awaited) and opened (the view's proof, at which time it began and until when it can be repeated,
// and whether the server is sure to have it), which the tab keeps, and with link and skew, which
// it doesn't. The view is claimed once, however often the page asks for it. skew is the server's
// clock minus this one, in milliseconds. ended is the id of a link that opened here for the last
// time, and when.
export const share = { ...fresh(), ...kept(), skew: 0 };
export const secret = takeSecret();

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

// keep changes the share, and what the tab keeps of it. Without storage, forgetful is set.
export function keep(changes) {
  Object.assign(share, changes);
  const { link, skew, ...rest } = share;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(rest));
  } catch {
    share.forgetful = true;
  }
}

// erase leaves nothing of the share in the tab but ended, if that is given.
export function erase(ended) {
  try {
    if (ended) sessionStorage.setItem(KEY, JSON.stringify({ ended }));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}

// forget is erase for the page too.
export function forget(ended) {
  for (const name in share) delete share[name];
  Object.assign(share, fresh(), { ended, skew: 0 });
  erase(ended);
}

// takeSecret removes the secret from the address bar and returns it, unless it is
// incomplete. Some gateways turn # into %23, which puts the secret into the path:
// repaired reports that.
function takeSecret() {
  const { href, hash } = location;
  const repaired = !hash && href.includes("%");
  history.replaceState(null, "", `${base}/s`);
  return { text: findLink(href)?.secret, missing: !hash && !repaired, repaired };
}

// begin goes on with what the tab keeps of the link, or with a new share.
export function begin(text, repaired) {
  if (share.secret !== text) forget(share.ended);
  keep({ secret: text, repaired: repaired || share.repaired });
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
