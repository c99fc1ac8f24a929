// Lists by keyboard, and while they load.

import { all } from "./app-theme.js";

export function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector("[data-search]");
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && search) {
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") moveInList(event, search);
}

function moveInList(event, search) {
  const links = all("[data-list] a");
  const here = links.indexOf(document.activeElement);
  if (here < 0 && document.activeElement !== search) return;
  const next = here + (event.key === "ArrowDown" ? 1 : -1);
  const target = next < 0 ? search : links[next];
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "nearest" });
}

// showSelection shows what can be done with the selected entries of a list, and how many there are.
export function showSelection() {
  const box = document.querySelector("[data-selection]");
  if (!box) return;
  const n = all('[name="revoke"]:checked').length;
  box.hidden = n === 0;
  for (const words of all("[data-selected]", box))
    words.textContent = n === 1 ? "1 link" : `${n} links`;
}

// markBusy says of a list that htmx loads whether it still does.
export function markBusy(event) {
  const list = event.detail.target;
  if (!list?.matches?.("[data-announce]")) return;
  if (event.type === "htmx:beforeRequest") list.setAttribute("aria-busy", "true");
  else list.removeAttribute("aria-busy");
}
