// Requests to the server, and announcements to screen readers.

export function announce(text) {
  const region = document.getElementById("announcer");
  if (!region || !text) return;
  region.textContent = "";
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}

// fragment posts as htmx does and returns the response as a document.
export async function fragment(address, body, signal) {
  const answer = await fetch(address, {
    method: "POST",
    body,
    signal,
    headers: { "HX-Request": "true" },
  });
  if (answer.headers.get("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
  if (!answer.ok && answer.status !== 422) throw new Error(`status ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
