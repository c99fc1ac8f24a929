// A code that came in the fragment of a link.

"use strict";

// takeCode moves the code from the address, where the history would keep it, into its field, and the
// focus to what is left to do.
export function takeCode(part) {
  const typed = location.hash.slice(1);
  if (!typed) return;
  history.replaceState(null, "", location.pathname + location.search);
  const input = part.querySelector("input");
  try {
    input.value = decodeURIComponent(typed);
  } catch {
    input.value = typed;
  }
  part.hidden = true;
  part.closest("form").querySelector("[type=password], button:not([hidden])")?.focus();
}
