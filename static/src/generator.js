// The window that makes passwords, in the browser alone, and how strong the typed ones are, which the
// server says.

import { all } from "./app-theme.js";
import { openDialog } from "./app-dialog.js";
import { fragment } from "./app-server.js";
import { makePassword } from "../../clients/javascript/passwords.js";

let target = null; // the input that the password is for
let words = null;
let usual = "Random"; // the type that was chosen last for a field that isn't a PIN's
let isPin = false;

const windowOf = () => document.getElementById("generator");

// wordList loads the list of words once, when the first memorable password is made.
async function wordList() {
  words ??= (await (await fetch(windowOf().dataset.words)).text()).trim().split("\n");
  return words;
}

function within(input) {
  const { min, max } = input;
  return Math.min(Number(max), Math.max(Number(min), Math.round(Number(input.value)) || Number(min)));
}

function recipe(form) {
  const { elements } = form;
  const type = elements.type.value;
  return {
    type,
    length: within(type === "Pin" ? elements.pinLength : elements.namedItem("length")),
    includeDigits: elements.includeDigits.checked,
    includeSymbols: elements.includeSymbols.checked,
    wordCount: within(elements.wordCount),
    separatorType: elements.separatorType.value,
    wordListType: elements.wordListType.value,
    capitalize: elements.capitalize.checked,
  };
}

// openFor opens the window with the type that suits a field.
function openFor(button) {
  target = document.getElementById(button.dataset.generate);
  isPin = button.dataset.generateType === "Pin";
  windowOf().querySelector("form").elements.type.value = isPin ? "Pin" : usual;
  openDialog(windowOf(), button);
  make();
}

async function make() {
  const form = windowOf().querySelector("form");
  const chosen = recipe(form);
  for (const part of all("[data-recipe]", form)) part.hidden = part.dataset.recipe !== chosen.type;
  const needsWords = chosen.type === "Memorable" && chosen.wordListType === "fullWords";
  const made = makePassword(chosen, needsWords ? await wordList() : undefined);
  form.querySelector("[data-made]").textContent = made;
  showStrength(made, form.querySelector("[data-made-strength]"));
}

function use() {
  target.value = windowOf().querySelector("[data-made]").textContent;
  if (target.type === "password") document.querySelector(`[data-peek="${target.id}"]`)?.click();
  target.dispatchEvent(new Event("input", { bubbles: true }));
  windowOf().close();
}

// showStrength asks how strong a password is; the answer of an older question is dropped.
const asked = new WeakMap();
async function showStrength(password, place) {
  asked.get(place)?.abort();
  if (!password) {
    place.replaceChildren();
    return;
  }
  const question = new AbortController();
  asked.set(place, question);
  try {
    const body = new URLSearchParams({ password });
    const answer = await fragment(windowOf().dataset.strength, body, question.signal);
    place.replaceChildren(...answer.body.childNodes);
  } catch {
    if (!question.signal.aborted) place.replaceChildren();
  }
}

let waiting;
export function generator() {
  document.addEventListener("click", (event) => {
    const asking = event.target.closest?.("[data-generate]");
    if (asking && windowOf()) {
      event.preventDefault();
      openFor(asking);
    }
    if (event.target.closest?.("[data-make-again]")) make();
    if (event.target.closest?.("[data-use-made]")) use();
  });
  // A number that no recipe accepts is corrected once it was typed.
  document.addEventListener("change", ({ target: input }) => {
    if (input.closest?.("#generator") && input.type === "number") input.value = within(input);
  });
  document.addEventListener("input", ({ target: input }) => {
    if (input.closest?.("#generator")) make();
    if (input.closest?.("#generator") && input.name === "type" && !isPin) usual = input.value;
    const place = document.getElementById(`${input.id}-strength`);
    if (!place) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => showStrength(input.value, place), 250);
  });
}
