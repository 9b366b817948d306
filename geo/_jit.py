"""Compiled kernels, kept on disk where there is a place for them.

Numba keeps machine code beside the source or in the user's cache folder; where neither can be written it refuses to
cache at all, and then the kernel is compiled once in each process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def kernel(function: Kernel) -> Kernel:
    """Compile at the first call; runs without the interpreter's lock."""
    try:
        compiled = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba's "no locator available": nowhere to keep it
        compiled = numba.njit(nogil=True)(function)
    return cast(Kernel, compiled)


def inlined(function: Kernel) -> Kernel:
    """The same for a small function inside kernels: its code is copied to where it is called."""
    return cast(Kernel, numba.njit(nogil=True, inline="always")(function))
