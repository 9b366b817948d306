"""Compiled kernels, kept on disk where there is a place for them.

Numba keeps machine code beside the source or in the user's cache folder; where neither can be written it refuses to
cache at all, and then the kernel is compiled once in each process. It takes what it kept for good as long as the file
of that one kernel is unchanged, though the machine code holds the constants and kernels of other files too: ours is
good only as long as none of them has changed.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def _load_without_linear_algebra() -> None:
    """Load what numba loads at the first call, without the 0.2 s in which it looks whether SciPy has a BLAS for
    ``np.kron``, which no kernel here needs."""
    loaded = "scipy.linalg" in sys.modules
    if not loaded:
        sys.modules["scipy.linalg"] = cast(Any, None)  # how Python marks what can't be imported
    try:
        import_module("numba.np.arraymath")
    finally:
        if not loaded:
            del sys.modules["scipy.linalg"]


_load_without_linear_algebra()


def kernel(function: Kernel) -> Kernel:
    """Compile at the first call; runs without the interpreter's lock."""
    return _compiled(function, nogil=True)


def quick(function: Kernel) -> Kernel:
    """The same for a few microseconds: it keeps the interpreter's lock, for which it might have to queue afterwards."""
    return _compiled(function, nogil=False)


def _compiled(function: Kernel, *, nogil: bool) -> Kernel:
    try:
        compiled = numba.njit(cache=True, nogil=nogil)(function)
    except RuntimeError:  # numba's "no locator available": nowhere to keep it
        return cast(Kernel, numba.njit(nogil=nogil)(function))
    kept = cast(Any, compiled)._cache._cache_file
    own = Path(function.__code__.co_filename).parent
    kept._source_stamp = (kept._source_stamp, _sources(own), _sources(Path(__file__).parent))
    return cast(Kernel, compiled)


@cache
def _sources(folder: Path) -> str:
    """Stands for the modules in a folder as they are."""
    found = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        found.update(path.name.encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def bound(compiled: Kernel, *like: object) -> Kernel:
    """The machine code of a kernel for arguments like these, which costs less to call than a kernel that looks what it
    was given. Whoever calls it gives it arguments of exactly these types."""
    compiled(*like)
    dispatcher: Any = compiled
    type_of: Any = numba.typeof
    return cast(Kernel, dispatcher.get_overload(tuple(type_of(one) for one in like)))


def inlined(function: Kernel) -> Kernel:
    """The same for a small function inside kernels: its code is copied to where it is called."""
    return cast(Kernel, numba.njit(nogil=True, inline="always")(function))


def _prefetch(_typing: Any, array: Any, _index: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_of: Any = make_array
        start = array_of(signature.args[0])(context, builder, arguments[0]).data
        index = context.cast(builder, arguments[1], signature.args[1], types.intp)
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        place = builder.bitcast(builder.gep(start, [index]), byte)
        insert: Any = cgutils.get_or_insert_function
        ask = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        hint = insert(builder.module, ask, "llvm.prefetch.p0")
        read, keep, data = (ir.Constant(number, value) for value in (0, 3, 1))
        builder.call(hint, [place, read, keep, data])
        return context.get_dummy_value()

    return types.void(array, _index), emit


def _copy_bytes(_typing: Any, target: Any, _to: Any, source: Any, _start: Any, _count: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_of: Any = make_array
        kinds = signature.args
        into = array_of(kinds[0])(context, builder, arguments[0]).data
        out_of = array_of(kinds[2])(context, builder, arguments[2]).data
        to, start, count = (
            context.cast(builder, arguments[k], kinds[k], types.intp) for k in (1, 3, 4)
        )
        copy: Any = cgutils.raw_memcpy
        copy(builder, builder.gep(into, [to]), builder.gep(out_of, [start]), count, 1)
        return context.get_dummy_value()

    return types.void(target, _to, source, _start, _count), emit


copy_bytes = cast(Callable[[Any, int, Any, int, int], None], intrinsic(_copy_bytes))
"""In kernels: ``target[to:to + count] = source[start:start + count]`` of two arrays of bytes. Bounds are not tested."""

prefetch = cast(Callable[[Any, Any], None], intrinsic(_prefetch))
"""In kernels: starts to bring ``array[i]`` (one-dimensional) into the cache. A hint: bounds are not tested."""
