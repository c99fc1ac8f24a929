// The script of the signed-in pages. It adds comfort: every page works without it.
// It runs before the body is parsed, so that a chosen theme holds from the first
// paint; the rest waits for the document.
(() => {
  "use strict";

  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  root.classList.add("js");

  // ---- Theme: the system's, unless the reader chose one

  const themes = ["", "light", "dark"];
  const theme = {
    get value() {
      try {
        return localStorage.getItem("theme") || "";
      } catch {
        return "";
      }
    },
    set value(name) {
      try {
        localStorage.setItem("theme", name);
      } catch {
        // No storage: the choice holds for this page.
      }
      this.show(name);
    },
    show(name) {
      if (name) root.dataset.theme = name;
      else delete root.dataset.theme;
      for (const button of all("[data-theme-switch] span")) button.textContent = `Theme: ${name || "auto"}`;
    },
  };
  theme.show(theme.value);

  // ---- Times in the reader's own zone

  const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
  const zoneFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", timeZoneName: "short" });
  const words = (time) => `${dayFormat.format(time)}, ${clockFormat.format(time)}`;
  const zone = (time) => zoneFormat.formatToParts(time).find((part) => part.type === "timeZoneName").value;

  function localise(within) {
    for (const element of all("time[data-time]", within)) {
      const time = new Date(element.dateTime);
      if (element.dataset.time === "absolute") element.textContent = words(time);
      element.title = `${words(time)} ${zone(time)}`;
    }
    for (const element of all("textarea[data-local-time]", within)) {
      const time = new Date(element.dataset.localTime);
      element.value = element.value.replace(element.dataset.utcWords, `${words(time)} (${zone(time)})`);
    }
  }

  // ---- Saying things to those who do not see the page

  function announce(text) {
    const region = document.getElementById("announcer");
    if (!region || !text) return;
    region.textContent = "";
    setTimeout(() => {
      region.textContent = text;
    }, 50);
  }

  // ---- Copying

  async function copy(button) {
    const verb = button.querySelector("[data-copy-verb]");
    const before = (verb.dataset.before ??= verb.textContent);
    let after = "Copied";
    try {
      await toClipboard(textOf(document.getElementById(button.dataset.copy), button));
    } catch {
      after = "Not copied";
    }
    verb.textContent = after;
    announce(after);
    setTimeout(() => {
      verb.textContent = before;
    }, 2000);
  }

  // textOf is the text to copy, or the promise of it for a value that is hidden.
  function textOf(element, button) {
    if ("value" in element) return element.value;
    const shown = element.querySelector("[data-secret], [data-text]");
    if (shown) return shown.textContent;
    return secretOf(button.closest(".field").querySelector("form[data-reveal]"));
  }

  async function secretOf(form) {
    const document = await fragment(form.action, new URLSearchParams(new FormData(form)));
    const secret = document.querySelector("[data-secret]");
    if (!secret) throw new Error("no value");
    return secret.textContent;
  }

  // fragment posts as htmx does and parses the answer.
  async function fragment(address, body, signal) {
    const answer = await fetch(address, { method: "POST", body, signal, headers: { "HX-Request": "true" } });
    if (answer.headers.get("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
    if (!answer.ok && answer.status !== 422) throw new Error(`status ${answer.status}`);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  // toClipboard takes a promise too: Safari wants the clipboard asked within the click.
  async function toClipboard(text) {
    if (typeof text === "string") return navigator.clipboard.writeText(text);
    if (window.ClipboardItem) {
      const blob = text.then((t) => new Blob([t], { type: "text/plain" }));
      return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    }
    return navigator.clipboard.writeText(await text);
  }

  // ---- Revealed values and one-time codes

  const masks = new WeakMap();
  const valueOf = (form) => document.querySelector(form.getAttribute("hx-target"));
  const maxRefreshes = 4;

  function revealed(form) {
    form.querySelector("[data-reveal-verb]").textContent = "Hide";
    if (!form.dataset.open) announce("The value is shown");
    form.dataset.open = "yes";
  }

  function hide(form) {
    valueOf(form).replaceChildren(...masks.get(form).map((node) => node.cloneNode(true)));
    form.querySelector("[data-reveal-verb]").textContent = form.dataset.verb;
    delete form.dataset.open;
    delete form.dataset.refreshes;
  }

  // beforeReveal keeps the mask, and turns a second press into hiding.
  function beforeReveal(event, form) {
    if (form.dataset.open && !form.dataset.refreshing) {
      event.preventDefault();
      hide(form);
      return;
    }
    delete form.dataset.refreshing;
    if (!masks.has(form)) {
      masks.set(form, [...valueOf(form).childNodes].map((node) => node.cloneNode(true)));
      form.dataset.verb = form.querySelector("[data-reveal-verb]").textContent;
    }
  }

  const ends = new WeakMap();

  function tick() {
    for (const element of all("[data-seconds-left]")) {
      if (!ends.has(element)) ends.set(element, Date.now() + 1000 * Number(element.dataset.secondsLeft));
      const left = Math.max(0, Math.ceil((ends.get(element) - Date.now()) / 1000));
      element.querySelector("[data-seconds]").textContent = left;
      const bar = element.parentElement.querySelector("progress");
      if (bar) bar.value = left;
      if (left === 0 && !element.dataset.over) {
        element.dataset.over = "yes";
        nextCode(element.closest(".field")?.querySelector("form[data-reveal]"));
      }
    }
  }

  // nextCode asks for the code that follows, a few times: each is an audit event.
  function nextCode(form) {
    if (!form) return;
    const refreshes = Number(form.dataset.refreshes || 0) + 1;
    if (refreshes > maxRefreshes || document.hidden) {
      hide(form);
      return;
    }
    form.dataset.refreshes = refreshes;
    form.dataset.refreshing = "yes";
    form.requestSubmit();
  }

  // ---- Lists by keyboard

  function onKey(event) {
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

  // ---- The share form: recipients as chips

  function recipients(form) {
    const area = form.querySelector("#recipients");
    const holder = form.querySelector("#chips");
    const input = document.createElement("input");
    const box = document.createElement("div");
    let texts = split(area.value);
    let pending = null;

    Object.assign(input, { type: "text", inputMode: "email", autocomplete: "off", autocapitalize: "none", spellcheck: false, maxLength: 20000 });
    for (const name of ["aria-describedby", "aria-invalid", "data-testid"]) {
      if (area.hasAttribute(name)) input.setAttribute(name, area.getAttribute(name));
    }
    area.removeAttribute("data-testid");
    area.id = "recipients-text";
    input.id = "recipients";
    area.hidden = true;
    box.className = "token-box";
    area.after(box);
    box.append(holder, input);

    const sync = () => {
      area.value = [...texts, input.value.trim()].filter(Boolean).join("\n");
    };
    const take = () => {
      const typed = split(input.value);
      // Also a lone separator goes, else it would cut the next word at its first letter.
      input.value = "";
      if (typed.length === 0) return;
      texts = [...new Set([...texts, ...typed])];
      check();
    };
    const remove = (text) => {
      texts = texts.filter((other) => other !== text);
      input.focus();
      check();
      announce(`${text} removed`);
    };

    // check shows what was typed at once, then what the server says of it.
    async function check(added = []) {
      sync();
      showPending();
      pending?.abort();
      pending = new AbortController();
      try {
        const answer = await fragment(form.dataset.check, new URLSearchParams({ recipients: texts.join("\n") }), pending.signal);
        holder.replaceChildren(...answer.body.childNodes);
        input.removeAttribute("aria-invalid");
        announce(all("[data-text]", holder).filter((chip) => added.includes(chip.dataset.text)).map(chipWords).join(". "));
      } catch {
        // Unchecked recipients are checked when the link is made.
      }
      summarise(form);
    }

    function showPending() {
      const shown = new Set(all("[data-text]", holder).map((chip) => chip.dataset.text));
      for (const chip of all("[data-text]", holder)) if (!texts.includes(chip.dataset.text)) chip.remove();
      const list = holder.querySelector("ul") ?? holder.appendChild(Object.assign(document.createElement("ul"), { className: "plain chips" }));
      for (const text of texts) {
        if (shown.has(text)) continue;
        const chip = document.createElement("li");
        chip.className = "chip who-chip";
        chip.dataset.text = text;
        chip.textContent = text;
        list.append(chip);
      }
    }

    input.addEventListener("input", () => {
      sync();
      if (/[\s,;]/.test(input.value)) take();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && input.value.trim()) {
        event.preventDefault();
        take();
      }
      if (event.key === "Backspace" && !input.value && texts.length > 0) remove(texts.at(-1));
    });
    // A chip that appears while a button is held down would move that button from under the pointer: the click would be lost.
    let held = false;
    const left = () => {
      if (!held && document.activeElement !== input) take();
    };
    for (const type of ["pointerdown", "pointerup", "pointercancel"]) {
      document.addEventListener(type, () => {
        held = type === "pointerdown";
        setTimeout(left);
      }, true);
    }
    input.addEventListener("blur", () => setTimeout(left));
    box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove]");
      if (button) remove(button.closest("[data-text]").dataset.text);
      else if (event.target === box) input.focus();
    });
    // Names typed for one way of sharing do not travel with the other.
    form.addEventListener("submit", () => {
      sync();
      area.disabled = form.querySelector('[name="access"]:checked')?.value === "anyone";
    });
    window.addEventListener("pageshow", () => {
      area.disabled = false;
    });
    if (texts.length > 0 && !holder.firstElementChild) check();
    sync();
  }

  // chipWords are a chip's words as a screen reader says them, a refusal's included.
  const chipWords = (chip) => `${chip.querySelector("span").textContent.trim()}${chip.dataset.recipient ? " added" : ""}`;

  const split = (text) => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];

  // ---- The share form: its choices in a sentence

  const small = ["no one", "one person", "two people", "three people", "four people", "five people", "six people", "seven people", "eight people", "nine people", "ten people"];

  function summarise(form) {
    const sentence = form.querySelector("[data-summary]");
    const chosen = (name) => form.querySelector(`[name="${name}"]:checked`);
    const access = chosen("access");
    const length = chosen("expire_after");
    if (!access || !length || form.querySelector(".primary").disabled) {
      sentence.textContent = "";
      return;
    }
    const named = access.value === "recipients";
    const who = named ? namedWords(form) : "anyone with the link";
    if (!who) {
      sentence.textContent = "Name at least one address or domain.";
      return;
    }
    const until = words(new Date(Date.now() + 1000 * Number(length.dataset.value)));
    const text = `${who} can open this until ${until}, ${oftenWords(Number(chosen("one_time")?.dataset.value || 0), named)}.`;
    sentence.textContent = text[0].toUpperCase() + text.slice(1);
  }

  function namedWords(form) {
    const people = all('[data-kind="email"]', form).length;
    const domains = all('[data-kind="domain"]', form).map((chip) => `anyone at ${chip.dataset.recipient}`);
    const parts = people > 0 ? [small[people] ?? `${people} people`, ...domains] : domains;
    const last = parts.pop();
    return parts.length > 0 ? `${parts.join(", ")} and ${last}` : last;
  }

  function oftenWords(views, named) {
    const each = named ? " for each address" : "";
    if (views === 0) return "any number of times";
    if (views === 1) return named ? "once per address" : "once";
    if (views === 2) return `twice${each}`;
    return `up to ${views} times${each}`;
  }

  function shareForm(form) {
    recipients(form);
    summarise(form);
    form.addEventListener("change", () => summarise(form));
    // A second press would answer with a page that no longer shows the link.
    form.addEventListener("submit", (event) => {
      if (event.submitter?.hasAttribute("formtarget")) return;
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
    window.addEventListener("pageshow", () => {
      delete form.dataset.sent;
      summarise(form);
    });
  }

  // ---- The share sheet of a phone

  function nativeShare(button) {
    if (!navigator.share) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.share({ text: document.getElementById(button.dataset.share).value }).catch(() => {});
    });
  }

  // ---- htmx

  // Addresses stay short: what is empty is left out.
  function dropEmpty(event) {
    const { verb, parameters } = event.detail;
    if (verb !== "get") return;
    for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
  }

  // A list that says why it is empty takes the list's place, whatever its status.
  function beforeSwap(event) {
    const list = event.detail.requestConfig.target;
    if (!event.detail.isError || !list?.id || !event.detail.serverResponse.includes(`id="${list.id}"`)) return;
    event.detail.target = list;
    event.detail.swapOverride = "outerHTML";
  }

  function afterSwap(event) {
    const form = event.detail.requestConfig?.elt;
    if (form?.matches?.("form[data-reveal]") && event.detail.successful) revealed(form);
    if (event.detail.successful) document.getElementById("notice")?.replaceChildren();
  }

  // afterSettle moves the focus where a person looks next: to the list after
  // another page was asked for, nowhere while somebody types.
  function afterSettle(event) {
    localise(document);
    const list = event.detail.elt?.closest?.("[data-announce]") ?? document.querySelector("[data-announce]");
    if (list && event.detail.target?.id === list.id) {
      announce(list.dataset.announce);
      if (event.detail.requestConfig?.elt?.matches("a")) list.focus();
    }
  }

  function offline() {
    const template = document.getElementById("offline");
    document.getElementById("notice").replaceChildren(template.content.cloneNode(true));
  }

  // ---- Start

  document.addEventListener("DOMContentLoaded", () => {
    theme.show(theme.value);
    localise(document);
    document.querySelector("[data-focus]")?.focus();
    document.addEventListener("keydown", onKey);
    for (const form of all("#share-form")) shareForm(form);
    for (const button of all("[data-share]")) if (button.matches("button")) nativeShare(button);
    for (const input of all("[data-select]")) input.addEventListener("focus", () => input.select());
    if (document.querySelector("[data-reveal]")) setInterval(tick, 1000);

    document.addEventListener("click", (event) => {
      const copying = event.target.closest("[data-copy]");
      if (copying) copy(copying);
      if (event.target.closest("[data-theme-switch]")) {
        theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length];
        announce(`Theme: ${theme.value || "as the system"}`);
      }
    });

    document.body.addEventListener("htmx:configRequest", dropEmpty);
    document.body.addEventListener("htmx:beforeRequest", (event) => {
      if (event.target.matches("form[data-reveal]")) beforeReveal(event, event.target);
    });
    document.body.addEventListener("htmx:beforeSwap", beforeSwap);
    document.body.addEventListener("htmx:afterSwap", afterSwap);
    document.body.addEventListener("htmx:afterSettle", afterSettle);
    document.body.addEventListener("htmx:sendError", offline);
  });
})();
