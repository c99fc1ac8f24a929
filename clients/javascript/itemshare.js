// itemshare for programs: shares items in the four steps of item sharing, lists and revokes shares,
// and opens links. For Node from 18 on and for browsers.

import { ItemshareError } from "./errors.js";
import { filesOf, unfiledCall } from "./files.js";
import { groupsOf, keepingOf, usersOf } from "./people.js";
import { random } from "./protocol.js";
import { Wire } from "./wire.js";

export { ItemshareError } from "./errors.js";
export { open } from "./opening.js";
export { Secrets } from "./secrets.js";

/** The time after which a link expires. */
export const ItemShareDuration = Object.freeze({
  OneHour: "OneHour",
  OneDay: "OneDay",
  SevenDays: "SevenDays",
  FourteenDays: "FourteenDays",
  ThirtyDays: "ThirtyDays",
});

/** The types of links: for recipients, or for anyone with the link. */
export const AllowedType = Object.freeze({ Authenticated: "Authenticated", Public: "Public" });

/** The types of recipients: one email address, or everyone at a domain. */
export const AllowedRecipientType = Object.freeze({ Email: "Email", Domain: "Domain" });

/** The status of a share. */
export const ItemShareStatus = Object.freeze({
  Active: "active",
  Expired: "expired",
  Viewed: "viewed",
  Revoked: "revoked",
});

/**
 * Returns a client that calls one server as one service account.
 * @param {import("./itemshare.js").ClientConfig} config
 * @returns {import("./itemshare.js").Client}
 */
export function createClient(config) {
  if (typeof config?.token !== "string")
    throw new TypeError("The token of a service account is missing.");
  const api = new Api(new Wire(config));
  return Object.freeze({
    vaults: vaultsOf(api),
    items: itemsOf(api),
    events: eventsOf(api),
    users: usersOf(api, { segment, withDates }),
    groups: groupsOf(api, { segment }),
  });
}

function vaultsOf(api) {
  return Object.freeze({
    list: ({ all, ...options } = {}) =>
      collect(api.pages("/vaults", { all: all ? "true" : undefined }, options)),
    ...keepingOf(api, { segment }),
  });
}

function eventsOf(api) {
  return Object.freeze({
    after: (number = 0, { limit, ...options } = {}) =>
      api.pages("/events", { after: number, limit }, options),
  });
}

function itemsOf(api) {
  return Object.freeze({
    get: async (vaultId, itemId, options) =>
      withDates(await api.get(itemPath(vaultId, itemId), options)),
    list: (vaultId, { q, state, ...options } = {}) =>
      api.pages(itemsPath(vaultId), { q, state }, options),
    create: async ({ vaultId, ...item }, options) =>
      withDates(
        await api.send(
          { method: "POST", path: itemsPath(vaultId), body: item, idempotent: false },
          options,
        ),
      ),
    put: async (item, options) =>
      withDates(
        await api.send(
          {
            method: "PUT",
            path: itemPath(item.vaultId, item.id),
            body: item,
            match: `"${item.version}"`,
            idempotent: false,
          },
          options,
        ),
      ),
    archive: (vaultId, itemId, options) =>
      api.send(
        { method: "POST", path: `${itemPath(vaultId, itemId)}/archive`, read: () => undefined },
        options,
      ),
    delete: (vaultId, itemId, options) =>
      api.send(
        {
          method: "DELETE",
          path: itemPath(vaultId, itemId),
          read: () => undefined,
          idempotent: false,
        },
        options,
      ),
    files: filesOf(api, itemPath, segment),
    shares: sharesOf(api),
  });
}

function sharesOf(api) {
  const revoke = (id, options) =>
    api.send({ method: "DELETE", path: sharePath(id), read: () => undefined }, options);
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
      if (policy.vaultId !== item.vaultId || policy.itemId !== item.id) {
        throw new TypeError("This policy belongs to another item.");
      }
      const path = `${itemPath(item.vaultId, item.id)}/shares`;
      const body = { oneTimeOnly: false, ...params };
      return create(api, { method: "POST", path, body }, options, revoke);
    },
    createUnfiled: async (params, options) => create(api, unfiledCall(params), options, revoke),
    list: ({ status, vault, q, with: recipient, created, from, to, limit, ...options } = {}) =>
      api.pages(
        "/shares",
        { status, vault, q, with: recipient, created, from, to, limit },
        options,
      ),
    get: async (id, options) => withDates(await api.get(sharePath(id), options)),
    views: async (id, options) =>
      (await api.get(`${sharePath(id)}/views`, options)).items.map(withDates),
    revoke,
  });
}

// check rejects a policy that is not from getAccountPolicy: those have the ids of their item.
function check(policy) {
  if (!policy?.vaultId || !policy.itemId) {
    throw new TypeError(
      "This policy belongs to no item: use the one that getAccountPolicy returns.",
    );
  }
}

const MAX_KEYS = 3; // for one share

// create creates one share and returns its link. After a lost answer the request is sent again
// under the same key: if the share was created, the server answers with its id. Its link is lost,
// so the share is revoked and another one created.
async function create(api, call, options, revoke) {
  for (let n = 1; ; n++) {
    try {
      return withDates(await api.send({ ...call, key: await random(24) }, options));
    } catch (error) {
      const shareId = error?.code === "already_created" ? error.shareId : undefined;
      if (!shareId) throw error;
      await revoke(shareId, options).catch((reason) => {
        throw reason instanceof ItemshareError ? Object.assign(reason, { shareId }) : reason;
      });
      if (n === MAX_KEYS) throw error;
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

  /** Yields a list, whose pages are requested when the loop arrives there. */
  async *pages(path, query, options) {
    const entries = Object.entries(query).filter(([, value]) => value !== undefined);
    const parameters = new URLSearchParams(entries);
    for (;;) {
      const search = `${parameters}` && `?${parameters}`;
      const { items, next } = await this.get(path + search, options);
      for (const item of items) yield withDates(item);
      if (!next) return;
      parameters.set("after", next);
    }
  }
}

async function collect(iterator) {
  const all = [];
  for await (const value of iterator) all.push(value);
  return all;
}

const TIMES = [
  "createdAt",
  "updatedAt",
  "expiresAt",
  "endedAt",
  "at",
  "lastSeenAt",
  "invitedUntil",
];

// withDates replaces the times of an answer with Date objects.
function withDates(answer) {
  for (const name of TIMES) if (answer[name]) answer[name] = new Date(answer[name]);
  [answer.undelivered ?? []].flat().forEach(withDates); // a list of a share, one of a person
  if (answer.user) withDates(answer.user);
  return answer;
}

const itemsPath = (vaultId) => `/vaults/${segment(vaultId)}/items`;
const itemPath = (vaultId, itemId) => `${itemsPath(vaultId)}/${segment(itemId)}`;
const sharePath = (id) => `/shares/${segment(id)}`;

// segment returns an id as one segment of a path.
function segment(id) {
  if (typeof id !== "string" || /^\.{0,2}$/.test(id)) throw new TypeError("An id is missing.");
  return encodeURIComponent(id);
}
