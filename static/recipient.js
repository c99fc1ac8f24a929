// The recipient's page: takes the secret out of the address, asks what it leads
// to, opens it when a person says so, and shows the item. Everything is built
// from the page's own templates; values reach the document as text alone.

import { PROTOCOL, Refused, openContent, openFile, readLink, sameTerms, toBase64url } from "./share-link-v1.js";

const main = document.getElementById("recipient");
const base = main.dataset.base;
const secret = takeSecret();
const share = { view: toBase64url(crypto.getRandomValues(new Uint8Array(16))) }; // then link, terms, sharer, email, sentAt
let skew = 0; // server's clock minus ours, milliseconds
let ticking = []; // what the page shows of time, once a second

// takeSecret empties the address bar. Some gateways turn # into %23, which puts
// the secret into the path.
function takeSecret() {
  const path = location.pathname.replaceAll("%23", "#");
  const start = [`${base}/s#`, `${base}/s/#`].find((prefix) => path.startsWith(prefix));
  const text = start ? path.slice(start.length) : location.hash.slice(1);
  history.replaceState(null, "", `${base}/s`);
  return { text, repaired: Boolean(start) };
}

// A link pasted into this tab changes the fragment alone, which loads nothing.
addEventListener("hashchange", () => location.hash && location.reload());
setInterval(() => ticking.forEach((tick) => tick()), 1000);
begin();

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

// ---- The server

// A Failure names the state of the page that tells of it.
class Failure extends Error {
  constructor(state, more) {
    super(state);
    Object.assign(this, { state }, more); // template, code, detail, wait in seconds
  }
}

const STATES = {
  not_found: "not-found",
  expired: "expired",
  revoked: "revoked",
  viewed: "viewed",
  too_many_attempts: "too-many",
};

// post sends one call with the proof of holding the link.
async function post(path, body, signal = AbortSignal.timeout?.(60_000)) {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ id: share.link.id, token: share.link.token, ...body }),
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    signal,
  };
  const response = await fetch(`${base}/s/${path}`, request).catch(() => {
    throw new Failure("offline");
  });
  skew = skewBy(response.headers.get("Date"));
  if (!response.ok) throw await failureOf(response);
  return response;
}

// skewBy ignores what delay and rounding explain.
function skewBy(date) {
  const off = Date.parse(date) - Date.now();
  return Math.abs(off) > 5000 ? off : 0;
}

async function failureOf(response) {
  const problem = await response.json().catch(() => ({}));
  share.sharer ??= problem.shared_by;
  const wait = Number(response.headers.get("Retry-After")) || undefined;
  return new Failure(STATES[problem.code] ?? "unavailable", { code: problem.code, detail: problem.detail, wait });
}

// ask gives the JSON of an answer; one that breaks off, or comes from some
// other server on the way, counts as none.
async function ask(path, body) {
  const response = await post(path, body);
  return response.json().catch(() => {
    throw new Failure("offline");
  });
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

// ---- The document

const find = (node, name) => node.querySelector(`[data-slot="${name}"]`);
const action = (node, name) => node.querySelector(`[data-action="${name}"]`);
const on = (node, name, listener) => action(node, name)?.addEventListener("click", listener);

// stamp copies a template and fills its slots; an unknown value leaves the words
// of the template.
function stamp(id, slots = {}) {
  const node = document.getElementById(id).content.firstElementChild.cloneNode(true);
  for (const [name, value] of Object.entries({ sharer: share.sharer, ...slots })) {
    if (value === undefined) continue;
    for (const slot of node.querySelectorAll(`[data-slot="${name}"]`)) slot.textContent = value;
  }
  return node;
}

// show turns the page to a state and moves the focus to its heading.
function show(state, slots, template = state) {
  ticking = [];
  const view = stamp(`state-${template}`, slots);
  if (secret.repaired && ["ready", "address", "item"].includes(state)) view.prepend(stamp("notice-repaired"));
  main.dataset.state = state;
  main.replaceChildren(view);
  scrollTo(0, 0);
  view.querySelector("h1").focus();
  return view;
}

function announce(text) {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = text), 50);
}

// busy disables a button while its work runs; calling the result undoes that.
function busy(button, label) {
  const words = button.textContent;
  Object.assign(button, { disabled: true, textContent: label });
  return () => Object.assign(button, { disabled: false, textContent: words });
}

function every(tick) {
  ticking.push(tick);
  tick();
}

// ---- Time

const now = () => (Date.now() + skew) / 1000;
const locale = navigator.languages.find((language) => language.startsWith("en")) ?? "en-GB";

function inWords(seconds) {
  const [size, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"]].find(([s]) => seconds >= s * 2) ?? [60, "minute"];
  const count = Math.round(seconds / size);
  if (count < 1) return "less than a minute";
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

function showTime(slot, seconds, options) {
  const date = new Date(seconds * 1000);
  slot.dateTime = date.toISOString();
  slot.textContent = new Intl.DateTimeFormat(locale, options).format(date);
}

function timeLeft() {
  const seconds = share.terms.expires_at - now();
  return seconds > 0 ? `${inWords(seconds)} left` : "over now";
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
  const each = audience === "recipients" ? " for each address" : "";
  if (views === 0) return "As often as you like until then";
  return views === 1 ? `Once${each}` : `${views} times${each}`;
}

const initialOf = (text = "") => text.match(/[\p{L}\p{N}]/u)?.[0].toUpperCase() ?? "•";

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

// ---- The item

const CONCEALED = ["Concealed", "SshKey", "CreditCardNumber", "Totp"];

function showItem(item) {
  const view = show("item", { title: item.title, category: categoryInWords(item.category), initial: initialOf(item.title) });
  every(() => (find(view, "lasting").textContent = lasting()));
  const content = find(view, "content");
  for (const { heading, fields } of groups(item)) content.append(section(heading, fields.map(fieldRow)));
  if (item.files?.length) content.append(filesSection(item.files));
  if (item.tags?.length) content.append(tagsSection(item.tags));
  on(view, "save", () => {
    download([asText(item)], `${cleanName(item.title)}.txt`);
    announce("Saved as a file.");
  });
  announce("The item is open.");
}

function lasting() {
  const { terms } = share;
  if (terms.max_views === 1) return "This link does not open again. Copy or save what you need before you leave this page.";
  const often = terms.max_views ? `This link opens ${terms.max_views} times in all` : "You can open this link again";
  return `${often}: ${timeLeft()}.`;
}

// categoryInWords turns the SDK's ApiCredentials into "API credentials".
function categoryInWords(category = "") {
  if (category === "" || category === "Unsupported") return "Item";
  const words = category.replace(/([a-z])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`);
  return words.replace(/^(Api|Ssh)\b/, (word) => word.toUpperCase());
}

// groups are the item's rows by heading: fields of no section first, after a
// title too long to stand whole at the top.
function groups({ title = "", fields = [], sections = [], websites = [], notes }) {
  const known = new Set(sections.map(({ id }) => id));
  const of = (id) => fields.filter((field) => (known.has(field.section) ? field.section : undefined) === id);
  const sites = websites.map(({ label, url }) => ({ title: label || "Website", type: "Url", value: url }));
  const long = title.length > 200 ? [{ title: "Title", type: "Text", value: title }] : [];
  return [
    { fields: [...long, ...of(undefined)] },
    ...sections.map((part) => ({ heading: part.title, fields: of(part.id) })),
    { heading: "Websites", fields: sites },
    { fields: [{ title: "Notes", type: "Notes", value: notes }] },
  ]
    .map((group) => ({ ...group, fields: group.fields.filter(({ value }) => value) }))
    .filter((group) => group.fields.length);
}

function section(heading, rows, template = "item-section") {
  const node = stamp(template, { heading });
  if (template === "item-section" && !heading) find(node, "heading").remove();
  find(node, "rows").append(...rows);
  return node;
}

function tagsSection(tags) {
  const rows = tags.map((tag) => Object.assign(document.createElement("li"), { textContent: tag, dir: "auto" }));
  return section(undefined, rows, "item-tags");
}

function fieldRow({ title, type, value }) {
  const label = title || "Value";
  const row = stamp("item-field", { label });
  row.dataset.type = type;
  const slot = find(row, "value");
  const totp = type === "Totp" && readTotp(value);
  const current = totp ? showTotp(slot, totp) : () => value;
  if (!totp && CONCEALED.includes(type)) conceal(row, label, value);
  else if (!totp) slot.append(type === "Url" ? siteLink(value) : value);
  if (value.length > 1000 && !totp) slot.tabIndex = 0; // long ones scroll
  const button = action(row, "copy");
  button.setAttribute("aria-label", `Copy ${label}`);
  button.addEventListener("click", () => copy(current(), label, button));
  return row;
}

// siteLink links http and https alone; any other address stays text.
function siteLink(text) {
  const url = parseURL(text);
  if (!["http:", "https:"].includes(url?.protocol)) return text;
  const link = document.createElement("a");
  return Object.assign(link, { href: url.href, textContent: text, target: "_blank", rel: "noreferrer noopener" });
}

function parseURL(text) {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function conceal(row, label, value) {
  const slot = find(row, "value");
  const button = action(row, "reveal");
  const turn = (shown) => {
    slot.replaceChildren(shown ? value : stamp("item-mask"));
    slot.dataset.shown = shown;
    button.textContent = shown ? "Hide" : "Reveal";
    button.setAttribute("aria-label", `${button.textContent} ${label}`);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    turn(slot.dataset.shown !== "true");
    if (slot.dataset.shown === "true") announce(`${label} is shown.`);
  });
  turn(false);
}

async function copy(text, label, button) {
  const copied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  if (!copied && !copyBySelection(text)) return announce(`${label} could not be copied. Select it and copy it by hand.`);
  announce(`${label} copied.`);
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

function copyBySelection(text) {
  const focused = document.activeElement;
  const area = Object.assign(document.createElement("textarea"), { value: text, className: "unseen" });
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return copied;
}

// ---- One-time passwords (RFC 6238)

const HASHES = { SHA1: "SHA-1", SHA256: "SHA-256", SHA512: "SHA-512" };

// readTotp reads an otpauth:// address or a bare base32 secret; undefined for
// anything that gives no code.
function readTotp(text) {
  const url = parseURL(text);
  const params = url?.protocol === "otpauth:" ? url.searchParams : new URLSearchParams({ secret: text });
  const key = fromBase32(params.get("secret") ?? "");
  const hash = HASHES[(params.get("algorithm") ?? "SHA1").toUpperCase().replace("-", "")];
  const [digits, period] = [Number(params.get("digits") ?? 6), Number(params.get("period") ?? 30)];
  const sound = key?.length && hash && digits >= 4 && digits <= 10 && period >= 1 && period <= 86400;
  return sound && Number.isInteger(digits) && Number.isInteger(period) ? { key, hash, digits, period } : undefined;
}

function fromBase32(text) {
  const clean = text.toUpperCase().replace(/[\s=-]/g, "");
  if (/[^A-Z2-7]/.test(clean)) return undefined;
  const bytes = [];
  let [bits, buffer] = [0, 0];
  for (const char of clean) {
    buffer = ((buffer << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char)) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes.push((buffer >> (bits -= 8)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

async function totpCode({ key, hash, digits }, counter) {
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, BigInt(counter));
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign"]);
  const mac = new DataView(await crypto.subtle.sign("HMAC", hmac, message));
  const number = mac.getUint32(mac.getUint8(mac.byteLength - 1) & 15) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

// showTotp keeps the current code on the page; the result gives it for copying.
function showTotp(slot, totp) {
  const view = stamp("item-totp");
  const progress = Object.assign(find(view, "progress"), { max: totp.period });
  let [code, shown] = ["", undefined];
  slot.append(view);
  every(async () => {
    const counter = Math.floor(now() / totp.period);
    const left = Math.ceil(totp.period - (now() % totp.period));
    find(view, "left").textContent = progress.value = left;
    if (counter === shown) return;
    shown = counter;
    code = await totpCode(totp, counter);
    const half = Math.ceil(code.length / 2);
    find(view, "code").textContent = `${code.slice(0, half)} ${code.slice(half)}`;
  });
  return () => code;
}

// ---- Files

function filesSection(files) {
  const node = section(undefined, files.map(fileRow), "item-files");
  showTime(find(node, "filesUntil"), Math.min(share.terms.expires_at, now() + 1800), { timeStyle: "short" });
  return node;
}

function fileRow(entry) {
  const name = cleanName(entry.name);
  const row = stamp("item-file", { name, size: humanSize(entry.size) });
  const parts = []; // plain chunks so far: another try goes on from here
  let stop;
  action(row, "download").setAttribute("aria-label", `Download ${name}`);
  action(row, "cancel").setAttribute("aria-label", `Cancel ${name}`);
  on(row, "cancel", () => stop.abort());
  on(row, "download", async () => {
    stop = new AbortController();
    turnFile(row, "busy");
    try {
      await openFile(share.link, share.terms, entry, chunksOf(entry, row, parts, stop.signal), parts);
      download(parts, name);
      turnFile(row, "done", "Downloaded.");
      announce(`${name} downloaded.`);
    } catch (error) {
      const note = stop.signal.aborted ? "Cancelled." : whyNoFile(error);
      turnFile(row, "idle", note);
      announce(note);
    }
  });
  return row;
}

function turnFile(row, state, note) {
  const running = state === "busy";
  row.dataset.file = state;
  action(row, "download").hidden = running;
  action(row, "cancel").hidden = find(row, "progress").hidden = !running;
  action(row, running ? "cancel" : "download").focus();
  find(row, "note").hidden = !note && !running;
  find(row, "note").textContent = note ?? "Starting…";
}

// chunksOf fetches sealed chunks of one file and shows how far it got.
function chunksOf(entry, row, parts, signal) {
  const progress = Object.assign(find(row, "progress"), { max: entry.size || 1, value: 0 });
  return async (chunk, limit) => {
    const before = parts.length * entry.chunk_size;
    const seen = (bytes) => {
      progress.value = before + bytes;
      find(row, "note").textContent = `${humanSize(Math.min(before + bytes, entry.size))} of ${humanSize(entry.size)}`;
    };
    const body = { view: share.view, index: entry.index, chunk };
    return patiently(signal, async () => read(await post("file", body, signal), limit, seen));
  };
}

// patiently tries again where only the connection failed.
async function patiently(signal, step) {
  for (const pause of [500, 2000]) {
    try {
      return await step();
    } catch (error) {
      if (signal.aborted || error.state !== "offline") throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return step();
}

async function read(response, limit, seen) {
  const bytes = new Uint8Array(limit);
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Failure("offline");
    });
    if (done) return bytes.subarray(0, length);
    if (length + value.length > limit) throw new Refused("longer than a chunk");
    bytes.set(value, length);
    seen((length += value.length));
  }
}

function whyNoFile(error) {
  if (!(error instanceof Failure)) return "This file is damaged, so it was not saved.";
  if (error.state === "offline") return "The connection broke off. Download goes on where it stopped.";
  if (error.state === "unavailable") return "The server cannot answer right now. Try again in a minute.";
  return "The time for downloading is over. Open the link again, or ask for a new one.";
}

// download saves parts as a file that no browser opens by itself.
function download(parts, name) {
  const href = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 30_000);
}

// cleanName makes a file name without control or direction characters, path
// separators and their like, at most 100 characters, its ending kept.
function cleanName(text) {
  const clean = String(text).normalize("NFC").replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "").replace(/[\\/:*?"<>|]/g, "_");
  const [, stem, ending] = clean.replace(/^[\s.]+|[\s.]+$/g, "").match(/^(.*?)(\.[^.]{1,16})?$/u);
  return ([...stem].slice(0, 84).join("") || "file") + (ending ?? "");
}

function humanSize(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  const step = Math.min(3, Math.floor(Math.log10(bytes || 1) / 3));
  return `${+(bytes / 1000 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
}

function asText(item) {
  const lines = [item.title, categoryInWords(item.category), ""];
  for (const { heading, fields } of groups(item)) {
    if (heading) lines.push(heading);
    for (const { title, value } of fields) lines.push(value.includes("\n") ? `${title}:\n${value}` : `${title}: ${value}`);
    lines.push("");
  }
  if (item.tags?.length) lines.push(`Tags: ${item.tags.join(", ")}`);
  return lines.join("\n");
}
