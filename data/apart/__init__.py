"""Foreign bytes are read apart from the service: in a child process with a limit on memory and time.

    Apart().run(function, …, about=FILE, returns=(…))   what `function` returns, or says (geo.errors)

`function` is called as ``function(folder, …)`` in a process of its own, with an empty folder that is gone afterwards. A
reader that never ends, swallows memory or crashes becomes a FileUnreadable that names the file; the service answers
everybody else meanwhile. Children are forked from a nursery (`nursery`), a process that has loaded the libraries and
never touches a foreign byte: a child is there in milliseconds, where a fresh interpreter takes a second. When the
service dies, the nursery sees its socket close, and every child and file is gone.

`crossing` is what comes back: numbers, texts, shapes and tables, never pickled, for a child may be in foreign hands.
"""

from data.apart.calling import Apart, Cancel
from data.apart.limits import Limits
from data.apart.nursing import LOADED, Nursing

__all__ = ["LOADED", "Apart", "Cancel", "Limits", "Nursing"]
