// itemshare for programs: the four steps from an item to a link, the shares made so
// far, and the opening of a link. For Node from 18 on and for browsers.

import { ItemshareError } from "./errors.js";
import { random } from "./protocol.js";
import { Wire } from "./wire.js";

export { ItemshareError } from "./errors.js";
export { open } from "./opening.js";

/** How long a link lasts. */
export const ItemShareDuration = Object.freeze({
  OneHour: "OneHour",
  OneDay: "OneDay",
  SevenDays: "SevenDays",
  FourteenDays: "FourteenDays",
  ThirtyDays: "ThirtyDays",
});

/** Who may open a link: named recipients, or anyone who has it. */
export const AllowedType = Object.freeze({ Authenticated: "Authenticated", Public: "Public" });

/** What a recipient may be: one address, or everybody at a domain. */
export const AllowedRecipientType = Object.freeze({ Email: "Email", Domain: "Domain" });

/** What became of a share. */
export const ItemShareStatus = Object.freeze({ Active: "active", Expired: "expired", Viewed: "viewed", Revoked: "revoked" });

/**
 * Makes a client of one server, for one service account.
 * @param {import("./itemshare.js").ClientConfig} config
 * @returns {import("./itemshare.js").Client}
 */
export function createClient(config) {
  if (typeof config?.token !== "string") throw new TypeError("The token of a service account is missing.");
  const api = new Api(new Wire(config));
  return Object.freeze({ vaults: vaultsOf(api), items: itemsOf(api) });
}

function vaultsOf(api) {
  return Object.freeze({ list: (options) => collect(api.pages("/vaults", {}, options)) });
}

function itemsOf(api) {
  return Object.freeze({
    get: async (vaultId, itemId, options) => dated(await api.get(itemPath(vaultId, itemId), options)),
    list: (vaultId, { q, ...options } = {}) => api.pages(`/vaults/${segment(vaultId)}/items`, { q }, options),
    shares: sharesOf(api),
  });
}

function sharesOf(api) {
  const revoke = (id, options) => api.send({ method: "DELETE", path: sharePath(id), read: () => undefined }, options);
  return Object.freeze({
    async getAccountPolicy(vaultId, itemId, options) {
      const policy = await api.get(`${itemPath(vaultId, itemId)}/share-policy`, options);
      return { ...policy, maxViews: policy.maxViews || undefined, vaultId, itemId };
    },
    async validateRecipients(policy, recipients, options) {
      check(policy);
      const path = `${itemPath(policy.vaultId, policy.itemId)}/recipients`;
      return api.send({ method: "POST", path, body: { recipients: [...recipients] } }, options);
    },
    async create(item, policy, params, options) {
      check(policy);
      if (policy.vaultId !== item.vaultId || policy.itemId !== item.id) throw new TypeError("This policy belongs to another item.");
      return create(api, item, params, options, revoke);
    },
    list: ({ status, vault, q, limit, ...options } = {}) => api.pages("/shares", { status, vault, q, limit }, options),
    get: async (id, options) => dated(await api.get(sharePath(id), options)),
    revoke,
  });
}

// check refuses what getAccountPolicy did not give: a policy knows its item.
function check(policy) {
  if (!policy?.vaultId || !policy.itemId) throw new TypeError("This policy belongs to no item: take the one that getAccountPolicy gives.");
}

const KEYS = 3; // that one share uses at most

// create makes one link, whatever gets lost on the way: asked again under the same
// key, the server tells of the share whose link nobody has seen. That one is revoked
// before another is made.
async function create(api, item, params, options, revoke) {
  const path = `${itemPath(item.vaultId, item.id)}/shares`;
  for (let n = 1; ; n++) {
    try {
      return dated(await api.send({ method: "POST", path, body: { oneTimeOnly: false, ...params }, key: await random(24) }, options));
    } catch (error) {
      const shareId = error?.code === "already_created" ? error.shareId : undefined;
      if (!shareId) throw error;
      await revoke(shareId, options).catch((failed) => {
        throw failed instanceof ItemshareError ? Object.assign(failed, { shareId }) : failed;
      });
      if (n === KEYS) throw error;
    }
  }
}

class Api {
  #wire;

  constructor(wire) {
    this.#wire = wire;
  }

  send({ path, ...call }, { signal } = {}) {
    return this.#wire.send({ ...call, path: `/api/v1${path}` }, signal);
  }

  get(path, options) {
    return this.send({ method: "GET", path }, options);
  }

  /** Goes through a list, page by page as they are needed. */
  async *pages(path, query, options) {
    const filled = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined));
    for (;;) {
      const search = `${filled}` && `?${filled}`;
      const { items, next } = await this.get(path + search, options);
      for (const item of items) yield dated(item);
      if (!next) return;
      filled.set("after", next);
    }
  }
}

async function collect(iterator) {
  const all = [];
  for await (const one of iterator) all.push(one);
  return all;
}

const TIMES = ["createdAt", "updatedAt", "expiresAt", "endedAt"];

// dated turns the times of an answer into dates.
function dated(answer) {
  for (const name of TIMES) if (answer[name]) answer[name] = new Date(answer[name]);
  return answer;
}

const itemPath = (vaultId, itemId) => `/vaults/${segment(vaultId)}/items/${segment(itemId)}`;
const sharePath = (id) => `/shares/${segment(id)}`;

// segment keeps an id one part of the path.
function segment(id) {
  if (typeof id !== "string" || /^\.{0,2}$/.test(id)) throw new TypeError("An id is missing.");
  return encodeURIComponent(id);
}
