// The pages of a new link and of a new token, which show it once.

// guardLink asks before the page is left, until the link was copied, shared or shown as a QR code.
export function guardLink(page) {
  const ask = (event) => {
    if (!page.isConnected) return;
    event.preventDefault();
    event.returnValue = true; // for browsers before 2024
  };
  window.addEventListener("beforeunload", ask);
  const taken = () => window.removeEventListener("beforeunload", ask);
  for (const type of ["copy", "taken"]) page.addEventListener(type, taken);
  page.querySelector("[data-qr] summary")?.addEventListener("click", taken);
}

// took tells the page that a control took the link away.
export const took = (control) => control.dispatchEvent(new Event("taken", { bubbles: true }));

// nativeShare shows a button that opens the share sheet of a phone.
export function nativeShare(button) {
  if (!navigator.share) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.share({ text: document.getElementById(button.dataset.share).value });
      took(button);
    } catch {
      // The person changed their mind.
    }
  });
}
