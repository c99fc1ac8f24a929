// Types of itemshare for programs. Names and values are those of item sharing in 1Password's SDK.

import type { Groups, Keeping, Users } from "./people.js";

export type * from "./people.js";
export * from "./secrets.js";

/** The time after which a link expires. */
export declare const ItemShareDuration: Readonly<{
  OneHour: "OneHour";
  OneDay: "OneDay";
  SevenDays: "SevenDays";
  FourteenDays: "FourteenDays";
  ThirtyDays: "ThirtyDays";
}>;
export type ItemShareDuration = (typeof ItemShareDuration)[keyof typeof ItemShareDuration];

/** The types of links: for recipients (Authenticated), or for anyone with the link (Public). */
export declare const AllowedType: Readonly<{ Authenticated: "Authenticated"; Public: "Public" }>;
export type AllowedType = (typeof AllowedType)[keyof typeof AllowedType];

/** The types of recipients: one email address, or everyone at a domain. */
export declare const AllowedRecipientType: Readonly<{ Email: "Email"; Domain: "Domain" }>;
export type AllowedRecipientType = (typeof AllowedRecipientType)[keyof typeof AllowedRecipientType];

/** The status of a share. Viewed: no views left. */
export declare const ItemShareStatus: Readonly<{
  Active: "active";
  Expired: "expired";
  Viewed: "viewed";
  Revoked: "revoked";
}>;
export type ItemShareStatus = (typeof ItemShareStatus)[keyof typeof ItemShareStatus];

export interface VaultOverview {
  id: string;
  title: string;
}

export interface Website {
  url: string;
  label: string;
}

/** An item in a list, without its values. */
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
  state?: ItemState;
}

/** Whether an item is archived. */
export type ItemState = "active" | "archived";

/** A new item. Sections and fields without an id get one. */
export interface ItemCreateParams {
  vaultId: string;
  category: string;
  title: string;
  fields?: (Partial<ItemField> & { value: string })[];
  sections?: Partial<ItemSection>[];
  notes?: string;
  tags?: string[];
  websites?: Partial<Website>[];
}

export interface ItemField {
  id: string;
  title: string;
  sectionId?: string;
  /** The SDK's name: Text, Concealed, Totp, … */
  fieldType: string;
  value: string;
  /** The value is concealed, and this service account can't see it. */
  withheld?: boolean;
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

/**
 * A file to attach or to share. A Blob, such as a File of a page or what Node's `openAsBlob` returns,
 * is sent from where it is; it needn't fit into memory.
 */
export interface FileCreateParams {
  name: string;
  /** A media type; absent if it isn't known. */
  type?: string;
  content: Blob | ArrayBuffer | Uint8Array | string;
}

/** An item with its values. */
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

/** The policy for sharing one item. The server enforces it, whatever a program sends. */
export interface ItemShareAccountPolicy {
  vaultId: string;
  itemId: string;
  /** Absent if even an hour is too long; so is defaultExpiry. */
  maxExpiry?: ItemShareDuration;
  defaultExpiry?: ItemShareDuration;
  /** Absent: unlimited. */
  maxViews?: number;
  /** Empty: sharing is off. */
  allowedTypes: AllowedType[];
  allowedRecipientTypes: AllowedRecipientType[];
  /** Empty: any. */
  allowedDomains: string[];
  /** maxSize is the size of the largest file, in bytes. */
  files: { allowed: boolean; maxSize: number };
}

/** A recipient that the server has checked. */
export type ValidRecipient =
  | { type: "Email"; parameters: { email: string } }
  | { type: "Domain"; parameters: { domain: string } };

export interface ItemShareParams {
  /** Empty: anyone with the link. Texts are checked as by validateRecipients. */
  recipients?: (ValidRecipient | string)[];
  /** Absent: the policy's default. */
  expireAfter?: ItemShareDuration;
  /** One view, or one for each recipient. Default: false. */
  oneTimeOnly?: boolean;
  /** Include the item's files. Default: false. */
  files?: boolean;
  /** Include one-time passwords. Default: false. */
  totp?: boolean;
  /** Ids of fields that are not included. */
  omit?: string[];
}

/** What is shared that is in no vault, and the terms of its link. */
export interface UnfiledShareParams {
  /** Absent: one that says what is shared. */
  title?: string;
  fields?: (Partial<ItemField> & { value: string })[];
  notes?: string;
  files?: FileCreateParams[];
  /** Absent: anyone with the link. */
  recipients?: (ValidRecipient | string)[];
  /** Absent: the policy's default. */
  expireAfter?: ItemShareDuration;
  /** One view, or one for each recipient. */
  oneTimeOnly?: boolean;
}

/** A new share. Its link cannot be shown again. */
export interface CreatedShare {
  id: string;
  link: string;
  expiresAt: Date;
  /** A link of 1Password's, which alone can revoke it. */
  native?: boolean;
}

/** A share in the history. Its link cannot be shown again. */
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
  /** Emails with codes that could not be delivered, newest first; absent if there are none. */
  undelivered?: UndeliveredCode[];
  /** What of the item was included, in words; absent after it was erased. */
  included?: string;
}

/** The email of a code that could not be delivered, or not yet. */
export interface UndeliveredCode {
  /** Empty after it was erased. */
  email: string;
  reason: string;
  at: Date;
  /** The server still tries to deliver it. */
  retried: boolean;
}

/** One view of a share, or the views that were counted in the minute that begins at this time. */
export interface View {
  at: Date;
  /** The verified address; absent if anyone with the link could view it. */
  email?: string;
  browser?: string;
  views: number;
}

/** An event of the audit log. actor and subject are ids; actor is empty if nobody was signed in. */
export interface Event {
  number: number;
  at: Date;
  kind: string;
  actor: string;
  subject: string;
  detail: Record<string, string>;
  /** The detail was erased. */
  erased?: boolean;
}

/** An aborted call rejects with the signal's reason. */
export interface CallOptions {
  signal?: AbortSignal;
}

export interface ShareListOptions extends CallOptions {
  status?: ItemShareStatus;
  vault?: string;
  /** Matches items by title, and full email addresses or domains. */
  q?: string;
  /** A recipient's full email address or domain. */
  with?: string;
  created?: "today" | "7days" | "30days";
  /** The first and the last day of creation in UTC, such as 2026-11-30; both are included. */
  from?: string;
  to?: string;
  /** Number of shares in one request, 1 to 100. */
  limit?: number;
}

export interface Connection {
  /** Milliseconds for one try. Default: 60000. */
  timeout?: number;
  /** Tries of a call in all, where repeating is safe. Default: 4; 1 repeats nothing. */
  tries?: number;
  /** Sends the requests. Default: the platform's fetch. */
  fetch?: typeof fetch;
}

export interface ClientConfig extends Connection {
  /**
   * The server's base URL: https, or http on this machine. In a browser, the origin of the page.
   */
  url: string;
  /** A service account's token. */
  token: string;
}

export interface Client {
  readonly vaults: {
    /**
     * Lists the vaults that the service account may read, or with `all` every vault, for one that may
     * manage people.
     */
    list(options?: CallOptions & { all?: boolean }): Promise<VaultOverview[]>;
  } & Keeping;
  /** For a service account that may manage people. */
  readonly users: Users;
  /** For a service account that may manage people. */
  readonly groups: Groups;
  /** For a service account that may read events. */
  readonly events: {
    /**
     * Lists the events after a number in the order of the chain, up to the last one that there is
     * now. Keep the number of the last event that you dealt with, and ask again after it: so you
     * miss none.
     */
    after(
      number?: number,
      options?: CallOptions & { limit?: number },
    ): AsyncIterableIterator<Event>;
  };
  readonly items: {
    get(vaultId: string, itemId: string, options?: CallOptions): Promise<Item>;
    /** Lists a vault's items by title. It requests a page when the loop arrives there. */
    list(
      vaultId: string,
      options?: CallOptions & { q?: string; state?: ItemState },
    ): AsyncIterableIterator<ItemOverview>;
    /** Stores a new item. After a lost answer it is not sent again: it may be stored. */
    create(params: ItemCreateParams, options?: CallOptions): Promise<Item>;
    /**
     * Replaces an item, except for its files, and returns its next version. If the item has another
     * version by now, it rejects with the code `conflict` and nothing was changed.
     */
    put(item: Item, options?: CallOptions): Promise<Item>;
    /** Keeps an item out of lists. It can be read still, but neither changed nor shared. */
    archive(vaultId: string, itemId: string, options?: CallOptions): Promise<void>;
    /** Erases an archived item for good. */
    delete(vaultId: string, itemId: string, options?: CallOptions): Promise<void>;
    readonly files: {
      /**
       * Adds a file to an item, which gets its next version. It takes as long as the file does, and is
       * not sent again after a lost answer.
       */
      attach(
        vaultId: string,
        itemId: string,
        file: FileCreateParams,
        options?: CallOptions,
      ): Promise<ItemFile>;
      /** Returns the content of a file. */
      read(
        vaultId: string,
        itemId: string,
        fileId: string,
        options?: CallOptions,
      ): Promise<Uint8Array>;
      /** Yields a file as it comes. It is complete once this ends without an error. */
      stream(
        vaultId: string,
        itemId: string,
        fileId: string,
        options?: CallOptions,
      ): AsyncIterableIterator<Uint8Array>;
      /** Takes a file from an item, which gets its next version. */
      delete(vaultId: string, itemId: string, fileId: string, options?: CallOptions): Promise<void>;
    };
    readonly shares: {
      getAccountPolicy(
        vaultId: string,
        itemId: string,
        options?: CallOptions,
      ): Promise<ItemShareAccountPolicy>;
      /**
       * Checks email addresses and domains against the policy. The error's problems are those
       * rejected.
       */
      validateRecipients(
        policy: ItemShareAccountPolicy,
        recipients: Iterable<string>,
        options?: CallOptions,
      ): Promise<ValidRecipient[]>;
      /**
       * Creates a share and returns its link. A share whose link was lost is revoked, and another
       * created.
       */
      create(
        item: Pick<Item, "id" | "vaultId">,
        policy: ItemShareAccountPolicy,
        params?: ItemShareParams,
        options?: CallOptions,
      ): Promise<CreatedShare>;
      /** Shares what is in no vault, and returns the link. It is repeated as `create` is. */
      createUnfiled(params: UnfiledShareParams, options?: CallOptions): Promise<CreatedShare>;
      /** Lists the service account's own shares, newest first. */
      list(options?: ShareListOptions): AsyncIterableIterator<Share>;
      /** Returns the share with this id, which is not a part of the link. */
      get(id: string, options?: CallOptions): Promise<Share>;
      /** Returns a share's latest 500 views, newest first. */
      views(id: string, options?: CallOptions): Promise<View[]>;
      /** Ends a share at once. It does nothing to one that has ended. */
      revoke(id: string, options?: CallOptions): Promise<void>;
    };
  };
}

export declare function createClient(config: ClientConfig): Client;

export interface OpenOptions extends Connection, CallOptions {
  /** The address of a recipient, if the link has recipients. */
  email?: string;
  /** Returns the code that was just mailed to email. */
  code?: (about: { email: string; sharedBy: string }) => string | Promise<string>;
}

/** The copy of an item that a link opens, with the names of the protocol. */
export interface SharedItem {
  title: string;
  category: string;
  fields: { title: string; type: string; value: string; section?: string }[];
  sections: ItemSection[];
  websites: Website[];
  tags: string[];
  notes: string;
  files: {
    index: number;
    name: string;
    type: string;
    size: number;
    chunk_size: number;
    nonce_prefix: string;
  }[];
  shared_by: string;
  /** Unix seconds. */
  shared_at: number;
}

export interface SharedFile {
  index: number;
  /** A clean file name. content.files has the name as it was sent. */
  name: string;
  type: string;
  /** Bytes. */
  size: number;
  /**
   * Yields the decrypted chunks. The file is complete once this ends without an error; after an
   * error, discard what came before.
   */
  stream(options?: CallOptions): AsyncIterableIterator<Uint8Array>;
  /** Returns the decrypted file. */
  bytes(options?: CallOptions): Promise<Uint8Array>;
}

export interface OpenedShare {
  content: SharedItem;
  terms: { createdAt: Date; expiresAt: Date; maxViews: number; audience: "anyone" | "recipients" };
  /** They can be fetched for 30 minutes. */
  files: SharedFile[];
}

/** Opens a link and decrypts the copy of the item, which counts as a view. */
export declare function open(link: string, options?: OpenOptions): Promise<OpenedShare>;

export interface Problem {
  code: string;
  field?: string;
  detail?: string;
}

/**
 * The error that all calls reject with. Besides the server's codes, `code` is `unreachable`,
 * `timeout`, `unexpected_answer` (not from itemshare), `not_known` (whether a share was created),
 * `link_invalid`, `damaged` (the link does not decrypt) or `insecure_context`. It contains no
 * token, link or value.
 */
export declare class ItemshareError extends Error {
  readonly code: string;
  /** Of the answer; 0 without an answer. */
  readonly status: number;
  /** All problems; `code` is the code of the first. */
  readonly problems: Problem[];
  /** Seconds until the next try. */
  readonly retryAfter?: number;
  /** Id of a share whose link was lost. */
  readonly shareId?: string;
  /** Id of the request, as in the server's log. */
  readonly requestId?: string;
  /** Of a link that ended: the person to ask for a new one. */
  readonly sharedBy?: string;
}
