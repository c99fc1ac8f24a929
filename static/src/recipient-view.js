// The document: copies of the page's templates, filled with text and nothing else.

import { main, now, share } from "./recipient-share.js";

let ticking = []; // run once a second

setInterval(() => ticking.forEach((tick) => tick()), 1000);

export const find = (node, name) => node.querySelector(`[data-slot="${name}"]`);
export const action = (node, name) => node.querySelector(`[data-action="${name}"]`);
export const on = (node, name, listener) => action(node, name)?.addEventListener("click", listener);

// stamp returns a copy of a template with its slots filled. A slot whose value is
// undefined keeps the template's words.
export function stamp(id, slots = {}) {
  const node = document.getElementById(id).content.firstElementChild.cloneNode(true);
  for (const [name, value] of Object.entries({ sharer: share.sharer, ...slots })) {
    if (value === undefined) continue;
    for (const slot of node.querySelectorAll(`[data-slot="${name}"]`)) slot.textContent = value;
  }
  return node;
}

// show puts the page into a state and moves the focus to its heading.
export function show(state, slots, template = state) {
  ticking = [];
  onbeforeunload = null;
  const view = stamp(`state-${template}`, slots);
  const ended = view.classList.contains("end");
  for (const notice of ["repaired", "forgetful"]) {
    if (share[notice] && !ended) view.prepend(stamp(`notice-${notice}`));
  }
  document.querySelector(".foot").hidden = ended;
  main.dataset.state = state;
  main.replaceChildren(view);
  scrollTo(0, 0);
  view.querySelector("h1").focus();
  return view;
}

export function announce(text) {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = text), 50);
}

// busy disables a button while its work runs. Calling the result enables it again.
export function busy(button, label) {
  const words = button.textContent;
  Object.assign(button, { disabled: true, textContent: label });
  return () => Object.assign(button, { disabled: false, textContent: words });
}

// every runs tick now and once a second, until the page shows another state.
export function every(tick) {
  ticking.push(tick);
  tick();
}

const UNITS = [
  [86400, "day"],
  [3600, "hour"],
  [60, "minute"],
];

export function inWords(seconds) {
  const [size, unit] = UNITS.find(([length]) => seconds >= length * 2) ?? UNITS[2];
  const count = Math.round(seconds / size);
  if (count < 1) return "less than a minute";
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

const DAY_AND_TIME = { dateStyle: "long", timeStyle: "short" };

// formatTime returns a Unix time, in seconds, as the reader's browser writes it.
export function formatTime(seconds, options = DAY_AND_TIME) {
  return new Intl.DateTimeFormat(undefined, options).format(new Date(seconds * 1000));
}

export function showTime(slot, seconds, options) {
  slot.dateTime = new Date(seconds * 1000).toISOString();
  slot.textContent = formatTime(seconds, options);
}

export const secondsLeft = () => share.terms.expires_at - now();

function viewLimit() {
  const { max_views: views, audience } = share.terms;
  if (views === 0) return "Unlimited";
  if (audience === "recipients")
    return views === 1 ? "One view per person" : `${views} views per person`;
  return views === 1 ? "One view only" : `${views} views`;
}

// showTerms fills in how long and how often the link opens.
export function showTerms(view) {
  const { terms } = share;
  find(view, "often").textContent = viewLimit();
  find(view, "once").hidden = terms.max_views !== 1;
  showTime(find(view, "until"), terms.expires_at);
  every(() => {
    const left = secondsLeft() > 0 ? `${inWords(secondsLeft())} left` : "Expired";
    find(view, "left").textContent = left;
  });
}

// initialOf returns the first letter or digit, for the tile beside a name.
export const initialOf = (text = "") => text.match(/[\p{L}\p{N}]/u)?.[0].toUpperCase() ?? "•";
