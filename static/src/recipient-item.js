// The item: its fields by section, shown and copied when asked for.

import { cleanName } from "../../clients/javascript/names.js";
import { asText, categoryInWords, groups, holding } from "./item-text.js";
import { download, fileRow } from "./recipient-files.js";
import {
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
  secondsLeft,
  share,
  show,
  showTime,
  stamp,
} from "./recipient-page.js";
import { qrPath } from "./qr.js";
import { keyURI, readTotp, totpCode } from "./totp.js";

const CONCEALED = ["Concealed", "SshKey", "CreditCardNumber", "Totp"];

// showItem shows the item. Where the link opens no more, leaving the page asks.
export function showItem(item) {
  if (!/[^\p{C}\p{Z}]/u.test(item.title)) item.title = "Untitled";
  const category = categoryInWords(item.category);
  const view = show("item", {
    title: item.title,
    category,
    initial: initialOf(item.title),
    holding: holding(item),
  });
  const once = share.terms.max_views === 1;
  find(view, "lasting").classList.toggle("warn", once);
  every(() => (find(view, "lasting").textContent = lasting()));
  const content = find(view, "content");
  for (const { heading, fields } of groups(item)) {
    content.append(section(heading, fields.map((field) => fieldRow(field, item))));
  }
  if (item.files?.length) content.append(filesSection(item.files));
  if (item.tags?.length) content.append(tagsSection(item.tags));
  on(view, "save", () => {
    download([asText(item)], `${cleanName(item.title)}.txt`);
    announce("Downloaded as text.");
  });
  on(view, "done", () => {
    if (once && !confirm(DONE)) return;
    forget();
    show("done");
  });
  if (once) onbeforeunload = (event) => (event.returnValue = true); // asks
  announce("The item is open.");
}

const DONE = "You can't open this item again. Have you saved what you need?";

// lasting says whether the link opens again.
function lasting() {
  const { max_views: views, expires_at: end, audience } = share.terms;
  if (views === 1) return "This was the only view. Save what you need before leaving this page.";
  if (views === 0) return `You can open this link again until ${formatTime(end)}.`;
  const limit = `${views} views ${audience === "recipients" ? "per person" : "in total"}.`;
  return secondsLeft() > 0 ? `${limit} Expires in ${inWords(secondsLeft())}.` : `${limit} Expired.`;
}

function section(heading, rows, template = "item-section") {
  const node = stamp(template, { heading });
  if (template === "item-section" && !heading) find(node, "heading").remove();
  find(node, "rows").append(...rows);
  return node;
}

function tagsSection(tags) {
  const rows = tags.map((tag) =>
    Object.assign(document.createElement("li"), { textContent: tag, dir: "auto" }),
  );
  return section(undefined, rows, "item-tags");
}

function fieldRow({ title, type, value }, item) {
  const label = title || "Value";
  const row = stamp("item-field", { label });
  row.dataset.type = type;
  const slot = find(row, "value");
  const totp = type === "Totp" ? readTotp(value) : {};
  const current = totp.key ? showTotp(slot, totp, item.title) : () => value;
  // What is copied and revealed where no code can be made is the seed, so the buttons say so.
  const suffix = totp.problem ? " seed" : "";
  if (!totp.key && CONCEALED.includes(type))
    conceal(row, label, value, { suffix, hidden: totp.problem });
  else if (!totp.key) put(row, value, type === "Url" ? siteLink(value) : value);
  const button = action(row, "copy");
  button.textContent = `Copy${suffix}`;
  button.setAttribute("aria-label", `${button.textContent} ${label}`);
  button.addEventListener("click", () => copy(current(), label, button));
  return row;
}

// put shows a value; a long one gets more room, and a very long one scrolls.
function put(row, value, shown) {
  const slot = find(row, "value");
  slot.replaceChildren(shown);
  row.classList.toggle("long", value.length > 40 || value.includes("\n"));
  if (value.length > 1000) slot.tabIndex = 0;
  else slot.removeAttribute("tabindex");
}

// siteLink links http and https alone; any other address stays text.
function siteLink(text) {
  const url = parseURL(text);
  if (!["http:", "https:"].includes(url?.protocol)) return text;
  const link = document.createElement("a");
  return Object.assign(link, {
    href: url.href,
    textContent: text,
    target: "_blank",
    rel: "noreferrer noopener",
  });
}

function parseURL(text) {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function conceal(row, label, value, { suffix, hidden }) {
  const slot = find(row, "value");
  const button = action(row, "reveal");
  const turn = (shown) => {
    if (shown) put(row, value, value);
    else put(row, "", hidden ?? stamp("item-mask"));
    slot.dataset.shown = shown;
    button.textContent = shown ? "Hide" : `Reveal${suffix}`;
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
  const copied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  if (!copied && !copyBySelection(text)) {
    announce(`${label} couldn't be copied. Select it and copy it yourself.`);
    return;
  }
  announce(`${label} copied.`);
  if (button.textContent === "Copied") return;
  const name = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = name), 2000);
}

function copyBySelection(text) {
  const focused = document.activeElement;
  const area = Object.assign(document.createElement("textarea"), {
    value: text,
    className: "unseen",
  });
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return copied;
}

// showTotp keeps the current code on the page. The result returns it, for copying.
function showTotp(slot, totp, name) {
  const view = stamp("item-totp");
  const progress = Object.assign(find(view, "progress"), { max: totp.period });
  let [code, shown] = ["", undefined];
  slot.append(view);
  slot.after(setup(totp, name));
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

// setup offers the key for an authenticator app. Nothing of it is in the page before it is asked for.
function setup(totp, name) {
  const view = stamp("item-setup");
  const { key, uri } = keyURI(totp, name);
  const details = find(view, "setup");
  details.addEventListener("toggle", () => {
    const path = details.open ? qrPath(uri) : undefined; // none for a key too long for a QR code
    find(view, "qr").toggleAttribute("hidden", !path);
    find(view, "path").setAttribute("d", path?.d ?? "");
    if (path) find(view, "qr").setAttribute("viewBox", `-4 -4 ${path.size + 8} ${path.size + 8}`);
    find(view, "key").textContent = details.open ? key.replace(/.{4}(?=.)/g, "$& ") : "";
  });
  const button = action(view, "copy-key");
  button.addEventListener("click", () => copy(key, "Key", button));
  return view;
}

function filesSection(files) {
  const node = section(undefined, files.map((entry) => fileRow(entry)), "item-files");
  showTime(find(node, "filesUntil"), Math.min(share.terms.expires_at, now() + 1800), {
    timeStyle: "short",
  });
  return node;
}
