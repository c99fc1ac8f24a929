"""What went wrong, in one shape for all callers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional


@dataclass(frozen=True)
class Problem:
    """One thing that was wrong, and where."""

    code: str
    field: Optional[str] = None
    detail: Optional[str] = None


class ItemshareError(Exception):
    """An answer that is no success, no answer at all, or a link that does not open. Holds no token, link or value.

    Besides the server's codes `code` is `unreachable`, `timeout`, `unexpected_answer` (of something that is no
    itemshare), `not_known` (whether a share was made), `link_invalid` or `damaged` (does not open).
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int = 0,
        problems: Optional[List[Problem]] = None,
        retry_after: Optional[float] = None,
        share_id: Optional[str] = None,
        request_id: Optional[str] = None,
        shared_by: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status  # of the answer; 0 without one
        self.problems = problems or []  # every one; the first one's code is `code`
        self.retry_after = retry_after  # seconds after which trying again may help
        self.share_id = share_id  # the share that there is, where its link was lost
        self.request_id = request_id  # finds the request in the server's log
        self.shared_by = shared_by  # of a link that ended: whom to ask for a new one
