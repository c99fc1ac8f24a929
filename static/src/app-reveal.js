// Revealed values, which a second press hides, and one-time codes, which are renewed a
// few times.

import { all } from "./app-theme.js";
import { announce } from "./app-server.js";

const masks = new WeakMap();
const valueOf = (form) => document.querySelector(form.getAttribute("hx-target"));
const maxRefreshes = 4;

export function revealed(form) {
  form.querySelector("[data-reveal-verb]").textContent = "Hide";
  if (!form.dataset.open) announce("Value shown");
  form.dataset.open = "yes";
}

function hide(form) {
  valueOf(form).replaceChildren(...masks.get(form).map((node) => node.cloneNode(true)));
  form.querySelector("[data-reveal-verb]").textContent = form.dataset.verb;
  delete form.dataset.open;
  delete form.dataset.refreshes;
}

// beforeReveal stores the mask, and hides the value on a second press.
export function beforeReveal(event, form) {
  if (form.dataset.open && !form.dataset.refreshing) {
    event.preventDefault();
    hide(form);
    return;
  }
  delete form.dataset.refreshing;
  if (!masks.has(form)) {
    masks.set(
      form,
      [...valueOf(form).childNodes].map((node) => node.cloneNode(true)),
    );
    form.dataset.verb = form.querySelector("[data-reveal-verb]").textContent;
  }
}

const ends = new WeakMap();

export function tick() {
  for (const element of all("[data-seconds-left]")) {
    if (!ends.has(element))
      ends.set(element, Date.now() + 1000 * Number(element.dataset.secondsLeft));
    const left = Math.max(0, Math.ceil((ends.get(element) - Date.now()) / 1000));
    element.querySelector("[data-seconds]").textContent = left;
    const bar = element.parentElement.querySelector("progress");
    if (bar) bar.value = left;
    if (left === 0 && !element.dataset.over) {
      element.dataset.over = "yes";
      nextCode(element.closest(".field")?.querySelector("form[data-reveal]"));
    }
  }
}

// nextCode requests the next code, a few times only, since each is an audit event.
function nextCode(form) {
  if (!form) return;
  const refreshes = Number(form.dataset.refreshes || 0) + 1;
  if (refreshes > maxRefreshes || document.hidden) {
    hide(form);
    return;
  }
  form.dataset.refreshes = refreshes;
  form.dataset.refreshing = "yes";
  form.requestSubmit();
}
