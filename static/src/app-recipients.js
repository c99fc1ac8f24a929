// Recipients as chips. The server reads what is typed or pasted, and its chips say which texts
// to send again; the form's text area holds them all.

import { all } from "./app-theme.js";
import { announce, fragment } from "./app-server.js";

export class RecipientField {
  // changed is called when the recipients change.
  constructor(form, changed) {
    this.form = form;
    this.changed = changed;
    this.area = form.querySelector("#recipients");
    this.holder = form.querySelector("#chips");
    this.texts = this.chips().map(textOf).filter(Boolean);
    if (this.texts.length === 0) this.texts = this.area.value.split("\n").filter(Boolean);
    this.input = inputLike(this.area);
    this.box = Object.assign(document.createElement("div"), { className: "token-box" });
    this.area.hidden = true;
    this.area.after(this.box);
    this.box.append(this.holder, this.input);
    this.listen();
    this.leaveGently();
    if (this.texts.length > 0 && !this.holder.firstElementChild) this.check();
    this.sync();
  }

  listen() {
    this.input.addEventListener("input", () => {
      this.sync();
      if (isComplete(this.input.value)) this.take();
    });
    // An input of one line would lose the line ends.
    this.input.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text/plain").trim() ?? "";
      if (!/[\n\r]/.test(text)) return;
      event.preventDefault();
      const { selectionStart, selectionEnd, value } = this.input;
      this.input.value = "";
      this.add(value.slice(0, selectionStart) + text + value.slice(selectionEnd));
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.input.value.trim()) {
        event.preventDefault();
        this.take();
      }
      if (event.key === "Backspace" && !this.input.value && this.texts.length > 0)
        this.remove(this.texts.at(-1));
    });
    this.box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove]");
      if (button) this.remove(button.closest("[data-text]").dataset.text);
      else if (event.target === this.box) this.input.focus();
    });
    // Recipients aren't sent with a link for anyone.
    this.form.addEventListener("submit", () => {
      this.sync();
      this.area.disabled = this.form.querySelector('[name="access"]:checked')?.value === "anyone";
    });
    window.addEventListener("pageshow", () => {
      this.area.disabled = false;
    });
  }

  // leaveGently takes the input's text once it loses the focus, but not while a button
  // is held down: a new chip would move that button away from the pointer.
  leaveGently() {
    let held = false;
    const left = () => {
      if (!held && document.activeElement !== this.input) this.take();
    };
    for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
      const note = () => {
        held = type === "pointerdown";
        setTimeout(left);
      };
      document.addEventListener(type, note, true);
    }
    this.input.addEventListener("blur", () => setTimeout(left));
  }

  sync() {
    this.area.value = [...this.texts, this.input.value.trim()].filter(Boolean).join("\n");
  }

  take() {
    const typed = this.input.value.trim();
    // A lone separator is removed too, or it would end the next entry at its first letter.
    this.input.value = "";
    this.add(typed);
  }

  add(text) {
    if (!text || this.texts.includes(text)) return this.sync();
    this.texts.push(text);
    this.check(true);
  }

  remove(text) {
    this.texts = this.texts.filter((other) => other !== text);
    this.input.focus();
    this.check();
    announce(`${text} removed`);
  }

  // check shows the entries at once, then the server's answer, and announces what is new.
  async check(announced = false) {
    this.sync();
    const known = this.chips().map(textOf);
    this.showPending();
    this.pending?.abort();
    this.pending = new AbortController();
    try {
      const body = new URLSearchParams({ recipients: this.texts.join("\n") });
      const answer = await fragment(this.form.dataset.check, body, this.pending.signal);
      this.holder.replaceChildren(...answer.body.childNodes);
      this.texts = this.chips().map(textOf).filter(Boolean);
      this.sync();
      this.input.removeAttribute("aria-invalid");
      const added = this.chips().filter((chip) => !known.includes(textOf(chip)));
      if (announced) announce(added.map(chipWords).join(". "));
    } catch {
      // Unchecked recipients are checked when the link is created.
    }
    this.changed();
  }

  chips() {
    return all("[data-text]", this.holder);
  }

  showPending() {
    for (const chip of this.chips()) if (!this.texts.includes(chip.dataset.text)) chip.remove();
    const shown = this.chips().map((chip) => chip.dataset.text);
    let list = this.holder.querySelector("ul");
    if (!list) {
      list = Object.assign(document.createElement("ul"), { className: "plain chips" });
      this.holder.append(list);
    }
    for (const text of this.texts.filter((text) => !shown.includes(text))) {
      const chip = Object.assign(document.createElement("li"), {
        className: "chip who-chip",
        textContent: text,
      });
      chip.dataset.text = text;
      list.append(chip);
    }
  }
}

// inputLike returns a one-line input in place of the text area, with its name and
// description. The area keeps what is sent.
function inputLike(area) {
  const input = document.createElement("input");
  Object.assign(input, {
    type: "text",
    inputMode: "email",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: false,
    maxLength: area.maxLength,
  });
  for (const name of ["aria-describedby", "aria-invalid", "data-testid"]) {
    if (area.hasAttribute(name)) input.setAttribute(name, area.getAttribute(name));
  }
  area.removeAttribute("data-testid");
  area.id = "recipients-text";
  input.id = "recipients";
  return input;
}

// chipWords returns a chip's words for a screen reader, including why it was rejected.
const chipWords = (chip) =>
  `${chip.querySelector("span").textContent.trim()}${chip.dataset.recipient ? " added" : ""}`;

const textOf = (chip) => chip.dataset.text;

// isComplete reports whether a text that is being typed can be read: a separator follows an
// address, and neither a bracket nor a quotation mark is open.
function isComplete(text) {
  if (/<[^>]*$|\([^)]*$|^[^"]*("[^"]*"[^"]*)*"[^"]*$/.test(text)) return false;
  return /[;；؛]|(\S@|\S\.\S).*[\s,，、،]/u.test(text);
}
