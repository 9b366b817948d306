"""What a child said, or how it ended without a word, as a value or an error of ours."""

from __future__ import annotations

import logging
import signal
from collections.abc import Sequence
from typing import Any

from data.apart.crossing import unpacked
from data.apart.limits import Limits
from geo import errors
from geo.errors import FileUnreadable, WanggeError

_TIME = (signal.SIGALRM, signal.SIGXCPU)
_log = logging.getLogger(__name__)


def understood(content: bytes, about: str, limits: Limits, returns: Sequence[type]) -> Any:
    """What a child says."""
    try:
        answer = unpacked(content, returns)
        if "made" in answer:
            return answer["made"]
        raised = _refusal(answer)
        failed, reason = str(answer.get("failed")), str(answer.get("reason"))
    except Exception as error:
        _log.exception("%s: what came back can't be understood", about)
        raise FileUnreadable("reading-crashed", file=about, how=type(error).__name__) from error
    if raised is not None:
        raise raised
    if failed == "memory":
        raise _memory(about, limits)
    _log.error("%s can't be read:\n%s", about, reason)
    last = reason.strip().rpartition("\n")[2]
    raise FileUnreadable("reading-crashed", file=about, how=last[:200])


def ending(ended: dict[str, int], about: str, limits: Limits) -> FileUnreadable:
    """The complaint about a child that ended without an answer."""
    how = ended["ended"]
    number = signal.Signals(-how) if how < 0 else None
    _log.warning("%s: its reader ended by %s", about, number or how)
    if number in _TIME:
        return FileUnreadable("reading-time", file=about, most_s=limits.processor_s)
    resident = ended.get("resident_kb", 0) << 10
    if number == signal.SIGKILL or resident > limits.memory_bytes * 0.6:
        return _memory(about, limits)
    return FileUnreadable("reading-crashed", file=about, how=number.name if number else str(how))


def _memory(about: str, limits: Limits) -> FileUnreadable:
    return FileUnreadable("reading-memory", file=about, most_mb=limits.memory_bytes >> 20)


def _refusal(answer: dict[str, Any]) -> WanggeError | None:
    """The error of ours that a function raised; of a kind that is in the tree and no other."""
    if "refused" not in answer:
        return None
    kind = getattr(errors, answer["refused"])
    if not issubclass(kind, WanggeError):
        raise TypeError(answer["refused"])
    return kind(str(answer["code"]), **answer["params"])  # type: ignore[no-any-return]
