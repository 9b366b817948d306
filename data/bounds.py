"""The bounds of an installation: those of a grid where its community has none of its own."""

from __future__ import annotations

from data.settings import Settings, bounds_of
from geo.model import SizeRule


def usual_rule(settings: Settings) -> SizeRule:
    """What the settings say."""
    return SizeRule(bounds_of(settings.households), bounds_of(settings.residents))
