"""The one tree of errors.

    WanggeError                 everything this project raises on purpose
    ├── InputError              what was handed in can't be used: file, row, value (CLI exit 2, HTTP 4xx)
    │   ├── FileUnreadable      not there, empty, not the format it claims, unknown encoding
    │   ├── LayerMissing        the layer is not in the file, or several could be meant
    │   ├── ColumnMissing       a needed column is not in the table
    │   ├── DatumError          datum missing, unknown, or at odds with the file's own CRS
    │   ├── GeometryError       a shape that can't be used, named by its key
    │   ├── CodeError           malformed, duplicated or orphaned code
    │   └── OptionError         an option's value makes no sense, alone or beside another
    ├── NotFound                the thing asked for does not exist (HTTP 404)
    ├── Conflict                the world has moved on: stale version, overlapping plan (HTTP 409)
    ├── Forbidden               the actor may not do this (HTTP 403)
    └── EnvironmentMissing      this machine lacks something: server programs, browser, font (exit 2, HTTP 503)

An error carries a ``code`` and named ``params``, never a sentence: the sentence is rendered at the edge, in the
reader's language, from the key ``error.<code>`` (maps/texts). It names the thing, the place and the remedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self


class WanggeError(Exception):
    """Base of the tree.

    ``code`` is kebab-case and has a text in every language; ``params`` fill that text.
    """

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        named = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code} ({named})" if named else self.code


class InputError(WanggeError):
    """What was handed in can't be used."""


class FileUnreadable(InputError):
    """A file that is absent, empty, broken or in an unknown encoding."""


class LayerMissing(InputError):
    """A layer that is not in the file, or a choice between several."""


class ColumnMissing(InputError):
    """A column that is needed and absent."""


class DatumError(InputError):
    """A datum that is missing, unknown or contradicts the file."""


class GeometryError(InputError):
    """A shape that can't be used."""


class CodeError(InputError):
    """A code that is malformed, duplicated or has no parent."""


class OptionError(InputError):
    """An option whose value makes no sense."""


class NotFound(WanggeError):
    """The thing asked for does not exist."""


class Conflict(WanggeError):
    """The state has changed since the caller looked. ``now``: what it is now, where whoever raises this knows; ``of``:
    which noun that is."""

    now: Mapping[str, Any] | None = None
    of: str = "incident"

    def at(self, now: Mapping[str, Any], *, of: str = "incident") -> Self:
        """This conflict, with what the thing is now."""
        self.now, self.of = now, of
        return self


class Forbidden(WanggeError):
    """The actor may not do this."""


class EnvironmentMissing(WanggeError):
    """The machine lacks something that is needed."""
