"""The copy of an item that a link opens. No repr contains a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import List

from .types import JSON, ItemSection, Website, sections_of, websites_of


@dataclass(frozen=True)
class ShareTerms:
    """The terms of a link. max_views 0 is unlimited; audience is "anyone" or "recipients"."""

    created_at: datetime
    expires_at: datetime
    max_views: int
    audience: str


@dataclass(frozen=True)
class SharedField:
    """A field. type is the SDK's name; section is the id of a section, or ""."""

    title: str
    type: str
    value: str = field(repr=False)
    section: str = ""


@dataclass(frozen=True)
class SharedItem:
    """The copy of an item that a link opens. What is absent in the item is empty."""

    title: str
    category: str
    fields: List[SharedField]
    sections: List[ItemSection]
    websites: List[Website]
    tags: List[str]
    notes: str = field(repr=False)
    shared_by: str
    shared_at: datetime

    @classmethod
    def of(cls, of: JSON) -> SharedItem:
        fields = [
            SharedField(f["title"], f["type"], f["value"], f.get("section", "")) for f in of.get("fields") or []
        ]
        return cls(
            of["title"], of.get("category", ""), fields, sections_of(of), websites_of(of),
            of.get("tags") or [], of.get("notes", ""), of.get("shared_by", ""), from_unix(of.get("shared_at", 0)),
        )  # fmt: skip


def from_unix(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
