// People, groups and access to vaults, for service accounts that may manage people.

import { ItemshareError } from "./errors.js";

const nothing = () => undefined;

const userPath = (segment, id) => `/users/${segment(id)}`;
const groupPath = (segment, id) => `/groups/${segment(id)}`;

/** Returns the calls about people. */
export function usersOf(api, { segment, withDates }) {
  const path = (id) => userPath(segment, id);
  return Object.freeze({
    list: ({ q, limit, ...options } = {}) => api.pages("/users", { q, limit }, options),
    async find(email, options) {
      if (!email) throw new TypeError("An email address is missing.");
      for await (const user of api.pages("/users", { email }, options)) return user;
      throw new ItemshareError("Nobody has this email address.", { code: "not_found", status: 404 });
    },
    get: async (id, options) => withDates(await api.get(path(id), options)),
    invite: async (params, options) =>
      withDates(
        await api.send({ method: "POST", path: "/users", body: params, idempotent: false }, options),
      ),
    inviteAgain: async (id, options) =>
      withDates(await api.send({ method: "POST", path: `${path(id)}/invitation` }, options)),
    resetPassword: async (id, options) =>
      withDates(await api.send({ method: "POST", path: `${path(id)}/password-reset` }, options)),
    access: (id, options = {}) => api.pages(`${path(id)}/access`, {}, options),
    update: async (id, params, options) =>
      withDates(await api.send({ method: "PATCH", path: path(id), body: params }, options)),
    remove: (id, { links, to, ...options } = {}) =>
      api.send(
        {
          method: "DELETE",
          path: `${path(id)}${queryOf({ links, to })}`,
          read: nothing,
          idempotent: false,
        },
        options,
      ),
  });
}

/** Returns the calls about groups. */
export function groupsOf(api, { segment }) {
  const path = (id) => groupPath(segment, id);
  const setMember = (method) => (id, userId, options) =>
    api.send({ method, path: `${path(id)}/members/${segment(userId)}`, read: nothing }, options);
  return Object.freeze({
    list: ({ q, limit, ...options } = {}) => api.pages("/groups", { q, limit }, options),
    get: (id, options) => api.get(path(id), options),
    create: (name, options) =>
      api.send({ method: "POST", path: "/groups", body: { name }, idempotent: false }, options),
    rename: (id, name, options) =>
      api.send({ method: "PATCH", path: path(id), body: { name } }, options),
    delete: (id, options) =>
      api.send({ method: "DELETE", path: path(id), read: nothing, idempotent: false }, options),
    members: (id, { q, limit, ...options } = {}) =>
      api.pages(`${path(id)}/members`, { q, limit }, options),
    access: (id, options = {}) => api.pages(`${path(id)}/access`, {}, options),
    addMember: setMember("PUT"),
    removeMember: setMember("DELETE"),
  });
}

/** Returns the calls about vaults themselves, and about who can do what in one. */
export function keepingOf(api, { segment }) {
  const vaultPath = (id) => `/vaults/${segment(id)}`;
  const path = (vaultId) => `${vaultPath(vaultId)}/access`;
  const change = (id, body, options) =>
    api.send({ method: "PATCH", path: vaultPath(id), body }, options);
  const set = (holder) => (vaultId, id, rights, options) =>
    api.send(
      {
        method: "PUT",
        path: path(vaultId) + holder(segment, id),
        body: { rights: [...rights] },
        read: nothing,
      },
      options,
    );
  const remove = (holder) => (vaultId, id, options) =>
    api.send(
      { method: "DELETE", path: path(vaultId) + holder(segment, id), read: nothing },
      options,
    );
  return {
    get: (id, options) => api.get(vaultPath(id), options),
    create: (title, options) =>
      api.send({ method: "POST", path: "/vaults", body: { title }, idempotent: false }, options),
    rename: (id, title, options) => change(id, { title }, options),
    archive: (id, options) => change(id, { archived: true }, options),
    restore: (id, options) => change(id, { archived: false }, options),
    access: (vaultId, { q, limit, ...options } = {}) =>
      api.pages(path(vaultId), { q, limit }, options),
    setUserAccess: set(userPath),
    removeUserAccess: remove(userPath),
    setGroupAccess: set(groupPath),
    removeGroupAccess: remove(groupPath),
  };
}

function queryOf(parameters) {
  const query = new URLSearchParams(
    Object.entries(parameters).filter(([, value]) => value !== undefined),
  );
  return `${query}` && `?${query}`;
}
