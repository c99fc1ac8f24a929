// The recipient's page: takes the secret out of the address, asks the server for
// the terms of the link, opens it when the reader says so, and shows the item.

import { PROTOCOL, Refused, readLink } from "./share-link-v1.js";
import { begin, erase, forget, keep, main, now, pasted, secret, share } from "./recipient-share.js";
import { Failure, ask, post } from "./recipient-server.js";
import {
  action,
  announce,
  busy,
  every,
  find,
  formatTime,
  inWords,
  initialOf,
  on,
  secondsLeft,
  show,
  showTerms,
  showTime,
  stamp,
} from "./recipient-view.js";
import { readAddress, readCode } from "./recipient-typed.js";

async function load() {
  if (!isSecureContext || !crypto.subtle) return show("insecure");
  const { text, missing, repaired } = secret;
  if (!text && !missing) return askLink("cut-link");
  const link = text ?? share.secret;
  if (link) return follow(link, repaired);
  if (share.ended) return showViewed();
  askLink("missing");
}

// askLink offers a field for the link, or for the message that contains it.
function askLink(state) {
  form(show(state), "Checking…", async (input) => {
    const { secret, host } = pasted(input.value);
    if (host) return `This link is for another site. Open it at ${host}.`;
    if (!secret) return "This isn't a complete link. Copy the whole message and paste it here.";
    await follow(secret);
  });
}

// follow goes to the step at which the tab left the link.
async function follow(text, repaired) {
  begin(text, repaired);
  share.link = await readLink(text);
  await attempt(share.opened ? reopen : peek);
}

async function peek() {
  const terms = await ask("peek", {});
  if (terms.protocol !== PROTOCOL) throw new Refused("another protocol");
  keep({ terms, sharer: terms.shared_by || undefined });
  if (!terms.code_required) invite();
  else if (share.coding) askCode();
  else askAddress();
}

// reopen repeats a view while that counts nothing.
async function reopen() {
  const { opened } = share;
  if (opened && now() < opened.until) return open(opened.proof);
  const ended = endedHere();
  if (opened?.sure) forget(ended);
  else keep({ opened: undefined });
  if (share.secret) return peek();
  return ended ? showViewed() : askLink("missing");
}

// endedHere returns what the tab remembers of a link that opened here and opens no more.
function endedHere() {
  const { terms, link, opened, ended } = share;
  return opened?.sure && terms.max_views === 1 ? { id: link.id, at: opened.at } : ended;
}

// showViewed tells the reader that the view was their own.
function showViewed() {
  showTime(find(show("viewed", {}, "viewed-here"), "at"), share.ended.at);
}

// attempt runs a step, and shows the page of the failure if it fails.
async function attempt(step) {
  try {
    await step();
  } catch (error) {
    end(error, () => attempt(step));
  }
}

const OVER = ["not-found", "expired", "revoked", "viewed"];

// end shows what failed. retry runs where trying again can help.
function end(error, retry) {
  if (!(error instanceof Failure)) return show("damaged");
  const { link, sharer } = share;
  const ended = endedHere();
  if (OVER.includes(error.state)) {
    forget(ended);
    share.sharer = sharer;
    if (error.state === "viewed" && ended?.id === link.id) return showViewed();
  }
  const view = show(error.state, { wait: error.wait && inWords(error.wait) }, error.template);
  const again = error.state === "too-many" && share.terms?.code_required ? askAddress : retry;
  on(view, "retry", (event) => {
    busy(event.target, "Trying…");
    again();
  });
}

// ---- Steps to the item

function step(state, slots) {
  const view = show(state, { initial: initialOf(share.sharer), ...slots });
  showTerms(view);
  return view;
}

function invite() {
  const view = step("ready");
  on(view, "open", (event) => {
    busy(event.target, "Opening…");
    attempt(() => open({}));
  });
}

// form runs a step when the form is sent, and shows the problem that the step
// returns beside the field. again shows the same form, to retry after a failure.
function form(view, label, run, again) {
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
    const problem = await run(input).catch((error) => {
      end(error, resend);
    });
    done();
    if (problem) say(problem);
  });
  return say;
}

const INVALID_EMAIL = "Enter a valid email address.";

function askAddress() {
  keep({ coding: false });
  const view = step("address");
  const input = view.querySelector("input");
  input.value = share.email ?? "";
  const go = async (next) => {
    const email = readAddress(input.value);
    return /.@./s.test(email) ? next(email) : INVALID_EMAIL;
  };
  // A code that was just sent is still the newest: another one would end it.
  const send = (email) => (waitFor(email) > 0 ? awaitCode(email) : sendCode(email, askCode));
  const say = form(view, "Sending…", () => go(send), askAddress);
  on(view, "have-code", async () => say((await go(awaitCode)) ?? ""));
  return view;
}

function awaitCode(email) {
  keep({ email, coding: true });
  askCode();
}

// waitFor returns the seconds until an address may get another code: the last one must have had a
// minute to arrive.
function waitFor(email) {
  const sent = share.sent[email.toLowerCase()] ?? 0;
  return Math.ceil((sent - Date.now()) / 1000 + 60);
}

// sendCode asks the server to email a code, and returns what is wrong with the address.
async function sendCode(email, then) {
  try {
    await ask("code", { email });
  } catch (error) {
    if (["recipient_invalid", "invalid"].includes(error.code)) return error.detail || INVALID_EMAIL;
    throw error;
  }
  const sent = { ...share.sent, [email.toLowerCase()]: Date.now() };
  keep({ email, sent, coding: true });
  then();
}

function askCode() {
  const view = step("code", { email: share.email });
  const input = view.querySelector("input");
  input.addEventListener("input", (event) => {
    const digits = readCode(input.value);
    if (digits !== input.value && !event.isComposing) input.value = digits;
  });
  const run = async () => {
    const code = readCode(input.value);
    return code.length === 8 ? openWithCode(code) : "Enter all 8 digits.";
  };
  const say = form(view, "Opening…", run, askCode);
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
    const wrong = error.detail ?? "That code is wrong or has expired.";
    return `${wrong} After 5 wrong tries a code stops working.`;
  }
}

// offerNewCode enables Resend code once the email has had a minute to arrive.
function offerNewCode(view, say) {
  const button = action(view, "resend");
  const words = button.textContent;
  every(() => {
    const seconds = waitFor(share.email);
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
// response doesn't cost the reader a view, and a reload shows the item again.
async function open(proof) {
  const more = await loadMore(); // before the view is claimed
  const at = share.opened?.at ?? now();
  keep({ opened: { ...share.opened, proof, at, until: at + 115 } });
  const claim = () => ask("open", { view: share.view, ...proof });
  const sealed = await more.again(claim).catch((error) => {
    if (["code_invalid", "too_many_attempts"].includes(error.code)) keep({ opened: undefined });
    throw error;
  });
  if (!more.sameTerms(sealed, share.terms)) throw new Failure("damaged", { template: "changed" });
  const item = await more.openContent(share.link, share.terms, sealed);
  const lasts = item.files?.length ? 1800 : 120; // seconds, as the server has them
  const until = Math.min(share.terms.expires_at, at + lasts) - 5;
  keep({ opened: { proof, at, until, sure: true } });
  more.use({
    Failure,
    action,
    announce,
    every,
    find,
    forget,
    formatTime,
    inWords,
    initialOf,
    now,
    on,
    post,
    secondsLeft,
    share,
    show,
    showTime,
    stamp,
  });
  more.showItem(item);
  every(() => now() > until && erase(endedHere()));
}

// loadMore loads what an opened item needs. The fragment makes a failed request repeatable.
async function loadMore() {
  const { more, moreStyle } = main.dataset;
  try {
    const [script] = await Promise.all([import(`${more}#${Date.now()}`), loadStyle(moreStyle)]);
    return script;
  } catch {
    throw new Failure("offline");
  }
}

// loadStyle puts a style sheet before the page's own, which refines it.
const loadStyle = (href) =>
  new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href, onload: resolve, onerror: reject });
    document.querySelector("link[rel=stylesheet]").before(link);
  });

load();
