"""The error that all calls raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and the field that it is about."""

    code: str
    field: Optional[str] = None
    detail: Optional[str] = None


class ItemshareError(Exception):
    """An answer that is not a success, no answer, or a link that does not open.

    Besides the server's codes, `code` is `unreachable`, `timeout`, `unexpected_answer` (not from itemshare),
    `not_known` (whether a share was created), `link_invalid` or `damaged` (the link does not decrypt). An
    error contains no token, link or value.
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
        self.status = status  # of the answer; 0 without an answer
        self.problems = problems or []  # all problems; `code` is the code of the first
        self.retry_after = retry_after  # seconds until the next try
        self.share_id = share_id  # id of a share whose link was lost
        self.request_id = request_id  # id of the request, as in the server's log
        self.shared_by = shared_by  # of a link that ended: the person to ask for a new one
