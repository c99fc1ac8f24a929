"""What goes in and out: names and values are those of 1Password's item-sharing SDK where it has them.

Values and links stay out of every repr, and thus of most logs. Members that a newer server adds are left aside.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Dict, List, Optional, Sequence, Union

JSON = Dict[str, Any]


class _Name(str, enum.Enum):
    """A name on the wire, which prints as it is."""

    def __str__(self) -> str:
        return str(self.value)


class ItemShareDuration(_Name):
    """How long a link lasts."""

    ONE_HOUR = "OneHour"
    ONE_DAY = "OneDay"
    SEVEN_DAYS = "SevenDays"
    FOURTEEN_DAYS = "FourteenDays"
    THIRTY_DAYS = "ThirtyDays"


class AllowedType(_Name):
    """Who may open a link: named recipients, or anyone who has it."""

    AUTHENTICATED = "Authenticated"
    PUBLIC = "Public"


class AllowedRecipientType(_Name):
    """What a recipient may be: one address, or everybody at a domain."""

    EMAIL = "Email"
    DOMAIN = "Domain"


class ItemShareStatus(_Name):
    """What became of a share; viewed means that no view is left."""

    ACTIVE = "active"
    EXPIRED = "expired"
    VIEWED = "viewed"
    REVOKED = "revoked"


@dataclass(frozen=True)
class VaultOverview:
    """A vault that the service account may read."""

    id: str
    title: str


@dataclass(frozen=True)
class Website:
    """An address where an item is used."""

    url: str
    label: str = ""


@dataclass(frozen=True)
class ItemOverview:
    """What a list shows of an item: never a concealed value."""

    id: str
    title: str
    category: str
    vault_id: str
    subtitle: str = ""
    websites: List[Website] = field(default_factory=list)
    tags: List[str] = field(default_factory=list)
    version: int = 0
    updated_at: Optional[datetime] = None

    @classmethod
    def of(cls, of: JSON) -> ItemOverview:
        return cls(
            of["id"], of["title"], of["category"], of["vaultId"], of.get("subtitle", ""), websites_of(of),
            of.get("tags") or [], of.get("version", 0), moment(of.get("updatedAt")),
        )  # fmt: skip


@dataclass(frozen=True)
class ItemField:
    """One value. field_type is the SDK's name: Text, Concealed, Totp, …"""

    id: str
    title: str
    field_type: str
    value: str = field(repr=False)
    section_id: Optional[str] = None


@dataclass(frozen=True)
class ItemSection:
    """Groups fields under a title."""

    id: str
    title: str


@dataclass(frozen=True)
class ItemFile:
    """A file's entry. size is in bytes, type a media type or ""."""

    id: str
    name: str
    size: int
    type: str = ""


@dataclass(frozen=True)
class Item:
    """One item, whole."""

    id: str
    title: str
    category: str
    vault_id: str
    fields: List[ItemField] = field(default_factory=list)
    sections: List[ItemSection] = field(default_factory=list)
    notes: str = field(default="", repr=False)
    tags: List[str] = field(default_factory=list)
    websites: List[Website] = field(default_factory=list)
    version: int = 0
    files: List[ItemFile] = field(default_factory=list)
    created_at: Optional[datetime] = None
    updated_at: Optional[datetime] = None

    @classmethod
    def of(cls, of: JSON) -> Item:
        fields = [ItemField(f["id"], f["title"], f["fieldType"], f["value"], f.get("sectionId")) for f in of.get("fields") or []]
        files = [ItemFile(f["id"], f["name"], f["size"], f.get("type", "")) for f in of.get("files") or []]
        return cls(
            of["id"], of["title"], of["category"], of["vaultId"], fields, sections_of(of), of.get("notes", ""), of.get("tags") or [],
            websites_of(of), of.get("version", 0), files, moment(of.get("createdAt")), moment(of.get("updatedAt")),
        )  # fmt: skip


@dataclass(frozen=True)
class ItemShareFiles:
    """Whether files may come along. max_size is in bytes of one file."""

    allowed: bool
    max_size: int


@dataclass(frozen=True)
class ItemShareAccountPolicy:
    """The rule for sharing one item, which it remembers. The server holds to it whatever a program sends.

    max_views None is unlimited, no allowed_types mean that sharing is off, no allowed_domains any. An expiry is "" where
    even an hour is too long.
    """

    vault_id: str
    item_id: str
    max_expiry: str
    default_expiry: str
    max_views: Optional[int]
    allowed_types: List[str]
    allowed_recipient_types: List[str]
    allowed_domains: List[str]
    files: ItemShareFiles

    @classmethod
    def of(cls, of: JSON, vault_id: str, item_id: str) -> ItemShareAccountPolicy:
        files = ItemShareFiles(of["files"]["allowed"], of["files"]["maxSize"])
        return cls(
            vault_id, item_id, _known(ItemShareDuration, of.get("maxExpiry", "")),
            _known(ItemShareDuration, of.get("defaultExpiry", "")),
            of.get("maxViews") or None, [_known(AllowedType, name) for name in of["allowedTypes"]],
            [_known(AllowedRecipientType, name) for name in of["allowedRecipientTypes"]], of.get("allowedDomains") or [], files,
        )  # fmt: skip


@dataclass(frozen=True)
class ValidRecipient:
    """A recipient that the server has checked: an address, or a domain."""

    type: str
    email: Optional[str] = None
    domain: Optional[str] = None

    @classmethod
    def of(cls, of: JSON) -> ValidRecipient:
        parameters = of.get("parameters") or {}
        return cls(_known(AllowedRecipientType, of["type"]), parameters.get("email"), parameters.get("domain"))

    def json(self) -> JSON:
        parameters = {"email": self.email, "domain": self.domain}
        return {"type": str(self.type), "parameters": {name: text for name, text in parameters.items() if text is not None}}

    def __str__(self) -> str:
        return self.email or self.domain or ""


@dataclass(frozen=True)
class ItemShareParams:
    """The choices for one share.

    No recipients: everyone with the link. No expire_after: the policy's default. one_time_only opens once, or once for
    each recipient. files: the item's files come along. totp: one-time-password seeds come along, else they stay out.
    omit: ids of fields that stay out.
    """

    recipients: Sequence[Union[ValidRecipient, str]] = ()
    expire_after: Optional[Union[ItemShareDuration, str]] = None
    one_time_only: bool = False
    files: bool = False
    totp: bool = False
    omit: Sequence[str] = ()

    def json(self) -> JSON:
        body: JSON = {
            "recipients": [r.json() if isinstance(r, ValidRecipient) else r for r in self.recipients],
            "oneTimeOnly": self.one_time_only,
        }
        if self.expire_after is not None:
            body["expireAfter"] = str(self.expire_after)
        extras = {"files": self.files, "totp": self.totp, "omit": list(self.omit)}
        return {**body, **{name: value for name, value in extras.items() if value}}


@dataclass(frozen=True)
class CreatedShare:
    """A share just made. Its link is given this once. native: the link is 1Password's own, views are seen there."""

    id: str
    link: str = field(repr=False)
    expires_at: datetime
    native: bool = False

    @classmethod
    def of(cls, of: JSON) -> CreatedShare:
        return cls(of["id"], of["link"], _time(of["expiresAt"]), of.get("native", False))


@dataclass(frozen=True)
class Share:
    """One row of the history. It has no link: that was given once. max_views 0 is unlimited."""

    id: str
    vault_id: str
    item_id: str
    title: str
    shared_by: str
    audience: str
    recipients: List[ValidRecipient]
    created_at: datetime
    expires_at: datetime
    ended_at: Optional[datetime]
    max_views: int
    views: int
    status: str
    native: bool = False

    @classmethod
    def of(cls, of: JSON) -> Share:
        recipients = [ValidRecipient.of(r) for r in of.get("recipients") or []]
        return cls(
            of["id"], of["vaultId"], of["itemId"], of["title"], of["sharedBy"], of["audience"], recipients, _time(of["createdAt"]),
            _time(of["expiresAt"]), moment(of.get("endedAt")), of["maxViews"], of["views"],
            _known(ItemShareStatus, of["status"]), of.get("native", False),
        )  # fmt: skip


def websites_of(of: JSON) -> List[Website]:
    return [Website(site["url"], site.get("label", "")) for site in of.get("websites") or []]


def sections_of(of: JSON) -> List[ItemSection]:
    return [ItemSection(section["id"], section["title"]) for section in of.get("sections") or []]


def _known(names: type, text: str) -> str:
    """Gives the constant of a name, and the name itself where a newer server has more of them."""
    try:
        return names(text)  # type: ignore[no-any-return]
    except ValueError:
        return text


def _time(text: str) -> datetime:
    """Reads RFC 3339, of whose forms Python before 3.11 knows some."""
    parts = re.fullmatch(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", text)
    if parts is None:
        raise ValueError("a time that is not RFC 3339")
    micros = (parts[2] or "0")[:6].ljust(6, "0")
    zone = "+00:00" if parts[3] in "Zz" else parts[3]
    return datetime.fromisoformat(f"{parts[1].upper()}.{micros}{zone}")


def moment(text: Optional[str]) -> Optional[datetime]:
    return _time(text) if text else None
