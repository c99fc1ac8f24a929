// Forms that htmx answers in place: those with the attributes of inPlace in views/forms.go. What the
// server answers takes the place of the form, the typed values in it, and the focus goes to the
// first problem. An answer without a place of its own is shown above the page, which stays as it is.

import { announce } from "./app-server.js";

const isInPlace = (element) => element?.matches?.("[data-in-place]");

// isQuiet reports whether an element asks by itself, again and again: it says nothing of a failure,
// and takes no notice away.
export const isQuiet = (element) => element?.matches?.("[data-quiet]");

// placeAnswer decides where an answer goes. An error belongs where its target is part of it, such as
// a form with its problems or a list that says why it is empty; any other one goes to the notice. Only
// what a person has sent leads to a sign-in, which would otherwise appear while they go on typing.
export function placeAnswer({ detail }) {
  const target = detail.requestConfig.target;
  if (detail.xhr.status < 400) {
    abandon(detail.target, detail.requestConfig.elt);
    return;
  }
  detail.isError = false; // it is shown, and none of the script's
  const sender = detail.requestConfig.elt;
  if (isQuiet(sender) || (detail.xhr.status === 401 && !sender.matches("form, button, a"))) {
    detail.shouldSwap = false;
    return;
  }
  if (detail.xhr.getResponseHeader("HX-Retarget")) return;
  if (target?.id && detail.serverResponse.includes(`id="${target.id}"`)) {
    detail.target = target;
    detail.swapOverride = detail.requestConfig.elt.getAttribute("hx-swap") ?? "outerHTML";
    abandon(target, detail.requestConfig.elt);
  } else {
    detail.target = document.getElementById("notice");
    detail.swapOverride = "innerHTML";
  }
}

// abandon ends the requests from within a part of the page that is about to be replaced.
function abandon(part, sender) {
  for (const busy of part.querySelectorAll(".htmx-request")) {
    if (busy !== sender)
      busy.dispatchEvent(new CustomEvent("htmx:abort", { bubbles: true, detail: {} }));
  }
}

// showAnswer moves the focus to what a form was answered with.
export function showAnswer({ detail }) {
  if (!isInPlace(detail.requestConfig?.elt)) return;
  const { id } = detail.target;
  const place = document.getElementById(id);
  if (!place) return;
  if (id !== "notice") document.getElementById("notice").replaceChildren();
  for (const told of document.querySelectorAll("[data-flash], [data-told]")) {
    if (!place.contains(told)) told.remove(); // what was told of before
  }
  const next = firstProblem(place) ?? place.querySelector("[autofocus], [data-focus]");
  next?.focus();
  if (!next) announce(place.innerText);
}

// firstProblem returns the control that the first of a form's problems is about: the link of the
// summary leads to it, or to the group that it is in.
function firstProblem(place) {
  const link = place.querySelector('[data-testid="problems"] a[href^="#"]');
  const about = link && document.getElementById(link.hash.slice(1));
  if (!about || about.matches("input, select, textarea, [tabindex]")) return about;
  return about.querySelector("input:checked:enabled") ?? about.querySelector(":enabled:is(input, select)");
}

// leaveToBrowser keeps htmx from a submission whose button opens its answer elsewhere.
export function leaveToBrowser(event) {
  if (isInPlace(event.target) && event.submitter?.hasAttribute("formtarget"))
    event.stopPropagation();
}
