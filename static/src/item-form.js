// What scripts add to the form of an item: values shown while typing, types applied at once, fields
// dragged by a handle, the code of a seed, and a question before changes are left. The buttons of the
// form work without them; the server gives the form back, and htmx puts it in place.

import { all } from "./app-theme.js";
import { announce } from "./app-server.js";
import { cardType } from "./cards.js";
import { generator } from "./generator.js";
import { readTotp, totpCode } from "./totp.js";

const formOf = (element) => element.closest?.("#item-form");

// peek shows or hides what is typed into a concealed field.
function peek(button) {
  const input = document.getElementById(button.dataset.peek);
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", shown);
}

// press sends the form as a button of this name and value would.
function press(form, name, value) {
  const button = document.createElement("button");
  button.name = name;
  button.value = value;
  button.hidden = true;
  form.append(button);
  button.click(); // htmx looks at what was clicked
  button.remove();
}

// A form that was changed asks before the page is left; one that was sent does not.
let changed = false;
document.addEventListener("input", ({ target }) => {
  if (formOf(target)) changed = true;
});
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  if (formOf(detail.elt) && detail.xhr.getResponseHeader("HX-Redirect")) changed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (changed && document.getElementById("item-form")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const peeking = event.target.closest?.("[data-peek]");
  if (peeking) peek(peeking);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches?.("[data-retype]"))
    press(formOf(target), "apply", `field.${target.closest("[data-edit-field]").dataset.editField}`);
});

// The type of a card follows its number until someone says another.

let suggested = "";
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-card-number]")) return;
  const type = formOf(target)?.querySelector("[data-card-type]");
  if (!type || (type.value !== "" && type.value !== suggested)) return;
  type.value = suggested = cardType(target.value);
});

// Dragging. The server moves the field, so that the form stays one list.

let dragged = null;
const fieldAt = ({ clientX, clientY }) =>
  document.elementFromPoint(clientX, clientY)?.closest("[data-edit-field]");
const isBelow = (field, { clientY }) => {
  const { top, height } = field.getBoundingClientRect();
  return clientY > top + height / 2;
};

function unmark() {
  for (const field of all(".drop-before, .drop-after"))
    field.classList.remove("drop-before", "drop-after");
}

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest?.("[data-handle]");
  if (!handle || event.button !== 0) return;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  dragged = handle.closest("[data-edit-field]");
  dragged.classList.add("dragged");
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  unmark();
  const over = fieldAt(event);
  if (over && over !== dragged)
    over.classList.add(isBelow(over, event) ? "drop-after" : "drop-before");
});

document.addEventListener("pointercancel", () => {
  dragged?.classList.remove("dragged");
  dragged = null;
  unmark();
});

document.addEventListener("pointerup", (event) => {
  if (!dragged) return;
  const over = fieldAt(event);
  const from = Number(dragged.dataset.editField);
  const form = formOf(dragged);
  dragged.classList.remove("dragged");
  dragged = null;
  unmark();
  if (!over) return;
  const at = Number(over.dataset.editField) + (isBelow(over, event) ? 1 : 0);
  if (at === from || at === from + 1) return;
  press(form, "move", `field.${from}.to.${at > from ? at - 1 : at}.beside.${over.dataset.editField}`);
});

// The code of a seed shows whether it was pasted whole.

async function showCode(hint) {
  const input = document.getElementById(hint.dataset.seed);
  if (!input?.value) {
    hint.textContent = hint.dataset.failed ?? "";
    return;
  }
  delete hint.dataset.failed;
  const seed = readTotp(input.value);
  if (seed.problem) {
    hint.textContent = seed.problem;
    return;
  }
  const code = await totpCode(seed, Math.floor(Date.now() / 1000 / seed.period));
  hint.textContent = `Current code: ${code}`;
}

setInterval(() => {
  for (const hint of all("[data-seed]")) showCode(hint);
}, 1000);

// A picture of a QR code is read here, and never sent.

async function readPicture(input, file) {
  const place = document.querySelector(`[data-seed="${input.dataset.qr}"]`);
  const { readQR } = await import(input.dataset.qrReader);
  const text = await readQR(file);
  if (!text) {
    place.dataset.failed = "No QR code was found in this picture. Try one that shows it whole.";
    place.textContent = place.dataset.failed;
    announce(place.textContent);
    return;
  }
  const seed = document.getElementById(input.dataset.qr);
  seed.value = text;
  seed.dispatchEvent(new Event("input", { bubbles: true }));
  await showCode(place);
  announce(place.textContent);
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-qr]")) return;
  const [file] = target.files;
  target.value = "";
  if (file) readPicture(target, file);
});

generator();
