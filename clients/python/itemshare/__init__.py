"""itemshare for programs: shares items in four steps, lists and revokes shares, and opens links.

Names are those of item sharing in 1Password's SDK. It uses Python's standard library alone.
"""

from ._files import Files
from .client import Client, Events, Items, ItemShares, Vaults
from .errors import ItemshareError, Problem
from .opening import OpenedFile, OpenedShare, open_link
from .shared import SharedField, SharedItem, ShareTerms
from .types import (
    AllowedRecipientType,
    AllowedType,
    CreatedShare,
    Event,
    FileCreateParams,
    Item,
    ItemCreateParams,
    ItemField,
    ItemFile,
    ItemOverview,
    ItemSection,
    ItemShareAccountPolicy,
    ItemShareDuration,
    ItemShareFiles,
    ItemShareParams,
    ItemShareStatus,
    ItemState,
    Share,
    UndeliveredCode,
    UnfiledShareParams,
    ValidRecipient,
    VaultOverview,
    View,
    Website,
)

__all__ = [
    "AllowedRecipientType",
    "AllowedType",
    "Client",
    "CreatedShare",
    "Event",
    "Events",
    "FileCreateParams",
    "Files",
    "Item",
    "ItemCreateParams",
    "ItemField",
    "ItemFile",
    "ItemOverview",
    "ItemSection",
    "ItemShareAccountPolicy",
    "ItemShareDuration",
    "ItemShareFiles",
    "ItemShareParams",
    "ItemShareStatus",
    "ItemShares",
    "ItemState",
    "Items",
    "ItemshareError",
    "OpenedFile",
    "OpenedShare",
    "Problem",
    "Share",
    "ShareTerms",
    "SharedField",
    "SharedItem",
    "UndeliveredCode",
    "UnfiledShareParams",
    "ValidRecipient",
    "VaultOverview",
    "Vaults",
    "View",
    "Website",
    "open_link",
]
