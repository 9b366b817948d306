"""Modules that take long to load and are seldom used, loaded when something is first asked of them."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from importlib.util import find_spec
from threading import RLock
from types import ModuleType
from typing import Any

_LOCK = RLock()


def postpone(*names: str) -> None:
    """Let ``import NAME`` of installed packages cost nothing until an attribute is asked for.

    Libraries that merely look whether pandas is there, and which version, then don't load it. What is loaded already,
    or not installed, stays as it is.
    """
    for name in names:
        if name not in sys.modules and (spec := find_spec(name)) is not None:
            sys.modules[name] = _Later(spec)


class _Later(ModuleType):
    """Becomes the module itself, in place, at the first question other than for its version.

    It has no ``__path__`` before, so that importing a submodule is such a question too.
    """

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        self.__spec__, self.__loader__, self.__file__ = spec, spec.loader, spec.origin
        self.__version__ = version(spec.name)

    def __getattr__(self, name: str) -> Any:
        with _LOCK:  # who comes while another thread loads it waits
            if isinstance(self, _Later) and "__path__" not in self.__dict__:
                self._load()
        try:
            return self.__dict__[name]
        except KeyError:
            return ModuleType.__getattribute__(self, name)

    def _load(self) -> None:
        spec = self.__spec__
        assert spec is not None and spec.loader is not None
        self.__path__ = list(spec.submodule_search_locations or ())
        try:
            spec.loader.exec_module(self)
        except BaseException:
            del self.__path__
            raise
        self.__class__ = ModuleType  # type: ignore[assignment]
