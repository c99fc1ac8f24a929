// What the recipient's page needs for an opened item alone. It loads this after the first view.

export { cleanName } from "../../clients/javascript/names.js";
export { asText, categoryInWords, groups } from "./item-text.js";
export { openFile } from "./share-link-v1.js";
export { readTotp, totpCode } from "./totp.js";
