import { protocol } from "./share-link-v1.js";
