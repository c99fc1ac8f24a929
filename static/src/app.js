// The script of the signed-in pages.

import "./htmx.min.js";
import "./page.js";
import "./app-menu.js";
