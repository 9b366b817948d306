"""Words -> places: what people say for an address, an estate, a landmark, a crossing, and which one they mean.

normal.py     words in one form
parse.py      a name, the numbers below it, and where from there
sounds.py     readings, what is confused by ear, pinyin as it is typed
links.py      pasted map links (baidu.py the metres of one vendor)
names.py      names found by parts, sounds, pinyin and likeness
told.py       how a list writes a place: regions before an address, brackets behind a name
below.py      which entries of a name its numbers point to
gazetteer.py  entries below names: the search
"""

from geo.gazetteer.below import Lack
from geo.gazetteer.gazetteer import Candidate, Entry, EntryKind, Gazetteer, merged
from geo.gazetteer.names import Match
from geo.gazetteer.normal import normal
from geo.gazetteer.parse import Parts, parse

__all__ = [
    "Candidate",
    "Entry",
    "EntryKind",
    "Gazetteer",
    "Lack",
    "Match",
    "Parts",
    "merged",
    "normal",
    "parse",
]
