// What the recipient's page needs for an opened item alone. It loads this before it claims a view.

export { showItem } from "./recipient-item.js";
export { use } from "./recipient-page.js";
