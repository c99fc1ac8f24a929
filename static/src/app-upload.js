// Files that people choose, drop on the page or paste: sent to an item one after the other, each
// with its progress.

import { mend } from "./app-mended.js";
import { announce } from "./app-server.js";
import { size } from "./size.js";

// filesGiven calls add with the files that people give a form: by its control, or anywhere on the page.
function filesGiven(form, add) {
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    add(files);
  });
  const here = (name, take) =>
    document.addEventListener(name, (event) => {
      if (form.isConnected) take(event);
    });
  here("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("over");
  });
  here("dragleave", (event) => event.relatedTarget ?? form.classList.remove("over"));
  here("drop", (event) => {
    form.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  here("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const text = event.clipboardData?.types.includes("text/plain");
    if (!files.length || (text && event.target.closest("input, textarea"))) return;
    event.preventDefault();
    add(files);
  });
}

// fileRow adds a row for a file to a form. Its button calls press.
function fileRow(form, file, press) {
  const list = form.querySelector("[data-uploads]");
  const row = form
    .querySelector("[data-upload-row]")
    .content.cloneNode(true).firstElementChild;
  const find = (name) => row.querySelector(`[data-${name}]`);
  find("name").textContent = find("of").textContent = file.name;
  find("cancel").addEventListener("click", () => press());
  list.hidden = false;
  list.append(row);
  return {
    say(note, verb, isBad) {
      find("note").textContent = note;
      find("verb").textContent = verb;
      find("progress").hidden = isBad !== undefined;
      row.classList.toggle("bad", Boolean(isBad));
      if (isBad) announce(`${file.name}: ${note}`);
    },
    progress(loaded, total) {
      Object.assign(find("progress"), { max: total || 1, value: loaded });
      find("note").textContent = `${size(Math.min(loaded, file.size))} of ${size(file.size)}`;
    },
    remove() {
      row.remove();
      list.hidden = !list.childElementCount;
    },
    focus: () => find("cancel").focus(),
  };
}

const tooLarge = (file, most) =>
  file.size > most ? `Larger than ${size(most)}, so it wasn't sent.` : "";

// send posts a form as htmx does, and resolves to the answer's status and document: 0 where there
// was none. progress is called with the bytes sent and to send.
function send(address, body, progress, signal) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("HX-Request", "true");
    request.responseType = "document";
    request.upload.onprogress = ({ loaded, total }) => progress(loaded, total);
    request.onloadend = () => resolve({ status: request.status, page: request.response });
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

let running = 0; // files that are sent or wait to be

addEventListener("beforeunload", (event) => {
  if (running) event.preventDefault();
});

// uploadForm sends the files of a form as soon as they are given.
export function uploadForm(form) {
  let queue = Promise.resolve();
  const enqueue = (file, row, stop) => {
    running++;
    row.say("Waiting…", "Cancel");
    queue = queue.then(async () => {
      if (!stop.signal.aborted) await upload(form, file, row, stop);
      running--;
    });
  };
  filesGiven(form, (files) => {
    for (const file of files) {
      let stop = new AbortController();
      const row = fileRow(form, file, () => {
        if (stop.retry) {
          stop = new AbortController();
          return enqueue(file, row, stop);
        }
        stop.abort();
        row.remove();
        form.querySelector("input[type=file]").focus();
      });
      const reason = tooLarge(file, Number(form.dataset.most));
      if (reason) row.say(reason, "Dismiss", true);
      else enqueue(file, row, stop);
    }
  });
}

async function upload(form, file, row, stop) {
  const body = new FormData();
  body.append("file", file);
  row.say("Starting…", "Cancel");
  const { status, page } = await send(
    form.action,
    body,
    (loaded, total) => row.progress(loaded, total),
    stop.signal,
  );
  if (stop.signal.aborted) return;
  if (status === 200) {
    const place = form.closest("[data-upload-place]");
    place.querySelector("[data-files]").replaceWith(page.querySelector("[data-files]"));
    row.remove();
    announce(`${file.name} added.`);
    return;
  }
  stop.retry = status === 0 || status === 401 || status >= 500;
  const reason = page?.querySelector("[data-error]")?.innerText.trim();
  if (status === 0) row.say("Connection lost.", "Try again", true);
  else if (status === 401) row.say("You've been signed out. Sign in in another tab, then try again.", "Try again", true);
  else row.say(reason || "The file couldn't be added.", stop.retry ? "Try again" : "Dismiss", true);
}

// chosenFiles keeps the files that are given to a form until it is sent with them.
export function chosenFiles(zone) {
  const input = zone.querySelector("input[type=file]");
  let chosen = [];
  const keep = () => {
    const data = new DataTransfer();
    for (const file of chosen) data.items.add(file);
    input.files = data.files;
  };
  filesGiven(zone, (files) => {
    for (const file of files) {
      const row = fileRow(zone, file, () => {
        chosen = chosen.filter((other) => other !== file);
        row.remove();
        keep();
        input.focus();
      });
      const reason = tooLarge(file, Number(zone.dataset.most));
      if (reason) row.say(reason, "Dismiss", true);
      else {
        chosen.push(file);
        row.say(size(file.size), "Remove", false);
        announce(`${file.name} added.`);
        mend(document.getElementById("text"));
      }
    }
    keep();
  });
}

// sending shows the progress of a form that is sent with files, and a button that stops it.
export function sending(form) {
  const bar = form.querySelector("[data-sending]");
  const stop = form.querySelector("[data-stop]");
  const show = (shown) => (bar.hidden = stop.hidden = !shown);
  const isForm = (event) => event.target === form && form.querySelector("input[type=file]")?.files.length;
  form.addEventListener("htmx:beforeSend", (event) => {
    if (!isForm(event)) return;
    bar.removeAttribute("value");
    show(true);
  });
  form.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total, lengthComputable } = event.detail;
    if (isForm(event) && lengthComputable && !bar.hidden)
      Object.assign(bar, { max: total, value: loaded });
  });
  form.addEventListener("htmx:afterRequest", (event) => event.target === form && show(false));
  stop.addEventListener("click", () => {
    form.dispatchEvent(new Event("htmx:abort", { bubbles: true }));
    show(false);
    announce("Cancelled.");
    form.querySelector("[data-testid=make-link]").focus();
  });
}
