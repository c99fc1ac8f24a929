"""People, groups and access to vaults, for service accounts that may manage people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Union
from urllib.parse import urlencode

from ._calls import API, get, pages, segment
from ._wire import Call, Wire
from .errors import ItemshareError
from .types import JSON, Name, UndeliveredCode, VaultOverview, optional_time, time_of


class UserRole(Name):
    """What a person may manage."""

    ADMIN = "admin"
    MEMBER = "member"


class UserStatus(Name):
    """Whether a person can sign in. Invited: they haven't joined yet."""

    ACTIVE = "active"
    INVITED = "invited"
    SUSPENDED = "suspended"


class Right(Name):
    """What somebody can do in a vault. Each includes view, and edit includes reveal."""

    VIEW = "view"
    REVEAL = "reveal"
    SHARE = "share"
    EDIT = "edit"
    MANAGE = "manage"


class LinksChoice(Name):
    """What becomes of the active links of a person who is removed."""

    KEEP = "keep"
    HAND_OVER = "handOver"
    REVOKE = "revoke"


@dataclass(frozen=True)
class GroupName:
    """A group by its name."""

    id: str
    name: str


@dataclass(frozen=True)
class User:
    """A person. last_seen_at is None for never.

    invited_until is when the invitation of somebody who hasn't joined expires. undelivered is the email
    with their invitation or with a link for a new password that could not be delivered.
    """

    id: str
    email: str
    name: str
    role: str
    status: str
    groups: List[GroupName]
    created_at: datetime
    last_seen_at: Optional[datetime] = None
    invited_until: Optional[datetime] = None
    second_factor: bool = False
    undelivered: Optional[UndeliveredCode] = None

    @classmethod
    def of(cls, of: JSON) -> User:
        failure = of.get("undelivered")
        return cls(
            of["id"], of["email"], of["name"], of["role"], of["status"],
            [GroupName(group["id"], group["name"]) for group in of["groups"]], time_of(of["createdAt"]),
            optional_time(of.get("lastSeenAt")), optional_time(of.get("invitedUntil")),
            of.get("secondFactor", False), UndeliveredCode.of(failure) if failure else None,
        )  # fmt: skip


@dataclass(frozen=True)
class VaultRights:
    """Rights in a vault."""

    vault_id: str
    rights: Sequence[Union[Right, str]]


@dataclass(frozen=True)
class UserInviteParams:
    """A new person. groups are ids."""

    email: str
    name: str
    role: Union[UserRole, str] = UserRole.MEMBER
    groups: Sequence[str] = ()
    vaults: Sequence[VaultRights] = ()

    def json(self) -> JSON:
        """Returns what the API takes."""
        return {
            "email": self.email,
            "name": self.name,
            "role": self.role,
            "groups": list(self.groups),
            "vaults": [{"vaultId": v.vault_id, "rights": list(v.rights)} for v in self.vaults],
        }


@dataclass(frozen=True)
class Invitation:
    """A new invitation. link is None if the server sent it by email; else only this has it."""

    user: User
    expires_at: datetime
    link: Optional[str] = field(default=None, repr=False)

    @classmethod
    def of(cls, of: JSON) -> Invitation:
        return cls(User.of(of["user"]), time_of(of["expiresAt"]), of.get("link"))


@dataclass(frozen=True)
class PasswordReset:
    """A new link for a new password. link is None if the server sent it by email; else only this has it."""

    user: User
    expires_at: datetime
    link: Optional[str] = field(default=None, repr=False)

    @classmethod
    def of(cls, of: JSON) -> PasswordReset:
        return cls(User.of(of["user"]), time_of(of["expiresAt"]), of.get("link"))


@dataclass(frozen=True)
class Group:
    """A set of people who get rights together, in vault_count vaults."""

    id: str
    name: str
    member_count: int
    vault_count: int

    @classmethod
    def of(cls, of: JSON) -> Group:
        return cls(of["id"], of["name"], of["memberCount"], of["vaultCount"])


@dataclass(frozen=True)
class AccessSource:
    """Where rights come from: a group, or None for their own."""

    group_id: Optional[str]
    rights: List[str]


@dataclass(frozen=True)
class VaultAccess:
    """What a user, a group or a serviceAccount can do in a vault, from all sources."""

    type: str
    id: str
    name: str
    email: Optional[str]
    rights: List[str]
    sources: List[AccessSource]

    @classmethod
    def of(cls, of: JSON) -> VaultAccess:
        return cls(of["type"], of["id"], of["name"], of.get("email"), of["rights"], _sources(of))


def _sources(of: JSON) -> List[AccessSource]:
    return [AccessSource(source.get("groupId"), source["rights"]) for source in of["sources"]]


@dataclass(frozen=True)
class RightsInVault:
    """What a person or a group can do in a vault, from all sources. In an archived one only manage counts."""

    vault_id: str
    archived: bool
    rights: List[str]
    sources: List[AccessSource]

    @classmethod
    def of(cls, of: JSON) -> RightsInVault:
        return cls(of["vaultId"], of.get("archived", False), of["rights"], _sources(of))


class Users:
    """The calls about people."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self, *, q: Optional[str] = None, limit: Optional[int] = None) -> Iterator[User]:
        """Yields people by name. q is a part of a name or an email address."""
        return map(User.of, pages(self._wire, "/users", {"q": q, "limit": limit}))

    def find(self, email: str) -> User:
        """Returns the person with an email address. If there is none the code is `not_found`."""
        if not email:
            raise ValueError("An email address is missing.")
        for user in pages(self._wire, "/users", {"email": email}):
            return User.of(user)
        raise ItemshareError("Nobody has this email address.", code="not_found", status=404)

    def get(self, user_id: str) -> User:
        """Returns the person with this id."""
        return User.of(get(self._wire, _user_path(user_id)))

    def invite(self, params: UserInviteParams) -> Invitation:
        """Invites somebody. After a lost answer it is not sent again."""
        return Invitation.of(
            self._wire.json(Call("POST", f"{API}/users", params.json(), idempotent=False))
        )

    def invite_again(self, user_id: str) -> Invitation:
        """Makes a new invitation for somebody who hasn't joined, which ends the one before."""
        return Invitation.of(self._wire.json(Call("POST", f"{API}{_user_path(user_id)}/invitation")))

    def reset_password(self, user_id: str) -> PasswordReset:
        """Makes a link with which somebody sets a new password, which ends the link before.

        The old password works until then.
        """
        return PasswordReset.of(self._wire.json(Call("POST", f"{API}{_user_path(user_id)}/password-reset")))

    def access(self, user_id: str) -> Iterator[RightsInVault]:
        """Yields what somebody can do in which vault."""
        return map(RightsInVault.of, pages(self._wire, _user_path(user_id) + "/access", {}))

    def update(
        self,
        user_id: str,
        *,
        name: Optional[str] = None,
        role: Union[UserRole, str, None] = None,
        status: Union[UserStatus, str, None] = None,
    ) -> User:
        """Changes a name or role, or suspends or reinstates. What is None stays."""
        changes = {"name": name, "role": role, "status": status}
        body = {member: value for member, value in changes.items() if value is not None}
        return User.of(self._wire.json(Call("PATCH", API + _user_path(user_id), body)))

    def remove(
        self, user_id: str, *, links: Union[LinksChoice, str, None] = None, to: Optional[str] = None
    ) -> None:
        """Removes somebody for good. links says what becomes of their active links.

        to is the id of who gets them. The invitation of somebody who hasn't joined is withdrawn, without links. After a lost answer it is
        not sent again.
        """
        query = {"links": links, "to": to}
        chosen = urlencode({name: str(value) for name, value in query.items() if value is not None})
        path = API + _user_path(user_id) + ("?" + chosen if chosen else "")
        self._wire.send(Call("DELETE", path, idempotent=False))


class Groups:
    """The calls about groups."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self, *, q: Optional[str] = None, limit: Optional[int] = None) -> Iterator[Group]:
        """Yields groups by name."""
        return map(Group.of, pages(self._wire, "/groups", {"q": q, "limit": limit}))

    def get(self, group_id: str) -> Group:
        """Returns the group with this id."""
        return Group.of(get(self._wire, _group_path(group_id)))

    def create(self, name: str) -> Group:
        """Creates a group. The code of a name in use is `conflict`."""
        return Group.of(self._wire.json(Call("POST", f"{API}/groups", {"name": name}, idempotent=False)))

    def rename(self, group_id: str, name: str) -> Group:
        """Changes the name of a group."""
        return Group.of(self._wire.json(Call("PATCH", API + _group_path(group_id), {"name": name})))

    def delete(self, group_id: str) -> None:
        """Deletes a group: its members lose the rights that only it gave them."""
        self._wire.send(Call("DELETE", API + _group_path(group_id), idempotent=False))

    def members(
        self, group_id: str, *, q: Optional[str] = None, limit: Optional[int] = None
    ) -> Iterator[User]:
        """Yields a group's members by name."""
        return map(User.of, pages(self._wire, _group_path(group_id) + "/members", {"q": q, "limit": limit}))

    def access(self, group_id: str) -> Iterator[RightsInVault]:
        """Yields what a group gives its members in which vault."""
        return map(RightsInVault.of, pages(self._wire, _group_path(group_id) + "/access", {}))

    def add_member(self, group_id: str, user_id: str) -> None:
        """Adds a person to a group. It does nothing to a member."""
        self._wire.send(Call("PUT", f"{API}{_group_path(group_id)}/members/{segment(user_id)}"))

    def remove_member(self, group_id: str, user_id: str) -> None:
        """Takes a person out of a group. It does nothing to one who is no member."""
        self._wire.send(Call("DELETE", f"{API}{_group_path(group_id)}/members/{segment(user_id)}"))


class Keeping:
    """The calls about vaults themselves and about who can do what in one."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, vault_id: str) -> VaultOverview:
        """Returns the vault with this id."""
        return VaultOverview.of(get(self._wire, _vault_path(vault_id)))

    def create(self, title: str) -> VaultOverview:
        """Creates an empty vault, in which nobody has rights yet. The code of a title in use is `conflict`."""
        made = self._wire.json(Call("POST", f"{API}/vaults", {"title": title}, idempotent=False))
        return VaultOverview.of(made)

    def rename(self, vault_id: str, title: str) -> VaultOverview:
        """Changes the title of a vault."""
        return self._change(vault_id, {"title": title})

    def archive(self, vault_id: str) -> VaultOverview:
        """Puts a vault out of use: nobody views, shares or changes its items. Links keep working."""
        return self._change(vault_id, {"archived": True})

    def restore(self, vault_id: str) -> VaultOverview:
        """Puts an archived vault into use again."""
        return self._change(vault_id, {"archived": False})

    def _change(self, vault_id: str, body: Dict[str, Any]) -> VaultOverview:
        return VaultOverview.of(self._wire.json(Call("PATCH", API + _vault_path(vault_id), body)))

    def access(
        self, vault_id: str, *, q: Optional[str] = None, limit: Optional[int] = None
    ) -> Iterator[VaultAccess]:
        """Yields who has access to a vault."""
        return map(VaultAccess.of, pages(self._wire, _access_path(vault_id), {"q": q, "limit": limit}))

    def set_user_access(self, vault_id: str, user_id: str, rights: Iterable[Union[Right, str]]) -> None:
        """Sets what a person can do in a vault by themselves. What their groups give them stays."""
        self._set(_access_path(vault_id) + _user_path(user_id), rights)

    def remove_user_access(self, vault_id: str, user_id: str) -> None:
        """Takes away what a person can do in a vault by themselves."""
        self._wire.send(Call("DELETE", API + _access_path(vault_id) + _user_path(user_id)))

    def set_group_access(self, vault_id: str, group_id: str, rights: Iterable[Union[Right, str]]) -> None:
        """Sets what a group gives its members in a vault."""
        self._set(_access_path(vault_id) + _group_path(group_id), rights)

    def remove_group_access(self, vault_id: str, group_id: str) -> None:
        """Takes away what a group gives its members in a vault."""
        self._wire.send(Call("DELETE", API + _access_path(vault_id) + _group_path(group_id)))

    def _set(self, path: str, rights: Iterable[Union[Right, str]]) -> None:
        body: Dict[str, Any] = {"rights": [str(right) for right in rights]}
        self._wire.send(Call("PUT", API + path, body))


def _user_path(user_id: str) -> str:
    return f"/users/{segment(user_id)}"


def _group_path(group_id: str) -> str:
    return f"/groups/{segment(group_id)}"


def _access_path(vault_id: str) -> str:
    return _vault_path(vault_id) + "/access"


def _vault_path(vault_id: str) -> str:
    return f"/vaults/{segment(vault_id)}"
