// The recipient's page: takes the secret out of the address, asks what it leads
// to, opens it when a person says so, and shows the item.

import { PROTOCOL, Refused, openContent, readLink, sameTerms } from "./share-link-v1.js";
import { secret, share } from "./recipient-share.js";
import { Failure, ask } from "./recipient-server.js";
import { action, announce, busy, every, find, inWords, initialOf, on, show, showTime, timeLeft } from "./recipient-view.js";
import { showItem } from "./recipient-item.js";

async function begin() {
  if (!isSecureContext || !crypto.subtle) return show("insecure");
  if (!secret.text) return show("missing");
  try {
    share.link = await readLink(secret.text);
  } catch {
    return show("cut-link");
  }
  await attempt(peek);
}

async function peek() {
  const terms = await ask("peek", {});
  if (terms.protocol !== PROTOCOL) throw new Refused("another protocol");
  share.terms = terms;
  share.sharer = terms.shared_by || undefined;
  if (terms.code_required) askAddress();
  else invite();
}

// attempt does a step, and leads what fails to a page that says so.
async function attempt(step) {
  try {
    await step();
  } catch (error) {
    end(error, () => attempt(step));
  }
}

// end shows what failed; retry leads on where trying again can help.
function end(error, retry) {
  if (!(error instanceof Failure)) return show("damaged");
  const view = show(error.state, { wait: error.wait && inWords(error.wait) }, error.template);
  const again = error.state === "too-many" && share.terms?.code_required ? askAddress : retry;
  on(view, "retry", (event) => {
    busy(event.target, "Trying…");
    again();
  });
}

// ---- Steps to the item

function invitation(state) {
  const { terms, sharer } = share;
  const view = show(state, { often: often(terms), initial: initialOf(sharer) });
  showTime(find(view, "until"), terms.expires_at, { dateStyle: "long", timeStyle: "short" });
  every(() => (find(view, "left").textContent = timeLeft()));
  return view;
}

function often({ max_views: views, audience }) {
  const each = audience === "recipients" ? " per address" : "";
  if (views === 0) return "As often as you like until then";
  return views === 1 ? `Once${each}` : `${views} times${each}`;
}

function invite() {
  const view = invitation("ready");
  on(view, "open", (event) => {
    busy(event.target, "Opening…");
    attempt(() => open({}));
  });
}

// form runs a step when it is sent, and says at the field what the step finds
// wrong with it. again shows the same form anew, for a try after a failure.
function form(view, label, step, again) {
  const input = view.querySelector("input");
  const say = (text) => {
    find(view, "problem").textContent = text;
    input.setAttribute("aria-invalid", text ? "true" : "false");
    if (text) input.focus();
  };
  view.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    const done = busy(action(view, "submit"), label);
    const resend = () => {
      const next = again();
      next.querySelector("input").value = input.value;
      next.requestSubmit();
    };
    const problem = await step(input).catch((error) => {
      end(error, resend);
    });
    done();
    if (problem) say(problem);
  });
  return say;
}

const WHOLE_ADDRESS = "Enter a whole address, such as ann@client.example.";

function askAddress() {
  const view = invitation("address");
  view.querySelector("input").value = share.email ?? "";
  const step = async (input) => {
    const email = input.value.trim();
    return /^\S+@\S+$/.test(email) ? sendCode(email, askCode) : WHOLE_ADDRESS;
  };
  form(view, "Sending…", step, askAddress);
  return view;
}

// sendCode has a code mailed; it gives what is wrong with the address.
async function sendCode(email, then) {
  try {
    await ask("code", { email });
  } catch (error) {
    if (["recipient_invalid", "invalid"].includes(error.code)) return error.detail || WHOLE_ADDRESS;
    throw error;
  }
  Object.assign(share, { email, sentAt: Date.now() });
  then();
}

function askCode() {
  const view = show("code", { email: share.email });
  const input = view.querySelector("input");
  input.addEventListener("input", () => {
    const digits = input.value.replace(/\D/g, "");
    if (digits !== input.value) input.value = digits;
  });
  const step = async () => (input.value.length === 8 ? openWithCode(input.value) : "The code has eight digits. Enter all of them.");
  const say = form(view, "Opening…", step, askCode);
  offerNewCode(view, say);
  on(view, "back", askAddress);
  input.focus();
  return view;
}

async function openWithCode(code) {
  try {
    await open({ email: share.email, code });
  } catch (error) {
    if (error.code === "code_invalid") return "This code is wrong or no longer works. Look for the newest mail, or send a new code.";
    throw error;
  }
}

// offerNewCode lets the reader ask again once a mail has had a minute to come.
function offerNewCode(view, say) {
  const button = action(view, "resend");
  const words = button.textContent;
  every(() => {
    const seconds = Math.ceil((share.sentAt - Date.now()) / 1000 + 60);
    button.disabled = seconds > 0;
    button.textContent = seconds > 0 ? `${words} in ${seconds} s` : words;
  });
  button.addEventListener("click", async () => {
    button.disabled = true;
    say("");
    const sent = () => announce("A new code is on its way. Only the newest one works.");
    await sendCode(share.email, sent).catch((error) => end(error, askCode));
    view.querySelector("input").focus();
  });
}

// open claims the view. Doing it again with the same view counts nothing, so a
// broken-off answer costs the reader nothing.
async function open(proof) {
  const sealed = await ask("open", { view: share.view, ...proof });
  if (!sameTerms(sealed, share.terms)) throw new Failure("damaged", { template: "changed" });
  const item = await openContent(share.link, share.terms, sealed);
  showItem(item);
}

begin();
