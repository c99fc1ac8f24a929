// A problem that the server said of a control goes away once someone changes the control.

import { all } from "./app-theme.js";

const isProblem = (id) => id.startsWith("problem-") || id.endsWith("-problem");

// mend takes away what is said to be wrong with a control.
export function mend(control) {
  if (control?.getAttribute("aria-invalid") !== "true") return;
  control.removeAttribute("aria-invalid");
  const described = (control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  for (const id of described.filter(isProblem)) document.getElementById(id)?.remove();
  const left = described.filter((id) => !isProblem(id)).join(" ");
  if (left) control.setAttribute("aria-describedby", left);
  else control.removeAttribute("aria-describedby");
  forget(control.id);
}

// forget takes a control's problems from the summary, and the summary with the last of them.
function forget(id) {
  for (const link of all(`.notice.bad a[href="#${CSS.escape(id)}"]`)) {
    const notice = link.closest(".notice");
    link.closest("li")?.remove();
    if (!notice.querySelector("li")) notice.remove();
  }
}

// mending listens for changes. Recipients are checked as they are entered.
export function mending() {
  document.addEventListener("input", ({ target }) => {
    if (target.closest?.("#item-form, #share-form") && target.id !== "recipients") mend(target);
  });
}
