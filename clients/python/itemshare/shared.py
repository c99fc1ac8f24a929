"""What a link opens to. Values stay out of every repr."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import List

from .types import JSON, ItemSection, Website, sections_of, websites_of


@dataclass(frozen=True)
class ShareTerms:
    """What a link's copy is sealed under. max_views 0 is unlimited; audience is "anyone" or "recipients"."""

    created_at: datetime
    expires_at: datetime
    max_views: int
    audience: str


@dataclass(frozen=True)
class SharedField:
    """One value of a copy. type is the SDK's name, section a section's id or ""."""

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
        fields = [SharedField(f["title"], f["type"], f["value"], f.get("section", "")) for f in of.get("fields") or []]
        return cls(
            of["title"], of.get("category", ""), fields, sections_of(of), websites_of(of), of.get("tags") or [], of.get("notes", ""),
            of.get("shared_by", ""), from_unix(of.get("shared_at", 0)),
        )  # fmt: skip


def from_unix(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
