// Recipients as chips. The form's text area holds what was typed or pasted, and the
// server checks each entry.

import { all } from "./app-theme.js";
import { announce, fragment } from "./app-server.js";

export class RecipientField {
  // changed is called when the recipients change.
  constructor(form, changed) {
    this.form = form;
    this.changed = changed;
    this.area = form.querySelector("#recipients");
    this.holder = form.querySelector("#chips");
    this.texts = split(this.area.value);
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
      if (/[\s,;]/.test(this.input.value)) this.take();
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
    const typed = split(this.input.value);
    // A lone separator is removed too, or it would end the next entry at its first letter.
    this.input.value = "";
    if (typed.length === 0) return;
    this.texts = [...new Set([...this.texts, ...typed])];
    this.check(typed);
  }

  remove(text) {
    this.texts = this.texts.filter((other) => other !== text);
    this.input.focus();
    this.check();
    announce(`${text} removed`);
  }

  // check shows the entries at once, then the server's answer.
  async check(added = []) {
    this.sync();
    this.showPending();
    this.pending?.abort();
    this.pending = new AbortController();
    try {
      const body = new URLSearchParams({ recipients: this.texts.join("\n") });
      const answer = await fragment(this.form.dataset.check, body, this.pending.signal);
      this.holder.replaceChildren(...answer.body.childNodes);
      this.input.removeAttribute("aria-invalid");
      announce(
        this.chips()
          .filter((chip) => added.includes(chip.dataset.text))
          .map(chipWords)
          .join(". "),
      );
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

const split = (text) => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
