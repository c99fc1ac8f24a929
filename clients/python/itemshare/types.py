"""The types of the API, with the names and values of 1Password's SDK.

No repr contains a value or a link. Members that a newer server adds are ignored.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Dict, List, Optional, Sequence, Union

JSON = Dict[str, Any]


class Name(str, enum.Enum):
    """A name of the API, which prints as it is."""

    def __str__(self) -> str:
        return str(self.value)


class ItemShareDuration(Name):
    """The time after which a link expires."""

    ONE_HOUR = "OneHour"
    ONE_DAY = "OneDay"
    SEVEN_DAYS = "SevenDays"
    FOURTEEN_DAYS = "FourteenDays"
    THIRTY_DAYS = "ThirtyDays"


class AllowedType(Name):
    """The types of links: for recipients, or for anyone with the link."""

    AUTHENTICATED = "Authenticated"
    PUBLIC = "Public"


class AllowedRecipientType(Name):
    """The types of recipients: one email address, or everyone at a domain."""

    EMAIL = "Email"
    DOMAIN = "Domain"


class ItemShareStatus(Name):
    """The status of a share. Viewed: no views left."""

    ACTIVE = "active"
    EXPIRED = "expired"
    VIEWED = "viewed"
    REVOKED = "revoked"


class ItemState(Name):
    """Whether an item is archived."""

    ACTIVE = "active"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class VaultOverview:
    """A vault. Of the lists, only that of all vaults has archived ones."""

    id: str
    title: str
    archived: bool = False

    @classmethod
    def of(cls, of: JSON) -> VaultOverview:
        return cls(of["id"], of["title"], of.get("archived", False))


@dataclass(frozen=True)
class Website:
    """An address where an item is used."""

    url: str
    label: str = ""


@dataclass(frozen=True)
class ItemOverview:
    """An item in a list, without its values."""

    id: str
    title: str
    category: str
    vault_id: str
    subtitle: str = ""
    websites: List[Website] = field(default_factory=list)
    tags: List[str] = field(default_factory=list)
    version: int = 0
    updated_at: Optional[datetime] = None
    state: str = "active"

    @classmethod
    def of(cls, of: JSON) -> ItemOverview:
        return cls(
            of["id"], of["title"], of["category"], of["vaultId"], of.get("subtitle", ""), websites_of(of),
            of.get("tags") or [], of.get("version", 0), optional_time(of.get("updatedAt")),
            of.get("state", "active"),
        )  # fmt: skip


@dataclass(frozen=True)
class ItemField:
    """A field. field_type is the SDK's name: Text, Concealed, Totp, …"""

    id: str
    title: str
    field_type: str
    value: str = field(repr=False)
    section_id: Optional[str] = None
    withheld: bool = False  # it is concealed, and the service account can't see it


@dataclass(frozen=True)
class ItemSection:
    """Groups fields under a title."""

    id: str
    title: str


@dataclass(frozen=True)
class ItemFile:
    """A file. size is in bytes; type is a media type or ""."""

    id: str
    name: str
    size: int
    type: str = ""

    @classmethod
    def of(cls, of: JSON) -> ItemFile:
        return cls(of["id"], of["name"], of["size"], of.get("type", ""))


@dataclass(frozen=True)
class FileCreateParams:
    """A file to attach or to share. content is read once; a file is opened for binary reading.

    type is a media type, "" if it isn't known.
    """

    name: str
    content: Union[bytes, BinaryIO] = field(repr=False)
    type: str = ""


@dataclass(frozen=True)
class Item:
    """An item with its values."""

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
        fields = [
            ItemField(
                f["id"], f["title"], f["fieldType"], f["value"], f.get("sectionId"), f.get("withheld", False)
            )  # fmt: skip
            for f in of.get("fields") or []
        ]
        files = [ItemFile.of(f) for f in of.get("files") or []]
        return cls(
            of["id"], of["title"], of["category"], of["vaultId"], fields, sections_of(of), of.get("notes", ""),
            of.get("tags") or [], websites_of(of), of.get("version", 0), files,
            optional_time(of.get("createdAt")), optional_time(of.get("updatedAt")),
        )  # fmt: skip


    def json(self) -> JSON:
        """Returns what the API stores of the item."""
        return _item_json(self)


@dataclass(frozen=True)
class ItemCreateParams:
    """A new item. Sections and fields with the id "" get one."""

    vault_id: str
    category: str
    title: str
    fields: Sequence[ItemField] = ()
    sections: Sequence[ItemSection] = ()
    notes: str = field(default="", repr=False)
    tags: Sequence[str] = ()
    websites: Sequence[Website] = ()

    def json(self) -> JSON:
        """Returns what the API stores of the item."""
        return _item_json(self)


def _item_json(item: Union[Item, ItemCreateParams]) -> JSON:
    return {
        "category": item.category,
        "title": item.title,
        "fields": _fields_json(item.fields),
        "sections": [{"id": s.id, "title": s.title} for s in item.sections],
        "notes": item.notes,
        "tags": list(item.tags),
        "websites": [{"url": w.url, "label": w.label} for w in item.websites],
    }


def _fields_json(fields: Sequence[ItemField]) -> List[JSON]:
    all_fields = []
    for f in fields:
        of = {"id": f.id, "title": f.title, "fieldType": f.field_type, "value": f.value}
        all_fields.append({**of, "sectionId": f.section_id} if f.section_id else of)
    return all_fields


@dataclass(frozen=True)
class ItemShareFiles:
    """The policy for files. max_size is the size of the largest file, in bytes."""

    allowed: bool
    max_size: int


@dataclass(frozen=True)
class ItemShareAccountPolicy:
    """The policy for sharing one item. The server enforces it, whatever a program sends.

    max_views None is unlimited. Without allowed_types sharing is off; without allowed_domains any is allowed.
    An expiry is "" if even an hour is too long.
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
            vault_id, item_id, _constant(ItemShareDuration, of.get("maxExpiry", "")),
            _constant(ItemShareDuration, of.get("defaultExpiry", "")),
            of.get("maxViews") or None, [_constant(AllowedType, name) for name in of["allowedTypes"]],
            [_constant(AllowedRecipientType, name) for name in of["allowedRecipientTypes"]],
            of.get("allowedDomains") or [], files,
        )  # fmt: skip


@dataclass(frozen=True)
class ValidRecipient:
    """A recipient that the server has checked: an email address or a domain."""

    type: str
    email: Optional[str] = None
    domain: Optional[str] = None

    @classmethod
    def of(cls, of: JSON) -> ValidRecipient:
        parameters = of.get("parameters") or {}
        recipient_type = _constant(AllowedRecipientType, of["type"])
        return cls(recipient_type, parameters.get("email"), parameters.get("domain"))

    def json(self) -> JSON:
        parameters = {"email": self.email, "domain": self.domain}
        return {
            "type": str(self.type),
            "parameters": {name: text for name, text in parameters.items() if text is not None},
        }

    def __str__(self) -> str:
        return self.email or self.domain or ""


@dataclass(frozen=True)
class ItemShareParams:
    """The options for a share.

    Without recipients, anyone with the link can open it. Without expire_after, the policy's default counts.
    one_time_only allows one view, or one for each recipient. files includes the item's files, totp its
    one-time passwords; omit has the ids of fields that are not included.
    """

    recipients: Sequence[Union[ValidRecipient, str]] = ()
    expire_after: Optional[Union[ItemShareDuration, str]] = None
    one_time_only: bool = False
    files: bool = False
    totp: bool = False
    omit: Sequence[str] = ()

    def json(self) -> JSON:
        body = _terms_json(self)
        extras = {"files": self.files, "totp": self.totp, "omit": list(self.omit)}
        return {**body, **{name: value for name, value in extras.items() if value}}


@dataclass(frozen=True)
class UnfiledShareParams:
    """What is shared that is in no vault, and the terms of its link.

    An empty title becomes one that says what is shared. The terms are those of ItemShareParams.
    """

    title: str = ""
    fields: Sequence[ItemField] = ()
    notes: str = field(default="", repr=False)
    files: Sequence[FileCreateParams] = ()
    recipients: Sequence[Union[ValidRecipient, str]] = ()
    expire_after: Optional[Union[ItemShareDuration, str]] = None
    one_time_only: bool = False

    def json(self) -> JSON:
        return {
            **_terms_json(self),
            "title": self.title,
            "fields": _fields_json(self.fields),
            "notes": self.notes,
        }


def _terms_json(params: Union[ItemShareParams, UnfiledShareParams]) -> JSON:
    body: JSON = {
        "recipients": [r.json() if isinstance(r, ValidRecipient) else r for r in params.recipients],
        "oneTimeOnly": params.one_time_only,
    }
    if params.expire_after is not None:
        body["expireAfter"] = str(params.expire_after)
    return body


@dataclass(frozen=True)
class CreatedShare:
    """A new share. Its link cannot be shown again. native: it is a link of 1Password's."""

    id: str
    link: str = field(repr=False)
    expires_at: datetime
    native: bool = False

    @classmethod
    def of(cls, of: JSON) -> CreatedShare:
        return cls(of["id"], of["link"], time_of(of["expiresAt"]), of.get("native", False))


@dataclass(frozen=True)
class Share:
    """A share in the history. Its link cannot be shown again. max_views 0 is unlimited."""

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
    undelivered: List[UndeliveredCode] = field(default_factory=list)
    included: str = ""

    @classmethod
    def of(cls, of: JSON) -> Share:
        recipients = [ValidRecipient.of(r) for r in of.get("recipients") or []]
        return cls(
            of["id"], of["vaultId"], of["itemId"], of["title"], of["sharedBy"], of["audience"], recipients,
            time_of(of["createdAt"]), time_of(of["expiresAt"]), optional_time(of.get("endedAt")),
            of["maxViews"], of["views"],
            _constant(ItemShareStatus, of["status"]), of.get("native", False),
            [UndeliveredCode.of(code) for code in of.get("undelivered") or []],
            of.get("included", ""),
        )  # fmt: skip


@dataclass(frozen=True)
class UndeliveredCode:
    """The email of a code that could not be delivered; retried says whether the server still tries."""

    email: str
    reason: str
    at: datetime
    retried: bool

    @classmethod
    def of(cls, of: JSON) -> UndeliveredCode:
        return cls(of["email"], of["reason"], time_of(of["at"]), of["retried"])


@dataclass(frozen=True)
class Event:
    """An event of the audit log. actor and subject are ids; actor is "" if nobody was signed in.

    erased says that the detail was erased.
    """

    number: int
    at: datetime
    kind: str
    actor: str
    subject: str
    detail: Dict[str, str]
    erased: bool = False

    @classmethod
    def of(cls, of: JSON) -> Event:
        return cls(
            of["number"], time_of(of["at"]), of["kind"], of["actor"], of["subject"],
            of["detail"], of.get("erased", False),
        )  # fmt: skip


@dataclass(frozen=True)
class View:
    """One view of a share, or the views that were counted in the minute that begins at this time.

    email is the verified address, None if anyone with the link could view it.
    """

    at: datetime
    email: Optional[str]
    browser: Optional[str]
    views: int

    @classmethod
    def of(cls, of: JSON) -> View:
        return cls(time_of(of["at"]), of.get("email"), of.get("browser"), of["views"])


def websites_of(of: JSON) -> List[Website]:
    return [Website(site["url"], site.get("label", "")) for site in of.get("websites") or []]


def sections_of(of: JSON) -> List[ItemSection]:
    return [ItemSection(section["id"], section["title"]) for section in of.get("sections") or []]


def _constant(names: type, text: str) -> str:
    """Returns the constant with this name, or the name if a newer server has others."""
    try:
        return names(text)  # type: ignore[no-any-return]
    except ValueError:
        return text


def time_of(text: str) -> datetime:
    """Parses RFC 3339, of which Python before 3.11 accepts only some forms."""
    parts = re.fullmatch(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", text)
    if parts is None:
        raise ValueError("a time that is not RFC 3339")
    micros = (parts[2] or "0")[:6].ljust(6, "0")
    zone = "+00:00" if parts[3] in "Zz" else parts[3]
    return datetime.fromisoformat(f"{parts[1].upper()}.{micros}{zone}")


def optional_time(text: Optional[str]) -> Optional[datetime]:
    return time_of(text) if text else None
