"""The repair of digitising faults, proposed: what would become of each polygon, within a stated tolerance.

    propose(delivered, measure, within_m=…)   a Proposal: the layers mended, and exactly what that would change

Nothing is touched that is wider than the tolerance: who has it is for people to say. `faces` cuts the whole city where
any border runs; `settle` decides who gets what is narrow, level by level; `cuts` shares out what runs along several;
`changes` tells what is different.
"""

from geo.repair.changes import Change, Changed, RepairFigures
from geo.repair.propose import Proposal, propose

__all__ = ["Change", "Changed", "Proposal", "RepairFigures", "propose"]
