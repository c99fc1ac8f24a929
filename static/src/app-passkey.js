// Passkeys. The browser's answer goes into the page's form, which is sent as any other.

import { announce } from "./app-server.js";

const canUse = () =>
  "PublicKeyCredential" in window &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function";

// send puts a passkey's answer into the form and sends it.
function send(form, credential) {
  form.elements.response.value = JSON.stringify(credential.toJSON());
  form.submit();
}

function failed(form, error) {
  if (error.name === "AbortError") return;
  const words = form.querySelector("[data-passkey-failed]");
  words.hidden = false;
  announce(words.textContent);
}

// signInPasskey offers passkeys in the email field's suggestions, and by a button.
export async function signInPasskey(form) {
  if (!canUse()) return;
  form.hidden = false;
  let waiting = null;
  const ask = async (mediation) => {
    waiting?.abort();
    waiting = new AbortController();
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
      JSON.parse(form.dataset.passkey),
    );
    try {
      send(form, await navigator.credentials.get({ publicKey, mediation, signal: waiting.signal }));
    } catch (error) {
      if (mediation !== "conditional") failed(form, error);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask("optional");
  });
  if (await PublicKeyCredential.isConditionalMediationAvailable?.()) ask("conditional");
}

// offerPasskey shows the button that leads to making a passkey, which takes a code first.
export function offerPasskey(button) {
  const { form } = button;
  const usable = canUse();
  button.hidden = !usable;
  form.querySelector("[data-no-passkeys]").hidden = usable;
  button.addEventListener("click", (event) => {
    if (!form.elements.code.reportValidity()) event.preventDefault();
  });
}

// addPasskey makes a passkey when the form is sent.
export function addPasskey(form) {
  if (!canUse()) return;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      JSON.parse(form.dataset.passkeyAdd),
    );
    try {
      send(form, await navigator.credentials.create({ publicKey }));
    } catch (error) {
      failed(form, error);
    }
  });
}
