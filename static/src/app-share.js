// The share form: its choices in a sentence that stays true, and the share sheet of
// a phone.

import { all } from "./app-theme.js";
import { words } from "./app-times.js";
import { RecipientField } from "./app-recipients.js";

const small = ["no one", "one person", "two people", "three people", "four people", "five people", "six people", "seven people", "eight people", "nine people", "ten people"];

function summarise(form) {
  const sentence = form.querySelector("[data-summary]");
  const chosen = (name) => form.querySelector(`[name="${name}"]:checked`);
  const access = chosen("access");
  const length = chosen("expire_after");
  if (!access || !length || form.querySelector(".primary").disabled) {
    sentence.textContent = "";
    return;
  }
  const named = access.value === "recipients";
  const who = named ? namedWords(form) : "anyone with the link";
  const wrong = named ? form.querySelectorAll(".who-chip.wrong").length : 0;
  if (wrong > 0 || !who) {
    sentence.textContent = wrong > 0 ? wrongWords(wrong) : "Name at least one address or domain.";
    return;
  }
  const until = words(new Date(Date.now() + 1000 * Number(length.dataset.value)));
  const text = `${who} can open this until ${until}, ${oftenWords(Number(chosen("one_time")?.dataset.value || 0), named)}.`;
  sentence.textContent = text[0].toUpperCase() + text.slice(1);
}

const wrongWords = (wrong) => `Remove or correct ${wrong === 1 ? "the address" : `the ${wrong} addresses`} marked above first.`;

function namedWords(form) {
  const people = all('[data-kind="email"]', form).length;
  const domains = all('[data-kind="domain"]', form).map((chip) => `anyone at ${chip.dataset.recipient}`);
  const parts = people > 0 ? [small[people] ?? `${people} people`, ...domains] : domains;
  const last = parts.pop();
  return parts.length > 0 ? `${parts.join(", ")} and ${last}` : last;
}

function oftenWords(views, named) {
  const each = named ? " per address" : "";
  if (views === 0) return "any number of times";
  if (views === 1) return `once${each}`;
  if (views === 2) return `twice${each}`;
  return `up to ${views} times${each}`;
}

export function shareForm(form) {
  new RecipientField(form, () => summarise(form));
  summarise(form);
  form.addEventListener("change", () => summarise(form));
  // A second press would answer with a page that no longer shows the link.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formtarget")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    summarise(form);
  });
}

export function nativeShare(button) {
  if (!navigator.share) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ text: document.getElementById(button.dataset.share).value }).catch(() => {});
  });
}
