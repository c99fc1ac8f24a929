// Types of itemshare for programs. Names and values are those of 1Password's item-sharing SDK where it has them.

/** How long a link lasts. */
export declare const ItemShareDuration: Readonly<{
  OneHour: "OneHour";
  OneDay: "OneDay";
  SevenDays: "SevenDays";
  FourteenDays: "FourteenDays";
  ThirtyDays: "ThirtyDays";
}>;
export type ItemShareDuration = (typeof ItemShareDuration)[keyof typeof ItemShareDuration];

/** Who may open a link: named recipients (Authenticated), or anyone who has it (Public). */
export declare const AllowedType: Readonly<{ Authenticated: "Authenticated"; Public: "Public" }>;
export type AllowedType = (typeof AllowedType)[keyof typeof AllowedType];

/** What a recipient may be: one address, or everybody at a domain. */
export declare const AllowedRecipientType: Readonly<{ Email: "Email"; Domain: "Domain" }>;
export type AllowedRecipientType = (typeof AllowedRecipientType)[keyof typeof AllowedRecipientType];

/** What became of a share: viewed means that no view is left. */
export declare const ItemShareStatus: Readonly<{ Active: "active"; Expired: "expired"; Viewed: "viewed"; Revoked: "revoked" }>;
export type ItemShareStatus = (typeof ItemShareStatus)[keyof typeof ItemShareStatus];

export interface VaultOverview {
  id: string;
  title: string;
}

export interface Website {
  url: string;
  label: string;
}

/** What a list shows of an item: never a concealed value. */
export interface ItemOverview {
  id: string;
  title: string;
  category: string;
  vaultId: string;
  subtitle?: string;
  websites?: Website[];
  tags: string[];
  version?: number;
  updatedAt?: Date;
}

export interface ItemField {
  id: string;
  title: string;
  sectionId?: string;
  /** The SDK's name: Text, Concealed, Totp, … */
  fieldType: string;
  value: string;
}

export interface ItemSection {
  id: string;
  title: string;
}

export interface ItemFile {
  id: string;
  name: string;
  /** Bytes. */
  size: number;
  type?: string;
}

/** One item, whole. */
export interface Item {
  id: string;
  title: string;
  category: string;
  vaultId: string;
  fields: ItemField[];
  sections: ItemSection[];
  notes: string;
  tags: string[];
  websites: Website[];
  version: number;
  files: ItemFile[];
  createdAt?: Date;
  updatedAt?: Date;
}

/** The rule for sharing one item, which it remembers. The server holds to it whatever a program sends. */
export interface ItemShareAccountPolicy {
  vaultId: string;
  itemId: string;
  /** Absent where even an hour is too long; so is defaultExpiry. */
  maxExpiry?: ItemShareDuration;
  defaultExpiry?: ItemShareDuration;
  /** Absent: unlimited. */
  maxViews?: number;
  /** None: sharing is off. */
  allowedTypes: AllowedType[];
  allowedRecipientTypes: AllowedRecipientType[];
  /** None: any. */
  allowedDomains: string[];
  /** maxSize is in bytes of one file. */
  files: { allowed: boolean; maxSize: number };
}

/** A recipient that the server has checked. */
export type ValidRecipient =
  | { type: "Email"; parameters: { email: string } }
  | { type: "Domain"; parameters: { domain: string } };

export interface ItemShareParams {
  /** None: everyone with the link. Addresses and domains as texts are checked as validateRecipients does. */
  recipients?: (ValidRecipient | string)[];
  /** Absent: the policy's default. */
  expireAfter?: ItemShareDuration;
  /** Opens once, or once for each recipient. Default: false. */
  oneTimeOnly?: boolean;
  /** The item's files come along. Default: false. */
  files?: boolean;
  /** One-time-password seeds come along; else they stay out. */
  totp?: boolean;
  /** Ids of fields that stay out. */
  omit?: string[];
}

/** A share just made. Its link is shown this once. */
export interface CreatedShare {
  id: string;
  link: string;
  expiresAt: Date;
  /** The link is 1Password's own: views and revocation are seen there. */
  native?: boolean;
}

/** One row of the history. It has no link: that was shown once. */
export interface Share {
  id: string;
  vaultId: string;
  itemId: string;
  title: string;
  sharedBy: string;
  audience: "anyone" | "recipients";
  recipients: ValidRecipient[];
  createdAt: Date;
  expiresAt: Date;
  endedAt?: Date;
  /** 0: unlimited. */
  maxViews: number;
  views: number;
  status: ItemShareStatus;
  native: boolean;
}

/** Ends a call early: it rejects with the signal's reason. */
export interface CallOptions {
  signal?: AbortSignal;
}

export interface ShareListOptions extends CallOptions {
  status?: ItemShareStatus;
  vault?: string;
  /** Finds items by title, and whole addresses or domains. */
  q?: string;
  /** Shares in one answer, 1 to 100. */
  limit?: number;
}

export interface Connection {
  /** Milliseconds for one try. Default: 60000. */
  timeout?: number;
  /** How often a call is tried in all, where repeating is safe. Default: 4; 1: nothing is repeated. */
  tries?: number;
  /** What sends requests, in place of the platform's own. */
  fetch?: typeof fetch;
}

export interface ClientConfig extends Connection {
  /** The server's base address: https, or http on this machine alone. In a browser: the page's own origin. */
  url: string;
  /** A service account's token. */
  token: string;
}

export interface Client {
  readonly vaults: {
    /** The vaults that the service account may read. */
    list(options?: CallOptions): Promise<VaultOverview[]>;
  };
  readonly items: {
    get(vaultId: string, itemId: string, options?: CallOptions): Promise<Item>;
    /** A vault's items by title, fetched as they are asked for. */
    list(vaultId: string, options?: CallOptions & { q?: string }): AsyncIterableIterator<ItemOverview>;
    readonly shares: {
      getAccountPolicy(vaultId: string, itemId: string, options?: CallOptions): Promise<ItemShareAccountPolicy>;
      /** Checks addresses and domains against the policy; the error's problems name each one refused. */
      validateRecipients(policy: ItemShareAccountPolicy, recipients: Iterable<string>, options?: CallOptions): Promise<ValidRecipient[]>;
      /** Makes a share and its link. A lost answer is asked for again; what it left behind is revoked. */
      create(
        item: Pick<Item, "id" | "vaultId">,
        policy: ItemShareAccountPolicy,
        params?: ItemShareParams,
        options?: CallOptions,
      ): Promise<CreatedShare>;
      /** The service account's own shares, the newest first. */
      list(options?: ShareListOptions): AsyncIterableIterator<Share>;
      /** By the id of the history, which is not the link's. */
      get(id: string, options?: CallOptions): Promise<Share>;
      /** Ends a share now. One that ended already stays as it is. */
      revoke(id: string, options?: CallOptions): Promise<void>;
    };
  };
}

export declare function createClient(config: ClientConfig): Client;

export interface OpenOptions extends Connection, CallOptions {
  /** One of the named recipients' addresses, where the link has them. */
  email?: string;
  /** Gives the digits that were just mailed to email. */
  code?: (about: { email: string; sharedBy: string }) => string | Promise<string>;
}

/** The copy of an item that a link opens, in the protocol's names. */
export interface SharedItem {
  title: string;
  category: string;
  fields: { title: string; type: string; value: string; section?: string }[];
  sections: ItemSection[];
  websites: Website[];
  tags: string[];
  notes: string;
  files: { index: number; name: string; type: string; size: number; chunk_size: number; nonce_prefix: string }[];
  shared_by: string;
  /** Unix seconds. */
  shared_at: number;
}

export interface SharedFile {
  index: number;
  /** The name, made fit to stand in a folder. As it was sent it is in content.files. */
  name: string;
  type: string;
  /** Bytes. */
  size: number;
  /** The plain bytes in chunks, each checked. The file is whole once this ends without an error; else throw away what came. */
  stream(options?: CallOptions): AsyncIterableIterator<Uint8Array>;
  /** The plain bytes, whole. */
  bytes(options?: CallOptions): Promise<Uint8Array>;
}

export interface Opened {
  content: SharedItem;
  terms: { createdAt: Date; expiresAt: Date; maxViews: number; audience: "anyone" | "recipients" };
  /** May be fetched for 30 minutes. */
  files: SharedFile[];
}

/** Opens a link and decrypts the copy of the item. Counts one view. */
export declare function open(link: string, options?: OpenOptions): Promise<Opened>;

export interface Problem {
  code: string;
  field?: string;
  detail?: string;
}

/**
 * What went wrong. Besides the server's codes `code` is `unreachable`, `timeout`, `unexpected_answer` (of something that
 * is no itemshare), `not_known` (whether a share was made), `link_invalid`, `damaged` (does not open) or
 * `insecure_context`. Holds no token, link or value.
 */
export declare class ItemshareError extends Error {
  readonly code: string;
  /** Of the answer; 0 without one. */
  readonly status: number;
  /** Every problem; the first one's code is `code`. */
  readonly problems: Problem[];
  /** Seconds after which trying again may help. */
  readonly retryAfter?: number;
  /** The share that there is, where its link was lost. */
  readonly shareId?: string;
  /** Finds the request in the server's log. */
  readonly requestId?: string;
  /** Of a link that ended: whom to ask for a new one. */
  readonly sharedBy?: string;
}
