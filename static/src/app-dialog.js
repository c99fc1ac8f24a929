// Dialogs. One that asks stands in a details element, which works without scripts; one that
// arrives with a fragment opens at once. Escape, a button with data-dialog-close and a click beside
// a dialog close it, and the focus returns to what opened it.

import { all } from "./app-theme.js";

// openDialog shows a dialog over the page. opener gets the focus back: the dialog itself keeps it, since
// the script of the item form has a copy of this module.
export function openDialog(dialog, opener = document.activeElement) {
  if (dialog.open) return;
  dialog.opener = opener;
  dialog.showModal();
}

// asks opens the dialog of a summary that was clicked. It doesn't wait for the details' own event,
// nor for the close event of the same dialog, which a quick second click would overtake.
function asks(event) {
  const summary = event.target.closest("details.confirm > summary");
  const dialog = summary?.parentElement.querySelector("dialog");
  if (!dialog) return;
  event.preventDefault();
  summary.parentElement.open = true;
  summary.parentElement.getBoundingClientRect(); // lays it out: what isn't can't take the focus
  openDialog(dialog, summary);
}

function closed({ target: dialog }) {
  if (!dialog.matches("dialog.dialog") || dialog.open) return;
  dialog.closest("details.confirm")?.removeAttribute("open");
  dialog.opener?.focus();
  if (dialog.hasAttribute("data-dialog-opens")) dialog.remove();
}

function clicked(event) {
  const beside = event.target.matches("dialog.dialog") && !within(event, event.target);
  if (beside || event.target.closest("[data-dialog-close]")) event.target.closest("dialog").close();
}

// within reports whether a click is inside an element: the ground around a dialog belongs to it.
function within({ clientX: x, clientY: y }, element) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return left <= x && x <= right && top <= y && y <= bottom;
}

export function dialogs() {
  document.addEventListener("click", asks);
  document.addEventListener("close", closed, true); // doesn't bubble
  document.addEventListener("click", clicked);
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    for (const dialog of all("dialog[data-dialog-opens]"))
      openDialog(dialog, detail.requestConfig?.elt);
  });
}
