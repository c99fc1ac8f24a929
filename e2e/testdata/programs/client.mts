// A program in strict TypeScript that uses the JavaScript client: the tests check its types.
import {
  AllowedType,
  createClient,
  ItemShareDuration,
  ItemshareError,
  open,
  type Client,
  type ItemShareParams,
  type OpenedShare,
  type Share,
  type UnfiledShareParams,
  type ValidRecipient,
} from "../../../clients/javascript/itemshare.js";

const client: Client = createClient({ url: "https://share.example", token: "itemshare_", tries: 1 });

export async function share(vaultId: string, itemId: string, signal: AbortSignal): Promise<string> {
  const item = await client.items.get(vaultId, itemId, { signal });
  const policy = await client.items.shares.getAccountPolicy(item.vaultId, item.id);
  if (!policy.allowedTypes.includes(AllowedType.Authenticated)) return "";
  const recipients = await client.items.shares.validateRecipients(policy, new Set(["ann@client.example"]));
  const params: ItemShareParams = {
    recipients: [...recipients, "agency.example"],
    expireAfter: policy.defaultExpiry ?? ItemShareDuration.OneDay,
  };
  const created = await client.items.shares.create(item, policy, params);
  await client.items.shares.create(item, policy);
  return `${created.link} until ${created.expiresAt.toISOString()}`;
}

export async function keep(vaultId: string, file: File): Promise<string> {
  const { items } = client;
  const item = await items.create({ vaultId, category: "SecureNote", title: "Kept" });
  const kept = await items.files.attach(vaultId, item.id, { name: file.name, type: file.type, content: file });
  let size = 0;
  for await (const part of items.files.stream(vaultId, item.id, kept.id)) size += part.length;
  if ((await items.files.read(vaultId, item.id, kept.id)).length === size)
    await items.files.delete(vaultId, item.id, kept.id);
  const params: UnfiledShareParams = { notes: "N", files: [{ name: "a", content: new Uint8Array(1) }] };
  return (await items.shares.createUnfiled(params)).link;
}

export function addressOf(recipient: ValidRecipient): string {
  return recipient.type === "Email" ? recipient.parameters.email : recipient.parameters.domain;
}

export async function active(): Promise<Share[]> {
  const found: Share[] = [];
  for await (const entry of client.items.shares.list({ status: "active", limit: 100 })) {
    if (entry.endedAt === undefined) found.push(entry);
    else await client.items.shares.revoke(entry.id);
  }
  return found;
}

export async function read(link: string): Promise<Uint8Array[]> {
  try {
    const opened: OpenedShare = await open(link, { email: "ann@client.example", code: () => "12345678" });
    return await Promise.all(opened.files.map((file) => file.bytes()));
  } catch (error) {
    if (error instanceof ItemshareError && error.retryAfter !== undefined) return [];
    throw error;
  }
}

// @ts-expect-error A duration is one of the five.
export const wrongDuration: ItemShareParams = { expireAfter: "TwoDays" };
// @ts-expect-error A client needs a token.
export const noToken: () => Client = () => createClient({ url: "https://share.example" });
