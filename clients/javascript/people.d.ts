// Types of people, groups and access to vaults, for service accounts that may manage people.

import type { CallOptions, UndeliveredCode, VaultOverview } from "./itemshare.js";

/** A person. */
export interface User {
  id: string;
  email: string;
  name: string;
  role: "admin" | "member";
  status: "active" | "invited" | "suspended";
  groups: { id: string; name: string }[];
  createdAt: Date;
  /** Absent for never. */
  lastSeenAt?: Date;
  /** When the invitation of somebody who hasn't joined expires. */
  invitedUntil?: Date;
  /** They have set up a second factor, or sign in with a passkey alone, which is both. */
  secondFactor: boolean;
  /** The email with their invitation or with a link for a new password that could not be delivered. */
  undelivered?: UndeliveredCode;
}

/** What somebody can do in a vault. Each right includes view, and edit includes reveal. */
export type Right = "view" | "reveal" | "share" | "edit" | "manage";

export interface UserInviteParams {
  email: string;
  name: string;
  /** Absent: member. */
  role?: User["role"];
  /** Ids. */
  groups?: string[];
  vaults?: { vaultId: string; rights: Right[] }[];
}

/** A new invitation. The link is absent if the server sent it by email; else only this has it. */
export interface Invitation {
  user: User;
  expiresAt: Date;
  link?: string;
}

/** A new link for a new password. The link is absent if the server sent it by email; else only this has it. */
export interface PasswordReset {
  user: User;
  expiresAt: Date;
  link?: string;
}

export interface Group {
  id: string;
  name: string;
  memberCount: number;
  /** In how many vaults it gives rights. */
  vaultCount: number;
}

export interface VaultAccess {
  type: "user" | "group" | "serviceAccount";
  id: string;
  name: string;
  /** Of a person. */
  email?: string;
  /** From all sources. */
  rights: Right[];
  /** Where rights come from: a group, or their own without a groupId. */
  sources: { groupId?: string; rights: Right[] }[];
}

/** What a person or a group can do in a vault. In an archived one only manage counts. */
export interface RightsInVault {
  vaultId: string;
  archived?: boolean;
  /** From all sources. */
  rights: Right[];
  /** Where rights come from: a group, or their own without a groupId. */
  sources: { groupId?: string; rights: Right[] }[];
}

/** q is a part of a name or an email address; limit is the number of entries in one request. */
export interface PeopleListOptions extends CallOptions {
  q?: string;
  limit?: number;
}

export interface Users {
  /** Lists people by name. */
  list(options?: PeopleListOptions): AsyncIterableIterator<User>;
  /** Returns the person with an email address, or rejects with the code `not_found`. */
  find(email: string, options?: CallOptions): Promise<User>;
  get(id: string, options?: CallOptions): Promise<User>;
  /** Invites somebody. After a lost answer it is not sent again. */
  invite(params: UserInviteParams, options?: CallOptions): Promise<Invitation>;
  /** Makes a new invitation for somebody who hasn't joined, which ends the one before. */
  inviteAgain(id: string, options?: CallOptions): Promise<Invitation>;
  /**
   * Makes a link with which somebody sets a new password, which ends the link before. The old password
   * works until then.
   */
  resetPassword(id: string, options?: CallOptions): Promise<PasswordReset>;
  /** Lists what somebody can do in which vault. */
  access(id: string, options?: CallOptions): AsyncIterableIterator<RightsInVault>;
  /** Changes a name or role, or suspends or reinstates. What is absent stays. */
  update(
    id: string,
    params: { name?: string; role?: User["role"]; status?: "active" | "suspended" },
    options?: CallOptions,
  ): Promise<User>;
  /**
   * Removes somebody for good; `links` says what becomes of their active links, and `to` is the id of
   * who gets them. The invitation of somebody who hasn't joined is withdrawn, without `links`.
   */
  remove(
    id: string,
    options?: CallOptions & { links?: "keep" | "handOver" | "revoke"; to?: string },
  ): Promise<void>;
}

export interface Groups {
  /** Lists groups by name. */
  list(options?: PeopleListOptions): AsyncIterableIterator<Group>;
  get(id: string, options?: CallOptions): Promise<Group>;
  /** Creates a group. A name in use is the code `conflict`. */
  create(name: string, options?: CallOptions): Promise<Group>;
  rename(id: string, name: string, options?: CallOptions): Promise<Group>;
  /** Deletes a group: its members lose the rights that only it gave them. */
  delete(id: string, options?: CallOptions): Promise<void>;
  members(id: string, options?: PeopleListOptions): AsyncIterableIterator<User>;
  /** Lists what a group gives its members in which vault. */
  access(id: string, options?: CallOptions): AsyncIterableIterator<RightsInVault>;
  addMember(id: string, userId: string, options?: CallOptions): Promise<void>;
  removeMember(id: string, userId: string, options?: CallOptions): Promise<void>;
}

/** The calls about vaults themselves and about who can do what in one. */
export interface Keeping {
  get(id: string, options?: CallOptions): Promise<VaultOverview>;
  /** Creates an empty vault, in which nobody has rights yet. A title in use is the code `conflict`. */
  create(title: string, options?: CallOptions): Promise<VaultOverview>;
  rename(id: string, title: string, options?: CallOptions): Promise<VaultOverview>;
  /** Puts a vault out of use: nobody views, shares or changes its items. Links keep working. */
  archive(id: string, options?: CallOptions): Promise<VaultOverview>;
  /** Puts an archived vault into use again. */
  restore(id: string, options?: CallOptions): Promise<VaultOverview>;
  /** Lists who has access to a vault. */
  access(vaultId: string, options?: PeopleListOptions): AsyncIterableIterator<VaultAccess>;
  /** Sets what a person can do in a vault by themselves. What their groups give them stays. */
  setUserAccess(
    vaultId: string,
    userId: string,
    rights: Iterable<Right>,
    options?: CallOptions,
  ): Promise<void>;
  removeUserAccess(vaultId: string, userId: string, options?: CallOptions): Promise<void>;
  /** Sets what a group gives its members in a vault. */
  setGroupAccess(
    vaultId: string,
    groupId: string,
    rights: Iterable<Right>,
    options?: CallOptions,
  ): Promise<void>;
  removeGroupAccess(vaultId: string, groupId: string, options?: CallOptions): Promise<void>;
}
