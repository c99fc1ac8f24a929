// The share form: what a server can't do. Its sentence and its limits come from the server on each
// change, see ShareTerms in views/share_terms.templ.

import { isForAnyone, RecipientField } from "./app-recipients.js";

export function shareForm(form) {
  const changed = () => form.dispatchEvent(new Event("change"));
  new RecipientField(form, changed);
  form.addEventListener("htmx:configRequest", ({ detail }) => {
    if (isForAnyone(form)) delete detail.parameters.recipients;
  });
  for (const failed of ["htmx:sendError", "htmx:afterRequest"]) {
    form.addEventListener(failed, ({ detail }) => {
      if (detail.xhr.status === 401 || failed === "htmx:sendError") forget(detail.elt);
    });
  }
  fold(form.querySelector("[data-fold]"));
  // The server's sentence is about its own choices, not about those that a browser or a sign-in has
  // put back.
  if ("typed" in form.dataset) htmxReady(changed);
  window.addEventListener("pageshow", () => {
    if ([...form.elements].some((e) => e.checked !== e.defaultChecked)) htmxReady(changed);
  });
}

// htmxReady calls back once htmx knows the page, which it learns after this script.
const htmxReady = (call) => setTimeout(call);

// forget removes a sentence that could not be asked for again: it would be about earlier choices.
function forget(terms) {
  if (terms.matches(".terms")) terms.querySelector(".summary")?.remove();
}

// fold closes what is included where the form is higher than the window, so that it stays a line. A
// part with a problem stays open.
function fold(details) {
  if (!details) return;
  details.dataset.ready = "";
  const { scrollHeight, clientHeight } = document.documentElement;
  details.open = scrollHeight <= clientHeight || !!details.querySelector(".field-problem");
}
