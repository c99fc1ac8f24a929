// What every page of the application adds where scripts run. Each page works without it.

import { all, theme, themes } from "./app-theme.js";
import { localise } from "./app-times.js";
import { announce } from "./app-server.js";
import { copy } from "./app-copy.js";
import { beforeReveal, revealed, tick } from "./app-reveal.js";
import { onKey } from "./app-list.js";
import { nativeShare, shareForm } from "./app-share.js";

// dropEmpty leaves empty parameters out of the address.
function dropEmpty(event) {
  const { verb, parameters } = event.detail;
  if (verb !== "get") return;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
}

// beforeSwap puts a list into place even if its status is an error: it says why it is empty.
function beforeSwap(event) {
  const list = event.detail.requestConfig.target;
  if (
    !event.detail.isError ||
    !list?.id ||
    !event.detail.serverResponse.includes(`id="${list.id}"`)
  )
    return;
  event.detail.target = list;
  event.detail.swapOverride = "outerHTML";
}

function afterSwap(event) {
  const form = event.detail.requestConfig?.elt;
  if (form?.matches?.("form[data-reveal]") && event.detail.successful) revealed(form);
  if (event.detail.successful) document.getElementById("notice")?.replaceChildren();
}

// afterSettle moves the focus to the list after a link to another page of it was
// followed, but not while someone types.
function afterSettle(event) {
  localise(document);
  const list =
    event.detail.elt?.closest?.("[data-announce]") ?? document.querySelector("[data-announce]");
  if (list && event.detail.target?.id === list.id) {
    announce(list.dataset.announce);
    if (event.detail.requestConfig?.elt?.matches("a")) list.focus();
  }
}

function offline() {
  const template = document.getElementById("offline");
  document.getElementById("notice").replaceChildren(template.content.cloneNode(true));
}

document.addEventListener("DOMContentLoaded", () => {
  theme.show(theme.value);
  localise(document);
  document.querySelector("[data-focus]")?.focus();
  document.addEventListener("keydown", onKey);
  for (const form of all("#share-form")) shareForm(form);
  for (const button of all("[data-share]")) if (button.matches("button")) nativeShare(button);
  for (const input of all("[data-select]")) input.addEventListener("focus", () => input.select());
  if (document.querySelector("[data-reveal]")) setInterval(tick, 1000);

  // A link is shown once: reload and Back lead to its history and post nothing again.
  const shown = document.querySelector("[data-address]");
  if (shown) history.replaceState(null, "", shown.dataset.address);

  document.addEventListener("click", (event) => {
    const copying = event.target.closest("[data-copy]");
    if (copying) copy(copying);
    if (event.target.closest("[data-theme-switch]")) {
      theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length];
      announce(`Theme: ${theme.value || "auto"}`);
    }
  });

  document.body.addEventListener("htmx:configRequest", dropEmpty);
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("form[data-reveal]")) beforeReveal(event, event.target);
  });
  document.body.addEventListener("htmx:beforeSwap", beforeSwap);
  document.body.addEventListener("htmx:afterSwap", afterSwap);
  document.body.addEventListener("htmx:afterSettle", afterSettle);
  document.body.addEventListener("htmx:sendError", offline);
});
