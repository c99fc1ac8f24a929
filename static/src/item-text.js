// The item in words: its category, its rows by heading, and the text that is downloaded.

// categoryInWords turns the SDK's ApiCredentials into "API credentials".
export function categoryInWords(category = "") {
  if (category === "" || category === "Unsupported") return "Item";
  const words = category.replace(
    /([a-z])([A-Z])/g,
    (_, end, start) => `${end} ${start.toLowerCase()}`,
  );
  return words.replace(/^(Api|Ssh)\b/, (word) => word.toUpperCase());
}

// groups returns the item's rows by heading: first the fields of no section, after
// the title if it is too long for the top of the page.
export function groups({ title = "", fields = [], sections = [], websites = [], notes }) {
  const parts = new Map(sections.map(({ id, title: heading }) => [id, { heading, fields: [] }]));
  const rest = [];
  for (const field of fields) (parts.get(field.section)?.fields ?? rest).push(field);
  const sites = websites.map(({ label, url }) => ({
    title: label || "Website",
    type: "Url",
    value: url,
  }));
  const long = title.length > 200 ? [{ title: "Title", type: "Text", value: title }] : [];
  return [
    { fields: [...long, ...rest] },
    ...parts.values(),
    { heading: "Websites", fields: sites },
    { fields: [{ title: "Notes", type: "Notes", value: notes }] },
  ]
    .map((group) => ({ ...group, fields: group.fields.filter(({ value }) => value) }))
    .filter((group) => group.fields.length);
}

export function asText(item) {
  const lines = [item.title, categoryInWords(item.category), ""];
  for (const { heading, fields } of groups(item)) {
    if (heading) lines.push(heading);
    for (const { title, value } of fields) {
      lines.push(`${title}:${value.includes("\n") ? "\n" : " "}${value}`);
    }
    lines.push("");
  }
  if (item.tags?.length) lines.push(`Tags: ${item.tags.join(", ")}`);
  return lines.join("\n");
}

// holding says what asText holds of the item, and what it leaves out.
export function holding({ fields = [], files = [] }) {
  const hasKey = fields.some(({ type, value }) => type === "Totp" && value);
  const key = hasKey ? ", and the key of the one-time password" : "";
  const without = files.length ? ", but no files" : "";
  return `It holds every field, hidden ones too${key}${without}. The download isn't encrypted.`;
}
