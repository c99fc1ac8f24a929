// Times in the reader's time zone.

import { all } from "./app-theme.js";

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
});
const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const zoneFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", timeZoneName: "short" });
export const words = (time) => `${dayFormat.format(time)}, ${clockFormat.format(time)}`;
const zone = (time) =>
  zoneFormat.formatToParts(time).find((part) => part.type === "timeZoneName").value;

export function localise(within) {
  for (const element of all("time[data-time]", within)) {
    const time = new Date(element.dateTime);
    if (element.dataset.time === "absolute") element.textContent = words(time);
    element.title = `${words(time)} ${zone(time)}`;
  }
  for (const element of all("textarea[data-local-time]", within)) {
    const time = new Date(element.dataset.localTime);
    element.value = element.value.replace(
      element.dataset.utcWords,
      `${words(time)} (${zone(time)})`,
    );
  }
}
