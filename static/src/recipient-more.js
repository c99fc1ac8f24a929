// What the recipient's page needs for an opened item alone. It loads this before it claims a view.

export { showItem } from "./recipient-item.js";
export { again } from "./recipient-again.js";
export { use } from "./recipient-page.js";
export { openContent, sameTerms } from "./share-link-v1.js";
