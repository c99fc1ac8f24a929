// Times as the reader's browser writes them, in the reader's time zone. The page has them in UTC.

import { all } from "./app-theme.js";

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });
const dayFormat = new Intl.DateTimeFormat(undefined, { month: "long", day: "numeric", timeZone: "UTC" });
const zoneFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", timeZoneName: "short" });
const { locale } = format.resolvedOptions();

export const words = (time) => format.format(time);
const zone = (time) =>
  zoneFormat.formatToParts(time).find((part) => part.type === "timeZoneName").value;

export function localise(within) {
  for (const element of all("time[data-time]", within)) {
    const time = new Date(element.dateTime);
    if (element.dataset.time === "day") {
      element.textContent = dayFormat.format(time);
      element.lang = locale;
      continue;
    }
    if (element.dataset.time === "absolute") {
      element.textContent = words(time);
      element.lang = locale;
    }
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
