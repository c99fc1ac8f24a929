// The preview of a share: one-time codes run as they will for its recipients.

const ENDED = "Open the preview again";

// runCodes shows one code after the other, each for its time.
export function runCodes(element) {
  const { codes, left, every } = element.dataset;
  const rest = codes.split(",");
  let end = Date.now() + 1000 * left;
  const timer = setInterval(() => {
    while (Date.now() >= end && rest.length > 0) {
      rest.shift();
      end += 1000 * every;
    }
    if (rest.length === 0 || !element.isConnected) clearInterval(timer);
    if (rest.length === 0) {
      element.textContent = ENDED;
      return;
    }
    const seconds = Math.ceil((end - Date.now()) / 1000);
    element.querySelector("[data-code]").textContent = rest[0];
    element.querySelector("[data-seconds]").textContent = seconds;
    element.querySelector("progress").value = seconds;
  }, 250);
}
