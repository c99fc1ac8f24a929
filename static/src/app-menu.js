// Menus, which open and close without scripts: a click beside one closes it, and so does Escape.

import { all } from "./app-theme.js";

document.addEventListener("click", (event) => {
  for (const menu of all("[data-menu][open]"))
    if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
