// Creates an item with a file, shares both and opens the link. The token can edit and share items.
import { createClient, ItemShareDuration, open } from "./itemshare.js";

const { ITEMSHARE_URL: url, ITEMSHARE_TOKEN: token } = process.env;
const { vaults, items } = createClient({ url, token });
const [{ id: vaultId }] = await vaults.list();

const fields = [{ id: "password", title: "password", fieldType: "Concealed", value: "s3cret" }];
const item = await items.create({ vaultId, category: "Login", title: "Build server", fields });
const runbook = { name: "runbook.txt", type: "text/plain", content: "Restart it on Mondays." };
await items.files.attach(vaultId, item.id, runbook);
const policy = await items.shares.getAccountPolicy(vaultId, item.id);
const params = { files: true, expireAfter: ItemShareDuration.OneDay, oneTimeOnly: true };
const share = await items.shares.create(item, policy, params);

const { content, files } = await open(share.link);
console.log(`${content.title} opened with ${files[0].name}`);
