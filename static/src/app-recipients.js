// Recipients as chips: typed or pasted texts stand in the form's own text area, and
// the server says of each whether it is one.

import { all } from "./app-theme.js";
import { announce, fragment } from "./app-server.js";

export class RecipientField {
  // changed is called when the recipients are others than before.
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
    // Names typed for one way of sharing do not travel with the other.
    this.form.addEventListener("submit", () => {
      this.sync();
      this.area.disabled = this.form.querySelector('[name="access"]:checked')?.value === "anyone";
    });
    window.addEventListener("pageshow", () => {
      this.area.disabled = false;
    });
  }

  // leaveGently takes what stands in the input once it is left, but not while a
  // button is held down: a new chip would move that button from under the pointer.
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
    // A lone separator goes too, else it would cut the next word at its first letter.
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

  // check shows what was typed at once, then what the server says of it.
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
      // Unchecked recipients are checked when the link is made.
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

// inputLike is a one-line input that takes the place of the text area, name and
// description included; the area keeps what is sent.
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

// chipWords are a chip's words as a screen reader says them, a refusal's included.
const chipWords = (chip) =>
  `${chip.querySelector("span").textContent.trim()}${chip.dataset.recipient ? " added" : ""}`;

const split = (text) => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
