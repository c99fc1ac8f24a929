// Shares an item in four steps and opens the link, with `itemshare serve --demo`.
import { createClient, ItemShareDuration, open } from "./itemshare.js";

const { ITEMSHARE_URL: url, ITEMSHARE_TOKEN: token } = process.env;
const client = createClient({ url, token });
const [vault] = await client.vaults.list();
const { value: first } = await client.items.list(vault.id).next();

const item = await client.items.get(vault.id, first.id);
const policy = await client.items.shares.getAccountPolicy(item.vaultId, item.id);
const to = ["ann@client.example", "agency.example"];
const recipients = await client.items.shares.validateRecipients(policy, to);
const params = { recipients, expireAfter: ItemShareDuration.SevenDays, oneTimeOnly: true };
const share = await client.items.shares.create(item, policy, params);

const outbox = async () => (await fetch(`${url}/demo/outbox`, { headers: { Accept: "application/json" } })).json();
const code = async () => /\d{8}/.exec((await outbox())[0].text)[0];
const { content } = await open(share.link, { email: "ann@client.example", code });
console.log(`Shared “${item.title}” until ${share.expiresAt.toISOString()}; it opened as “${content.title}”.`);
