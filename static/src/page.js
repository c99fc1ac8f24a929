// What every page of the application adds where scripts run. Each page works without it.

import { all, theme, themes } from "./app-theme.js";
import { localise } from "./app-times.js";
import { announce } from "./app-server.js";
import { copy } from "./app-copy.js";
import { dialogs } from "./app-dialog.js";
import { runCodes } from "./app-preview.js";
import { beforeReveal, revealed, tick } from "./app-reveal.js";
import { markBusy, onKey, showSelection } from "./app-list.js";
import { isQuiet, leaveToBrowser, placeAnswer, showAnswer } from "./app-forms.js";
import { mending } from "./app-mended.js";
import { guardLink, nativeShare } from "./app-link.js";
import { shareForm } from "./app-share.js";
import { takeCode } from "./app-join.js";
import { addPasskey, offerPasskey, signInPasskey } from "./app-passkey.js";
import { chosenFiles, sending, uploadForm } from "./app-upload.js";

// dropEmpty leaves empty parameters out of the address.
function dropEmpty(event) {
  const { verb, parameters } = event.detail;
  if (verb !== "get") return;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
}

function afterSwap(event) {
  const form = event.detail.requestConfig?.elt;
  const done = event.detail.xhr?.status < 400;
  if (form?.matches?.("form[data-reveal]") && done) revealed(form);
  if (isQuiet(form)) announceEnd(form.id);
  else if (done) document.getElementById("notice")?.replaceChildren();
  enhance();
}

// announceEnd says what a part of the page says that asks for nothing more.
function announceEnd(id) {
  const part = document.getElementById(id);
  if (part && !isQuiet(part)) announce(part.innerText);
}

// markProblems marks the fields of a filter whose problems the page says.
function markProblems() {
  for (const field of all(".filters [name]")) {
    const id = `problem-${field.name}`;
    const wrong = document.getElementById(id) !== null;
    const hints = (field.getAttribute("aria-describedby") ?? "").split(" ");
    const ids = [wrong && id, ...hints.filter((hint) => hint !== id)].filter(Boolean).join(" ");
    if (ids) field.setAttribute("aria-describedby", ids);
    else field.removeAttribute("aria-describedby");
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

// afterSettle moves the focus to the list after a link to another page of it was
// followed, but not while someone types.
function afterSettle(event) {
  showAnswer(event);
  markProblems();
  const list =
    event.detail.elt?.closest?.("[data-announce]") ?? document.querySelector("[data-announce]");
  if (list && event.detail.target?.id === list.id) {
    announce(list.dataset.announce);
    if (event.detail.requestConfig?.elt?.matches("a")) list.focus();
  }
}

function offline(event) {
  if (isQuiet(event.detail.requestConfig?.elt)) return;
  const template = document.getElementById("offline");
  document.getElementById("notice").replaceChildren(template.content.cloneNode(true));
}

// enhance adds what scripts add to a page, and to what htmx has put into it since.
function enhance() {
  localise(document);
  showSelection();
  for (const form of once("#share-form")) shareForm(form);
  for (const button of once("[data-offers-passkey]")) offerPasskey(button);
  for (const part of once("[data-from-address]")) takeCode(part);
  for (const page of once("[data-shown-once]")) guardLink(page);
  for (const code of once("[data-codes]")) runCodes(code);
  for (const form of once("form[data-upload]")) uploadForm(form);
  for (const form of once("form[data-files]")) sending(form);
  for (const zone of once("#new-files")) chosenFiles(zone);
  for (const button of once("button[data-share]")) nativeShare(button);
  for (const form of once("form[data-passkey]")) signInPasskey(form);
  for (const form of once("form[data-passkey-add]")) addPasskey(form);
  for (const input of once("[data-select]")) input.addEventListener("focus", () => input.select());
}

// forgetResult takes from the address what made the page tell a result, so that a reload doesn't
// tell it again.
function forgetResult() {
  if (!document.querySelector("[data-flash]")) return;
  const address = new URL(location.href);
  for (const name of ["done", "who", "left", "revoked", "changed"]) address.searchParams.delete(name);
  history.replaceState(null, "", address);
}

const enhanced = new WeakSet();

// once returns the elements of a selector that it has not returned before.
function once(selector) {
  const fresh = all(selector).filter((element) => !enhanced.has(element));
  for (const element of fresh) enhanced.add(element);
  return fresh;
}

document.addEventListener("DOMContentLoaded", () => {
  theme.show(theme.value);
  enhance();
  forgetResult();
  document.querySelector("[data-focus]")?.focus();
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", leaveToBrowser, true);
  document.addEventListener("change", showSelection);
  window.addEventListener("pageshow", showSelection);
  dialogs();
  mending();
  if (document.querySelector("[data-reveal]")) setInterval(tick, 1000);

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
  document.body.addEventListener("htmx:beforeRequest", markBusy);
  document.body.addEventListener("htmx:afterRequest", markBusy);
  document.body.addEventListener("htmx:beforeSwap", placeAnswer);
  document.body.addEventListener("htmx:afterSwap", afterSwap);
  document.body.addEventListener("htmx:afterSettle", afterSettle);
  document.body.addEventListener("htmx:sendError", offline);
});
