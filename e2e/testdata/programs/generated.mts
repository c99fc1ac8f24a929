// A program in strict TypeScript that uses types generated from the API's description.
import type { components, operations } from "./api.js";

type Schemas = components["schemas"];

// Everything about a share has a default, so nothing is required.
export const least: Schemas["ShareRequest"] = {};
export const usual: Schemas["ShareRequest"] = {
  recipients: ["ann@client.example", { type: "Domain", parameters: { domain: "agency.example" } }],
  expireAfter: "SevenDays",
  oneTimeOnly: true,
};
export const page: operations["listItems"]["parameters"]["query"] = { limit: 10 };
export const firstPage: operations["listShares"]["parameters"]["query"] = {};

export function concealed(item: Schemas["Item"]): string[] {
  return item.fields.filter((field) => field.fieldType === "Concealed").map((field) => field.value);
}

export function nextPage(list: Schemas["ShareList"]): string | undefined {
  return list.next;
}

export function recipientsOf(share: Schemas["Share"]): (string | undefined)[] {
  return share.recipients.map((to) => (to.type === "Email" ? to.parameters.email : to.parameters.domain));
}

// @ts-expect-error A link to open has an id and a token.
export const noToken: Schemas["LinkRequest"] = { id: "" };
