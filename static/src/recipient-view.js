// The document: copies of the page's own templates, filled with text alone.

import { main, now, secret, share } from "./recipient-share.js";

let ticking = []; // what the page shows of time, once a second

setInterval(() => ticking.forEach((tick) => tick()), 1000);

export const find = (node, name) => node.querySelector(`[data-slot="${name}"]`);
export const action = (node, name) => node.querySelector(`[data-action="${name}"]`);
export const on = (node, name, listener) => action(node, name)?.addEventListener("click", listener);

// stamp copies a template and fills its slots; an unknown value leaves the words
// of the template.
export function stamp(id, slots = {}) {
  const node = document.getElementById(id).content.firstElementChild.cloneNode(true);
  for (const [name, value] of Object.entries({ sharer: share.sharer, ...slots })) {
    if (value === undefined) continue;
    for (const slot of node.querySelectorAll(`[data-slot="${name}"]`)) slot.textContent = value;
  }
  return node;
}

// show turns the page to a state and moves the focus to its heading.
export function show(state, slots, template = state) {
  ticking = [];
  const view = stamp(`state-${template}`, slots);
  if (secret.repaired && ["ready", "address", "item"].includes(state)) view.prepend(stamp("notice-repaired"));
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

// busy disables a button while its work runs; calling the result undoes that.
export function busy(button, label) {
  const words = button.textContent;
  Object.assign(button, { disabled: true, textContent: label });
  return () => Object.assign(button, { disabled: false, textContent: words });
}

export function every(tick) {
  ticking.push(tick);
  tick();
}

const locale = navigator.languages.find((language) => language.startsWith("en")) ?? "en-GB";

export function inWords(seconds) {
  const [size, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"]].find(([s]) => seconds >= s * 2) ?? [60, "minute"];
  const count = Math.round(seconds / size);
  if (count < 1) return "less than a minute";
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

export function showTime(slot, seconds, options) {
  const date = new Date(seconds * 1000);
  slot.dateTime = date.toISOString();
  slot.textContent = new Intl.DateTimeFormat(locale, options).format(date);
}

export function timeLeft() {
  const seconds = share.terms.expires_at - now();
  return seconds > 0 ? `${inWords(seconds)} left` : "over now";
}

// initialOf is the first letter or digit, for the tile beside a name.
export const initialOf = (text = "") => text.match(/[\p{L}\p{N}]/u)?.[0].toUpperCase() ?? "•";
