"""Plans drawn elsewhere: what a file holds and its faults told, narrow ones repaired within a stated tolerance, then
drafts like any other.

    look(connection, shelf, drawing, wishes)   a `Look`: nothing is written
    adopt(connection, …, look)                 its drafts, one a community

`wishes` is what a person says of a file; `placing` where its coordinates lie; `measuring` what is wrong with its areas;
`looking` puts all of it together;
`adopt` makes drafts.
"""

from api.services.adopting.adopt import adopt
from api.services.adopting.looking import Area, Look, look
from api.services.adopting.opened import handed_over, opened
from api.services.adopting.wishes import Wishes

__all__ = ["Area", "Look", "Wishes", "adopt", "handed_over", "look", "opened"]
