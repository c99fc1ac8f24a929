// The share form: a sentence that sums up its choices.

import { words } from "./app-times.js";
import { RecipientField } from "./app-recipients.js";

// summarise fills in the page's sentence with the page's words for each choice.
function summarise(form) {
  const sentence = form.querySelector("[data-summary]");
  const chosen = (name) => form.querySelector(`[name="${name}"]:checked`);
  const access = chosen("access");
  const expiry = chosen("expire_after");
  const limit = chosen("one_time");
  if (!access || !expiry || !limit || form.querySelector(".primary").disabled) {
    sentence.textContent = "";
    return;
  }
  const named = access.value === "recipients";
  const { who, wrong } = (named ? form.querySelector("#chips ul")?.dataset : access.dataset) ?? {};
  const parts = {
    who,
    until: words(new Date(Date.now() + 1000 * Number(expiry.dataset.seconds))),
    views: named ? limit.dataset.viewsRecipients : limit.dataset.viewsAnyone,
  };
  sentence.textContent = who
    ? sentence.dataset.summary.replace(/{(\w+)}/g, (_, name) => parts[name])
    : wrong || sentence.dataset.missing;
}

export function shareForm(form) {
  new RecipientField(form, () => summarise(form));
  summarise(form);
  form.addEventListener("change", () => summarise(form));
  window.addEventListener("pageshow", () => summarise(form));
}
