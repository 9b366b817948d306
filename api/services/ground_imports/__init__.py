"""The ground handed over as files: communities, buildings, roads. What a file holds is shown first, then imported by
the very import of the command line (`api.services.imports`), all of it or nothing.

    GroundImports.put, look, accept, discard   files that wait, in one database

`wishes` is what a person says of a file; `reading` how it is read, apart from the service; `placing` where its
coordinates lie, and the evidence; `looking` what would come of it; `keeping` what is done with files that wait.
"""

from api.services.ground_imports.keeping import MOST_BYTES, Done, GroundImports, Looked
from api.services.ground_imports.looking import Column, Look
from api.services.ground_imports.placing import Placed, Way
from api.services.ground_imports.reading import NOUNS, targets
from api.services.ground_imports.wishes import Wishes

__all__ = [
    "MOST_BYTES",
    "NOUNS",
    "Column",
    "Done",
    "GroundImports",
    "Look",
    "Looked",
    "Placed",
    "Way",
    "Wishes",
    "targets",
]
