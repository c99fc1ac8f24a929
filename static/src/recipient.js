// The recipient's page: takes the secret out of the address, asks the server for
// the terms of the link, opens it when the reader says so, and shows the item.

import { PROTOCOL, Refused, openContent, readLink, sameTerms } from "./share-link-v1.js";
import { main, pasted, secret, share } from "./recipient-share.js";
import { Failure, ask, askAgain } from "./recipient-server.js";
import {
  action,
  announce,
  busy,
  every,
  find,
  inWords,
  initialOf,
  on,
  show,
  showTime,
  timeLeft,
  viewLimit,
} from "./recipient-view.js";
import { showItem } from "./recipient-item.js";
import { readAddress, readCode } from "./recipient-typed.js";

async function begin() {
  if (!isSecureContext || !crypto.subtle) return show("insecure");
  if (!secret.text) return askLink(secret.missing ? "missing" : "cut-link");
  share.link = await readLink(secret.text);
  await attempt(peek);
}

// askLink offers a field for the link, or for the message that contains it.
function askLink(state) {
  form(show(state), "Checking…", async (input) => {
    const { secret, host } = pasted(input.value);
    if (host) return `This link is for another site. Open it at ${host}.`;
    if (!secret) return "This isn't a complete link. Copy the whole message and paste it here.";
    share.link = await readLink(secret);
    await attempt(peek);
  });
}

async function peek() {
  const terms = await ask("peek", {});
  if (terms.protocol !== PROTOCOL) throw new Refused("another protocol");
  share.terms = terms;
  share.sharer = terms.shared_by || undefined;
  if (terms.code_required) askAddress();
  else invite();
}

// attempt runs a step, and shows the page of the failure if it fails.
async function attempt(step) {
  try {
    await step();
  } catch (error) {
    end(error, () => attempt(step));
  }
}

// end shows what failed. retry runs where trying again can help.
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
  const view = show(state, { often: viewLimit(), initial: initialOf(sharer) });
  showTime(find(view, "until"), terms.expires_at);
  every(() => (find(view, "left").textContent = timeLeft()));
  return view;
}

function invite() {
  const view = invitation("ready");
  on(view, "open", (event) => {
    busy(event.target, "Opening…");
    attempt(() => open({}));
  });
}

// form runs a step when the form is sent, and shows the problem that the step
// returns beside the field. again shows the same form, to retry after a failure.
function form(view, label, step, again) {
  const input = view.querySelector("input, textarea");
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

const INVALID_EMAIL = "Enter a valid email address.";

function askAddress() {
  const view = invitation("address");
  view.querySelector("input").value = share.email ?? "";
  const step = async (input) => {
    const email = readAddress(input.value);
    return /.@./s.test(email) ? sendCode(email, askCode) : INVALID_EMAIL;
  };
  form(view, "Sending…", step, askAddress);
  return view;
}

// sendCode asks the server to email a code, and returns what is wrong with the address.
async function sendCode(email, then) {
  try {
    await ask("code", { email });
  } catch (error) {
    if (["recipient_invalid", "invalid"].includes(error.code)) return error.detail || INVALID_EMAIL;
    throw error;
  }
  Object.assign(share, { email, sentAt: Date.now() });
  then();
}

function askCode() {
  const view = show("code", { email: share.email });
  const input = view.querySelector("input");
  input.addEventListener("input", (event) => {
    const digits = readCode(input.value);
    if (digits !== input.value && !event.isComposing) input.value = digits;
  });
  const step = async () => {
    const code = readCode(input.value);
    return code.length === 8 ? openWithCode(code) : "Enter all 8 digits.";
  };
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
    if (error.code !== "code_invalid") throw error;
    return "That code is wrong or has expired. Use the code in the latest email or request a new one.";
  }
}

// offerNewCode enables Resend code once the email has had a minute to arrive.
function offerNewCode(view, say) {
  const button = action(view, "resend");
  const words = button.textContent;
  every(() => {
    const seconds = Math.ceil((share.sentAt - Date.now()) / 1000 + 60);
    button.disabled = seconds > 0;
    button.textContent = seconds > 0 ? `${words} (${seconds} s)` : words;
  });
  button.addEventListener("click", async () => {
    button.disabled = true;
    say("");
    const sent = () => announce("We've sent a new code. Only the latest one works.");
    await sendCode(share.email, sent).catch((error) => end(error, askCode));
    view.querySelector("input").focus();
  });
}

// open claims the view. Repeating it with the same view uses up nothing, so a lost
// response doesn't cost the reader a view.
async function open(proof) {
  const more = await loadMore(); // before the view is claimed
  const sealed = await askAgain("open", { view: share.view, ...proof });
  if (!sameTerms(sealed, share.terms)) throw new Failure("damaged", { template: "changed" });
  const item = await openContent(share.link, share.terms, sealed);
  showItem(item, more);
}

// loadMore loads what an opened item needs. The fragment makes a failed request repeatable.
const loadMore = () =>
  import(`${main.dataset.more}#${Date.now()}`).catch(() => {
    throw new Failure("offline");
  });

begin();
