// The client with a running itemshare, whose address is in the environment. The proxy of the
// project's e2e tests is in front of it: below /~{fault}/… it does what a bad network does.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";

import { createClient, ItemShareDuration, open } from "../itemshare.js";

const {
  ITEMSHARE_URL: url,
  ITEMSHARE_TOKEN: token,
  ITEMSHARE_READER_TOKEN: reader,
  ITEMSHARE_EDITOR_TOKEN: editor,
  ITEMSHARE_EVENTS_TOKEN: follower,
  ITEMSHARE_PEOPLE_TOKEN: manager,
  ITEMSHARE_FILE_SHA256: fileHash,
} = process.env;
if (!url || !token || !reader || !editor || !follower || !manager || !fileHash)
  throw new Error("These tests need a running itemshare, which make e2e starts.");

const client = createClient({ url, token });
const { shares } = client.items;
const vault = async (title) => (await client.vaults.list()).find((entry) => entry.title === title);
const all = async (list) => {
  const found = [];
  for await (const entry of list) found.push(entry);
  return found;
};
const prepare = async (from = client, q = "Accounting portal") => {
  const { value: found } = await from.items.list((await vault("Team")).id, { q }).next();
  const item = await from.items.get(found.vaultId, found.id);
  return { item, policy: await from.items.shares.getAccountPolicy(item.vaultId, item.id) };
};
const code = async () => {
  const outbox = await fetch(`${url}/demo/outbox`, { headers: { Accept: "application/json" } });
  return /\d{8}/.exec((await outbox.json())[0].text)[0];
};

// withFault returns a client whose first matching calls fail, and a function that returns its
// calls.
let clients = 0;
function withFault(fault, match, times, more) {
  const name = `js${++clients}`;
  const base = `${url}/~${fault}/${match}/${times}/${name}`;
  const seen = async (verb) => {
    const calls = await (await fetch(`${url}/~seen/${name}`)).json();
    return verb ? calls.filter((call) => `${call.method} ${call.path}`.includes(verb)) : calls;
  };
  return {
    client: createClient({ url: base, token, ...more }),
    through: (link) => link.replace(url, base),
    seen,
  };
}
const countActive = async (item) =>
  (await all(shares.list({ status: "active", limit: 100 }))).filter(
    (share) => share.itemId === item.id,
  ).length;

test("following the events", async () => {
  const { events } = createClient({ url, token: follower });
  const first = await all(events.after(0, { limit: 2 }));
  assert.deepEqual(
    first.map((event) => event.number),
    first.map((_, index) => index + 1),
  );
  const { item, policy } = await prepare();
  const share = await shares.create(item, policy, { expireAfter: ItemShareDuration.OneHour });
  let created;
  while (!created) {
    const next = await all(events.after(first.at(-1)?.number ?? 0));
    created = next.find((event) => event.subject === share.id);
  }
  assert.equal(created.kind, "share.created");
  assert.ok(created.at instanceof Date && created.detail.expires_at);
  await assert.rejects(all(client.events.after(0)), { code: "forbidden" });
});

test("people are invited into a group with access, found and removed", async () => {
  const { users, groups, vaults } = createClient({ url, token: manager });
  const { id: vaultId } = (await vaults.list({ all: true })).find((v) => v.title === "Team");
  const group = await groups.create("Node developers");
  await assert.rejects(groups.create("node Developers"), { code: "conflict", status: 409 });
  await vaults.setGroupAccess(vaultId, group.id, ["reveal", "share"]);
  const invited = await users.invite({
    email: "zoe@node.example",
    name: "Zoe",
    groups: [group.id],
  });
  assert.ok(invited.expiresAt instanceof Date && invited.user.invitedUntil instanceof Date);
  assert.equal(invited.link, undefined); // it was sent by email
  const { id } = invited.user;
  await users.inviteAgain(id);
  await assert.rejects(users.resetPassword(id), { code: "conflict" });
  await vaults.setUserAccess(vaultId, id, new Set(["edit"]));
  const [access] = await all(vaults.access(vaultId, { q: "zoe@node" }));
  assert.deepEqual(access.rights, ["view", "reveal", "share", "edit"]);
  assert.deepEqual(
    access.sources.map((source) => source.groupId),
    [undefined, group.id],
  );
  const [rights] = await all(users.access(id));
  assert.deepEqual(
    [rights.vaultId, rights.rights, rights.sources],
    [vaultId, access.rights, access.sources],
  );
  const [given] = await all(groups.access(group.id));
  assert.deepEqual([given.vaultId, given.rights], [vaultId, ["view", "reveal", "share"]]);
  await vaults.removeUserAccess(vaultId, id);
  await groups.removeMember(group.id, id);
  await groups.addMember(group.id, id);
  assert.deepEqual(
    (await all(groups.members(group.id))).map((user) => user.id),
    [id],
  );
  await vaults.removeGroupAccess(vaultId, group.id);
  assert.equal((await groups.rename(group.id, "Node engineers")).name, "Node engineers");
  assert.equal((await all(groups.list({ q: "node eng" })))[0].memberCount, 1);
  await groups.delete(group.id);
  await assert.rejects(groups.get(group.id), { code: "not_found" });

  const admin = await users.find("Admin@example.com");
  await assert.rejects(users.update(admin.id, { role: "member" }), { code: "conflict" });
  const changed = await users.update(id, { name: "Zoë", status: "suspended" });
  assert.deepEqual([changed.name, changed.status, changed.role], ["Zoë", "suspended", "member"]);
  await users.remove(id);
  await assert.rejects(users.find("zoe@node.example"), { code: "not_found" });
  const member = await users.find("member@example.com");
  const reset = await users.resetPassword(member.id);
  assert.ok(reset.expiresAt instanceof Date && reset.user.createdAt instanceof Date);
  assert.equal(reset.link, undefined);
  await assert.rejects(users.remove(member.id), { code: "invalid", status: 422 });
  await users.remove(member.id, { links: "handOver", to: admin.id });
  await assert.rejects(users.get(member.id), { code: "not_found" });
  await assert.rejects(all(client.users.list()), { code: "forbidden" });
});

test("vaults are created, renamed, archived and restored", async () => {
  const { vaults } = createClient({ url, token: manager });
  const { id } = await vaults.create("Node contractors");
  await assert.rejects(vaults.create("node Contractors"), { code: "conflict", status: 409 });
  assert.equal((await vaults.rename(id, "Node partners")).title, "Node partners");
  assert.equal((await vaults.archive(id)).archived, true);
  assert.equal((await vaults.get(id)).archived, true);
  assert.equal((await vaults.restore(id)).archived, undefined);
  assert.deepEqual(await all(vaults.access(id)), []);
  await assert.rejects(client.vaults.create("Node own"), { code: "forbidden" });
});

test("the four steps, and the opening of the link", async () => {
  const { item, policy } = await prepare();
  assert.ok(item.fields.length > 0 && item.updatedAt instanceof Date);
  assert.ok(policy.allowedTypes.includes("Public") && policy.files.maxSize > 0);
  const share = await shares.create(item, policy, { expireAfter: ItemShareDuration.OneHour });
  assert.ok(share.link.startsWith(`${url}/s#`) && share.expiresAt - Date.now() <= 3600_000);

  const { content, terms } = await open(share.link);
  assert.equal(content.title, item.title);
  for (const field of content.fields)
    assert.ok(
      item.fields.some((entry) => entry.value === field.value && entry.fieldType === field.type),
      field.title,
    );
  assert.deepEqual(terms.expiresAt, share.expiresAt);
  assert.equal(terms.audience, "anyone");

  const stored = await shares.get(share.id);
  assert.deepEqual(
    [stored.itemId, stored.status, stored.views, stored.audience],
    [item.id, "active", 1, "anyone"],
  );
  assert.ok(
    (await all(shares.list({ vault: item.vaultId }))).some((entry) => entry.id === share.id),
  );
  await shares.revoke(share.id);
  await shares.revoke(share.id);
  assert.equal((await shares.get(share.id)).status, "revoked");
  await assert.rejects(open(share.link), { name: "ItemshareError", code: "revoked", status: 410 });
});

test("items are created, replaced, archived and deleted", async () => {
  const { items, vaults } = createClient({ url, token: editor });
  const [{ id: vaultId }] = await vaults.list();
  const fields = [{ title: "password", fieldType: "Concealed", value: "a \u0000 漢 <b>" }];
  const made = await items.create({ vaultId, category: "Login", title: "From Node", fields });
  assert.equal(made.version, 1);
  assert.deepEqual(await items.get(vaultId, made.id), made);
  const put = await items.put({ ...made, title: "Of Node", tags: ["js"] });
  assert.deepEqual([put.version, put.title, put.fields], [2, "Of Node", made.fields]);
  await assert.rejects(items.put(made), { code: "conflict", status: 412 });
  await assert.rejects(items.delete(vaultId, made.id), { code: "conflict", status: 409 });
  await items.archive(vaultId, made.id);
  assert.deepEqual(await all(items.list(vaultId, { q: "of node" })), []);
  const [archived] = await all(items.list(vaultId, { q: "of node", state: "archived" }));
  assert.deepEqual([archived.id, archived.state], [made.id, "archived"]);
  await items.delete(vaultId, made.id);
  await assert.rejects(items.get(vaultId, made.id), { code: "not_found" });
  const refused = { vaultId, category: "Login", title: "", fields: [{ value: "x", fieldType: "?" }] };
  await assert.rejects(items.create(refused), ({ problems }) => {
    assert.deepEqual(problems.map(({ field }) => field), ["fields.0.fieldType", "title"]);
    return true;
  });
});

test("files of items are attached, read and deleted", async () => {
  const { items, vaults } = createClient({ url, token: editor });
  const [{ id: vaultId }] = await vaults.list();
  const { id } = await items.create({ vaultId, category: "SecureNote", title: "Of files" });
  const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n % 251);
  const attached = await items.files.attach(vaultId, id, {
    name: 'a "plan" & 漢.bin',
    type: "application/pdf",
    content: new Blob([bytes]),
  });
  assert.deepEqual(
    [attached.name, attached.size, attached.type],
    ['a "plan" & 漢.bin', bytes.length, "application/pdf"],
  );
  const empty = await items.files.attach(vaultId, id, { name: "empty", content: "" });
  assert.deepEqual(Buffer.from(await items.files.read(vaultId, id, attached.id)), Buffer.from(bytes));
  assert.equal((await items.files.read(vaultId, id, empty.id)).length, 0);
  assert.deepEqual((await items.get(vaultId, id)).files, [attached, empty]);
  const first = await items.files.stream(vaultId, id, attached.id).next();
  assert.ok(first.value.length > 0);

  const { client: cut } = withFault("cut", "GET.files", 9, { token: editor, tries: 1 });
  await assert.rejects(cut.items.files.read(vaultId, id, attached.id), { code: "unreachable" });
  const { client: lost, seen } = withFault("lose", "POST.files", 1, { token: editor });
  const again = { name: "lost", content: "x" };
  await assert.rejects(lost.items.files.attach(vaultId, id, again), { code: "unreachable" });
  assert.equal((await seen("POST")).length, 1, "a file was sent twice");
  const stop = new AbortController();
  stop.abort();
  await assert.rejects(items.files.attach(vaultId, id, again, { signal: stop.signal }), {
    name: "AbortError",
  });

  await items.files.delete(vaultId, id, attached.id);
  await assert.rejects(items.files.read(vaultId, id, attached.id), { code: "not_found" });
  await assert.rejects(items.files.attach(vaultId, id, { name: "", content: "x" }), {
    code: "invalid",
    status: 422,
  });
});

test("what is in no vault is shared, with files and without", async () => {
  const text = { title: "Door", fields: [{ title: "Code", fieldType: "Concealed", value: "2468\n" }] };
  const share = await shares.createUnfiled({ ...text, expireAfter: "OneHour", oneTimeOnly: true });
  const { content, terms } = await open(share.link);
  assert.deepEqual(
    [content.title, content.fields[0].value, terms.maxViews],
    ["Door", "2468\n", 1],
  );
  assert.equal((await shares.get(share.id)).itemId, "");

  const bytes = Uint8Array.from({ length: 100_000 }, (_, n) => n % 253);
  const files = [
    { name: 'plan "b" 漢.bin', type: "application/pdf", content: bytes },
    { name: "note.txt", content: "a\r\nb\n" },
  ];
  const opened = await open((await shares.createUnfiled({ notes: "N", files })).link);
  assert.deepEqual(
    opened.content.files.map(({ size }) => size),
    [bytes.length, 5],
  );
  assert.equal(opened.content.notes, "N");
  assert.deepEqual(Buffer.from(await opened.files[0].bytes()), Buffer.from(bytes));

  for (const fault of ["lose", "cut"]) {
    const { client: patient, seen } = withFault(fault, "POST.shares", 1);
    const kept = await patient.items.shares.createUnfiled({ ...text, files });
    assert.deepEqual(
      (await seen()).map((call) => call.method),
      ["POST", "POST", "DELETE", "POST"],
    );
    assert.equal((await open(kept.link)).content.title, "Door");
  }
  await assert.rejects(shares.createUnfiled({}), { code: "invalid", status: 422 });
  await assert.rejects(createClient({ url, token: reader }).items.shares.createUnfiled(text), {
    code: "forbidden",
  });
});

test("recipients verify their address", async () => {
  const { item, policy } = await prepare();
  const recipients = await shares.validateRecipients(policy, [
    "Ann@Client.Example",
    "agency.example",
  ]);
  assert.deepEqual(
    recipients.map((entry) => entry.type),
    ["Email", "Domain"],
  );
  const share = await shares.create(item, policy, { recipients, oneTimeOnly: true });
  await assert.rejects(open(share.link), { code: "verification_required" });
  await assert.rejects(open(share.link, { email: "ann@client.example", code: () => "00000000" }), {
    code: "code_invalid",
    status: 401,
  });
  const requests = [];
  const opened = await open(share.link, {
    email: "bob@agency.example",
    code: (about) => requests.push(about) && code(),
  });
  assert.deepEqual(
    [opened.content.title, opened.terms.maxViews, opened.terms.audience],
    [item.title, 1, "recipients"],
  );
  assert.deepEqual(requests, [{ email: "bob@agency.example", sharedBy: "Test" }]);
  await assert.rejects(open(share.link, { email: "bob@agency.example", code }), {
    code: "viewed",
    status: 410,
  });

  const views = await shares.views(share.id);
  assert.deepEqual(
    views.map((view) => [view.email, view.views, view.at instanceof Date]),
    [["bob@agency.example", 1, true]],
  );
  assert.equal((await shares.get(share.id)).undelivered, undefined);
  for (const query of [{ with: "agency.example" }, { created: "7days" }, { from: "2020-01-01" }])
    assert.ok((await all(shares.list(query))).some((entry) => entry.id === share.id));
  for (const query of [{ with: "nobody@client.example" }, { to: "2020-01-01" }])
    assert.deepEqual(await all(shares.list(query)), []);
  await assert.rejects(all(shares.list({ with: "ann@" })), { code: "invalid", status: 422 });
});

test("lists request a page at a time", async () => {
  const { item, policy } = await prepare();
  for (let n = 0; n < 3; n++) await shares.create(item, policy, {});
  const { client: watched, seen } = withFault("none", "GET.none", 0);
  const list = watched.items.shares.list({ limit: 2 });
  await list.next();
  assert.equal((await seen()).length, 1);
  const rest = await all(list);
  assert.ok(rest.length >= 2 && (await seen()).length >= 2);
  assert.equal(new Set(rest.map((share) => share.id)).size, rest.length);
});

test("files are read in chunks, each verified", async () => {
  const { value: found } = await client.items.list((await vault("Imported")).id).next();
  const item = await client.items.get(found.vaultId, found.id);
  const policy = await shares.getAccountPolicy(item.vaultId, item.id);
  const share = await shares.create(item, policy, { files: true });
  const { files } = await open(share.link);
  assert.deepEqual(
    files.map(({ name, size }) => [name, size]),
    [["large file.bin", item.files[0].size]],
  );
  assert.equal(
    createHash("sha256")
      .update(await files[0].bytes())
      .digest("hex"),
    fileHash,
  );
  const sizes = (await all(files[0].stream())).map((chunk) => chunk.length);
  assert.equal(sizes.length, 3);

  for (const fault of ["lose", "cut", "busy"]) {
    const { through } = withFault(fault, "POST.file", 1);
    const opened = await open(through(share.link));
    assert.equal(
      createHash("sha256")
        .update(await opened.files[0].bytes())
        .digest("hex"),
      fileHash,
      fault,
    );
  }
  for (const fault of ["changed", "longer"]) {
    const { through } = withFault(fault, "POST.file", 1);
    const [file] = (await open(through(share.link))).files;
    await assert.rejects(file.bytes(), { code: "damaged" }, fault);
  }
});

test("an error has all problems", async () => {
  const { item, policy } = await prepare();
  await assert.rejects(client.items.get(item.vaultId, "nothing"), {
    name: "ItemshareError",
    code: "not_found",
    status: 404,
  });
  await assert.rejects(prepare(createClient({ url, token: "itemshare_wrong" })), {
    code: "unauthenticated",
    status: 401,
  });
  await assert.rejects(createClient({ url, token: reader }).items.shares.create(item, policy, {}), {
    code: "forbidden",
    status: 403,
  });
  await assert.rejects(
    shares.validateRecipients(policy, ["ann@client.example", "ann@", "gmail.com"]),
    (error) => {
      assert.deepEqual(
        [error.status, error.code, error.problems.length],
        [422, "recipient_invalid", 2],
      );
      return error.problems.every(
        (problem) => problem.detail && error.message.includes(problem.detail),
      );
    },
  );
  // A misspelt choice creates no link that opens more often than was meant.
  await assert.rejects(shares.create(item, policy, { onetimeOnly: true }), {
    code: "invalid",
    status: 422,
  });
  await assert.rejects(shares.create(item, { ...policy, itemId: "other" }, {}), TypeError);
  await assert.rejects(shares.validateRecipients({}, []), TypeError);
  await assert.rejects(client.items.get(item.vaultId, ".."), TypeError);
});

test("no error and no printed value contains the token", async () => {
  const shown = (value) =>
    inspect(value, { showHidden: true, depth: Infinity, getters: true }) +
    JSON.stringify(value) +
    `${value?.stack}`;
  const { item } = await prepare();
  const unknown = await client.items.get(item.vaultId, "nothing").catch((error) => error);
  const gone = await createClient({ url: "http://localhost:9", token, tries: 1 })
    .vaults.list()
    .catch((error) => error);
  assert.equal(gone.code, "unreachable");
  let broken;
  assert.throws(
    () => createClient({ url, token: `${token}\n` }),
    (error) => (broken = error) instanceof TypeError,
  );
  for (const value of [client, client.items, client.items.shares.create, unknown, gone, broken])
    assert.ok(!shown(value).includes(token));
});

test("a token is sent over https, or to this machine", () => {
  for (const good of [
    "https://share.example.com",
    "https://share.example.com/team/",
    "http://localhost:8080",
    "http://127.0.0.1:1",
    "http://[::1]:1",
  ])
    createClient({ url: good, token });
  for (const bad of [
    "http://share.example.com",
    "http://localhost.example.com",
    "ftp://localhost",
    "https://user@share.example.com",
    "https://share.example.com/?q",
    "share.example.com",
    "",
  ]) {
    assert.throws(() => createClient({ url: bad, token }), TypeError, bad);
  }
  assert.throws(() => createClient({ url }), TypeError);
});

test("calls are repeated where that is safe", async () => {
  await Promise.all(
    ["lose", "refuse", "cut", "busy", "limited", "foreign"].map(async (fault) => {
      const { client: patient, seen } = withFault(fault, "GET.vaults", 2);
      const before = Date.now();
      assert.ok((await patient.vaults.list()).length > 0, fault);
      assert.equal((await seen()).length, 3, fault);
      if (["busy", "limited"].includes(fault))
        assert.ok(Date.now() - before >= 2000, `${fault} was not given its time`);
    }),
  );
  const { client: hasty, seen } = withFault("lose", "GET.vaults", 9, { tries: 2 });
  await assert.rejects(hasty.vaults.list(), { code: "unreachable", status: 0 });
  assert.equal((await seen()).length, 2);
  const { client: stored, seen: once } = withFault("limited-900", "GET.vaults", 9);
  await assert.rejects(stored.vaults.list(), {
    code: "too_many_attempts",
    status: 429,
    retryAfter: 900,
  });
  assert.equal((await once()).length, 1);
});

test("a revocation whose answer is lost is sent again", async () => {
  const { item, policy } = await prepare();
  const share = await shares.create(item, policy, {});
  const { client: patient, seen } = withFault("lose", "DELETE.shares", 1);
  await patient.items.shares.revoke(share.id);
  assert.equal((await seen("DELETE")).length, 2);
  assert.equal((await shares.get(share.id)).status, "revoked");
});

test("a share whose link was lost is revoked, and another created", async () => {
  for (const fault of ["lose", "cut", "unsure"]) {
    const { item, policy } = await prepare();
    const before = await countActive(item);
    const { client: patient, seen } = withFault(fault, "POST.shares", 1);
    const share = await patient.items.shares.create(item, policy, {});
    const calls = await seen();
    assert.deepEqual(
      calls.map((call) => call.method),
      ["POST", "POST", "DELETE", "POST"],
    );
    assert.ok(
      calls[0].key &&
        calls[0].key === calls[1].key &&
        calls[3].key &&
        calls[3].key !== calls[0].key,
    );
    assert.equal(
      await countActive(item),
      before + 1,
      "one link is active, and it is the one returned",
    );
    assert.equal((await open(share.link)).content.title, item.title);
  }
});

test("a call that never arrived is repeated with the same key", async () => {
  const { item, policy } = await prepare();
  const before = await countActive(item);
  for (const fault of ["refuse", "busy"]) {
    const { client: patient, seen } = withFault(fault, "POST.shares", 2);
    await patient.items.shares.create(item, policy, {});
    assert.equal(new Set((await seen("POST")).map((call) => call.key)).size, 1, fault);
    assert.equal((await seen()).length, 3, fault);
  }
  assert.equal(await countActive(item), before + 2);
});

test("without any answer, the code is not_known", async () => {
  const { item, policy } = await prepare();
  for (const [fault, code, calls] of [
    ["lose", "not_known", 2],
    ["foreign", "not_known", 2],
    ["unsure", "not_known", 2],
    ["unknown", "link_unknown", 1],
  ]) {
    const { client: patient, seen } = withFault(fault, "POST.shares", 9, { tries: 2 });
    await assert.rejects(
      patient.items.shares.create(item, policy, {}),
      { name: "ItemshareError", code },
      fault,
    );
    assert.equal((await seen()).length, calls, fault);
  }
});

test("a request for a code is not repeated, an opening is", async () => {
  const { item, policy } = await prepare();
  const share = await shares.create(item, policy, { recipients: ["ann@client.example"] });
  const { through, seen } = withFault("lose", "POST.code", 1);
  await assert.rejects(open(through(share.link), { email: "ann@client.example", code }), {
    code: "unreachable",
  });
  assert.equal((await seen("code")).length, 1);

  const { through: limited, seen: tries } = withFault("limited", "POST.peek", 9);
  await assert.rejects(open(limited(share.link)), { code: "too_many_attempts", status: 429 });
  assert.equal(
    (await tries()).length,
    1,
    "a limit of a link lasts: waiting is the caller's choice",
  );

  const single = await shares.create(item, policy, { oneTimeOnly: true });
  const { through: broken, seen: opens } = withFault("lose", "POST.open", 2);
  assert.equal((await open(broken(single.link))).content.title, item.title);
  assert.equal((await opens("open")).length, 3);
  assert.ok(
    (await opens()).every((call) => !call.token),
    "the service account's token is none of the link's",
  );
  assert.equal((await shares.get(single.id)).views, 1);

  const once = await shares.create(item, policy, { oneTimeOnly: true });
  const { through: unsure, seen: repeats } = withFault("unsure", "POST.open", 3);
  assert.equal((await open(unsure(once.link))).content.title, item.title);
  assert.equal((await repeats("open")).length, 4);
  assert.equal((await shares.get(once.id)).views, 1);
  const { through: mailing, seen: mails } = withFault("unsure", "POST.code", 1);
  await assert.rejects(open(mailing(share.link), { email: "ann@client.example", code }), {
    code: "unknown_outcome",
  });
  assert.equal((await mails("code")).length, 1);
});

test("a link with other terms than were sealed does not open", async () => {
  const { item, policy } = await prepare();
  const share = await shares.create(item, policy, {});
  const { through: both } = withFault("later", "POST.s", 2);
  await assert.rejects(open(both(share.link)), { code: "damaged" });
  const { through: later } = withFault("later", "POST.open", 1);
  await assert.rejects(open(later(share.link)), { code: "damaged" });
  await assert.rejects(open(share.link.slice(0, -1)), { code: "link_invalid" });
});

test("redirects are not followed", async () => {
  const { client: led } = withFault("elsewhere", "GET.vaults", 9);
  await assert.rejects(led.vaults.list(), { code: "unexpected_answer" });
  assert.deepEqual(await (await fetch(`${url}/~seen/caught`)).json(), []);
});

test("a call ends at its time limit, or when it is aborted", async () => {
  const { client: short, seen } = withFault("hang", "GET.vaults", 9, { timeout: 1000, tries: 2 });
  await assert.rejects(short.vaults.list(), { code: "timeout" });
  assert.equal((await seen()).length, 2);
  await assert.rejects(
    withFault("drip", "GET.vaults", 9, { timeout: 200, tries: 1 }).client.vaults.list(),
    { code: "timeout" },
  );

  const stop = new AbortController();
  const { client: waiting } = withFault("hang", "GET.vaults", 9);
  setTimeout(() => stop.abort(), 50);
  await assert.rejects(waiting.vaults.list({ signal: stop.signal }), { name: "AbortError" });
  const { client: pausing } = withFault("limited-20", "GET.vaults", 9);
  const before = Date.now();
  await assert.rejects(pausing.vaults.list({ signal: AbortSignal.timeout(100) }), {
    name: "TimeoutError",
  });
  assert.ok(Date.now() - before < 10_000, "the pause went on");
  const { client: none, seen: calls } = withFault("hang", "GET.vaults", 9);
  await assert.rejects(none.vaults.list({ signal: stop.signal }), { name: "AbortError" });
  assert.deepEqual(await calls(), []);
});
