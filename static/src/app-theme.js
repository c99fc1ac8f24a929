// The theme: the system's, unless the reader chose one. It is set before the body is
// parsed, so that it holds from the first paint.

"use strict";

export const root = document.documentElement;
root.classList.add("js");

export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

export const themes = ["", "light", "dark"];
export const theme = {
  get value() {
    try {
      return localStorage.getItem("theme") || "";
    } catch {
      return "";
    }
  },
  set value(name) {
    try {
      localStorage.setItem("theme", name);
    } catch {
      // No storage: the choice holds for this page.
    }
    this.show(name);
  },
  show(name) {
    if (name) root.dataset.theme = name;
    else delete root.dataset.theme;
    for (const button of all("[data-theme-switch] span"))
      button.textContent = `Theme: ${name || "auto"}`;
  },
};
theme.show(theme.value);
