// Copying. A concealed value is asked for, which the server writes down.

import { took } from "./app-link.js";
import { announce, fragment } from "./app-server.js";

export async function copy(button) {
  const verb = button.querySelector("[data-copy-verb]");
  const before = (verb.dataset.before ??= verb.textContent);
  let after = "Copied";
  try {
    await toClipboard(textOf(document.getElementById(button.dataset.copy), button));
    took(button);
  } catch {
    after = "Couldn't copy";
  }
  verb.textContent = after;
  announce(after);
  setTimeout(() => {
    verb.textContent = before;
  }, 2000);
}

// textOf is the text to copy, or the promise of it for a value that is hidden.
function textOf(element, button) {
  if ("value" in element) return element.value;
  const shown = element.querySelector("[data-secret], [data-text]");
  if (shown) return exactText(shown);
  return secretOf(button.closest(".field").querySelector("form[data-reveal]"));
}

// exactText is the value of an element. One that HTML would change stands in an attribute as JSON.
const exactText = ({ dataset, textContent }) =>
  "exact" in dataset ? JSON.parse(dataset.exact) : textContent;

async function secretOf(form) {
  const document = await fragment(form.action, new URLSearchParams(new FormData(form)));
  const secret = document.querySelector("[data-secret]");
  if (!secret) throw new Error("no value");
  return exactText(secret);
}

// toClipboard accepts a promise too: Safari requires the call within the click.
async function toClipboard(text) {
  if (typeof text === "string") return navigator.clipboard.writeText(text);
  if (window.ClipboardItem) {
    const blob = text.then((t) => new Blob([t], { type: "text/plain" }));
    return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  }
  return navigator.clipboard.writeText(await text);
}
