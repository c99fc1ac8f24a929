// Typing addresses: when a text is complete, what a paste holds, when a field is left.

// inputLike returns a one-line input in place of a text area, with its name and
// description. The area keeps what is sent.
export function inputLike(area) {
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

// isComplete reports whether a text that is being typed can be read: a separator follows an
// address, and neither a bracket nor a quotation mark is open.
export function isComplete(text) {
  if (/<[^>]*$|\([^)]*$|^[^"]*("[^"]*"[^"]*)*"[^"]*$/.test(text)) return false;
  return /[;；؛]|(\S@|\S\.\S).*[\s,，、،]/u.test(text);
}

// withPaste returns an input's text with what is pasted into it, and empties the input, where that
// has several lines: an input of one line would lose the line ends. It returns "" for other texts.
export function withPaste(input, event) {
  const text = event.clipboardData?.getData("text/plain").trim() ?? "";
  if (!/[\n\r]/.test(text)) return "";
  event.preventDefault();
  const { selectionStart, selectionEnd, value } = input;
  input.value = "";
  return value.slice(0, selectionStart) + text + value.slice(selectionEnd);
}

// leftGently calls left once an input loses the focus, but not while a button is held down: a new
// chip would move that button away from the pointer.
export function leftGently(input, left) {
  let held = false;
  const check = () => {
    if (!held && input.isConnected && document.activeElement !== input) left();
  };
  for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
    const note = () => {
      held = type === "pointerdown";
      setTimeout(check);
    };
    document.addEventListener(type, note, true);
  }
  input.addEventListener("blur", () => setTimeout(check));
}
