// Recipients as chips. The server reads what is typed or pasted, and its chips say which texts
// to send again; the form's text area holds them all.

import { all } from "./app-theme.js";
import { announce, fragment } from "./app-server.js";
import { inputLike, isComplete, leftGently, withPaste } from "./app-typing.js";

export class RecipientField {
  // changed is called when the recipients change.
  constructor(form, changed) {
    this.form = form;
    this.changed = changed;
    this.area = form.querySelector("#recipients");
    this.holder = form.querySelector("#chips");
    this.note = this.holder.querySelector("#recipients-note");
    this.texts = this.chips().map(textOf);
    if (this.texts.length === 0) this.texts = this.area.value.split("\n").filter(Boolean);
    this.input = inputLike(this.area);
    this.box = Object.assign(document.createElement("div"), { className: "token-box" });
    this.area.hidden = true;
    this.area.after(this.box, this.note);
    this.box.append(this.holder, this.input);
    this.listen();
    if (this.texts.length > 0 && !this.holder.firstElementChild) this.check();
    this.settle();
  }

  listen() {
    this.input.addEventListener("input", () => {
      this.sync();
      if (!this.rest && isComplete(this.input.value)) this.take();
    });
    this.input.addEventListener("paste", (event) => {
      const text = withPaste(this.input, event);
      if (text) this.add(text);
    });
    this.input.addEventListener("keydown", (event) => this.typed(event));
    this.box.addEventListener("click", (event) => this.clicked(event));
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Backspace" && event.target.matches("[data-edit]")) this.edit(chipOf(event));
    });
    this.note.addEventListener("click", ({ target }) => {
      if (target.matches("[data-use]")) this.replace(target.dataset.for, target.dataset.use);
    });
    leftGently(this.input, () => {
      if (!this.rest || this.input.value !== this.rest) this.take();
    });
    // Recipients aren't sent with a link for anyone, and what is wrong with them is no matter.
    this.form.addEventListener("change", () => isForAnyone(this.form) && this.clear([]));
    this.form.addEventListener("submit", () => {
      this.sync();
      this.area.disabled = isForAnyone(this.form);
      setTimeout(() => {
        this.area.disabled = false;
      });
    });
  }

  // typed has Enter make a chip, and never send the form.
  typed(event) {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (this.input.value.trim()) this.take();
    }
    const last = this.chips().at(-1);
    if (event.key !== "Backspace" || this.input.value || !last) return;
    event.preventDefault();
    if (isWrong(last)) this.edit(last);
    else this.remove(last);
  }

  clicked(event) {
    if (event.target.closest("[data-remove]")) this.remove(chipOf(event));
    else if (event.target.closest("[data-edit]")) {
      event.preventDefault();
      this.edit(chipOf(event));
    } else if (event.target === this.box) this.input.focus();
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
    return this.check(true);
  }

  remove(chip) {
    this.drop(chip);
    announce(`${textOf(chip)} removed`);
    return this.check();
  }

  // edit takes a chip's text back into the input. What was typed there becomes a chip.
  edit(chip) {
    const typed = this.input.value.trim();
    this.drop(chip);
    if (typed) this.texts.push(typed);
    this.input.value = textOf(chip);
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    announce(`Editing ${textOf(chip)}`);
    return this.check();
  }

  drop(chip) {
    this.texts = this.texts.filter((text) => text !== textOf(chip));
    this.input.focus();
  }

  replace(text, other) {
    this.texts = this.texts.map((each) => (each === text ? other : each));
    this.input.focus();
    return this.check(true);
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
      this.note.replaceChildren(...answer.getElementById("recipients-note").childNodes);
      this.holder.replaceChildren(...all("ul", answer));
      this.texts = this.chips().map(textOf);
      this.settle();
      this.clear([...this.chips(), this.note].map(whyOf).filter(Boolean));
      const added = this.chips().filter((chip) => !known.includes(textOf(chip)));
      if (announced) announce([...added.map(chipWords), this.also()].filter(Boolean).join(". "));
    } catch {
      // Unchecked recipients are checked when the link is created.
    }
    this.changed();
  }

  // settle puts what doesn't fit back into the input.
  settle() {
    const rest = this.note.querySelector("[data-rest]")?.dataset.rest.replaceAll("\n", ", ");
    if (rest) this.input.value = [rest, this.input.value.trim()].filter(Boolean).join(", ");
    this.rest = rest && this.input.value;
    this.sync();
  }

  // also returns what the note says beside the reasons of chips.
  also() {
    const whole = this.note.querySelector("[data-rest] [data-why], .meant span");
    return whole?.textContent ?? "";
  }

  // clear removes the form's problems with its recipients, but for those that are left.
  clear(left) {
    if (left.length > 0) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    const listed = all('[data-testid="problems"] li').filter((problem) =>
      problem.querySelector('a[href="#recipients"]'),
    );
    for (const problem of [...listed, ...all("#problem-recipients li")]) {
      const list = problem.parentElement;
      if (!left.includes(problem.textContent.trim())) problem.remove();
      if (!list.firstElementChild) (list.closest(".notice") ?? list).remove();
    }
  }

  chips() {
    return all("[data-text]", this.holder);
  }

  showPending() {
    for (const chip of this.chips()) if (!this.texts.includes(textOf(chip))) chip.remove();
    const shown = this.chips().map(textOf);
    let list = this.holder.querySelector("ul");
    if (!list) {
      list = Object.assign(document.createElement("ul"), {
        className: "plain chips",
        ariaLabel: "Recipients",
      });
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

// isForAnyone reports whether a form is for a link without recipients.
export const isForAnyone = (form) =>
  form.querySelector('[name="access"]:checked')?.value === "anyone";

const textOf = (chip) => chip.dataset.text;
const chipOf = (event) => event.target.closest("[data-text]");
const isWrong = (chip) => Boolean(chip.querySelector("[data-edit]"));

// whyOf returns why a chip was rejected, or what a note says is wrong.
const whyOf = (element) =>
  element.querySelector("[data-edit]")?.dataset.edit ??
  element.querySelector("[data-why]")?.dataset.why;

// chipWords returns a chip's words for a screen reader, including why it was rejected.
const chipWords = (chip) =>
  chip.querySelector("[data-edit]")?.title ?? `${chip.querySelector("span").textContent.trim()} added`;
