"""What an installation decides, read from the environment.

``DATABASE_URL`` keeps the name that hosting platforms use; everything else is ``WANGGE_<NAME>``. Nothing is read at
import: whoever needs settings makes them once, at the door, and hands them on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("time_zone", "no such time zone") from error
    return name


def _driven(url: str | None) -> str | None:
    """Addresses as everybody writes them (postgres://, postgresql://) mean the driver that is installed."""
    scheme, separator, rest = (url or "").partition("://")
    return f"postgresql+psycopg2://{rest}" if separator and scheme in _PLAIN_SCHEMES else url


_PLAIN_SCHEMES = ("postgres", "postgresql")
DatabaseUrl = Annotated[str | None, AfterValidator(_driven)]
TimeZone = Annotated[str, AfterValidator(_known_zone)]


def bounds_of(text: str) -> tuple[int, int]:
    """``300-500`` as two numbers. ValueError where it is no range."""
    low, high = (int(one) for one in text.split("-"))
    if not 0 <= low <= high or not high:
        raise ValueError(text)
    return low, high


def _bounded(text: str) -> str:
    try:
        bounds_of(text)
    except ValueError as error:
        raise PydanticCustomError(
            "bounds", "no bounds; write the least and the most: 300-500"
        ) from error
    return text


Bounds = Annotated[str, AfterValidator(_bounded)]


class Settings(BaseSettings):
    """The settings of one installation. An unusable value raises pydantic's ``ValidationError``."""

    model_config = SettingsConfigDict(
        env_prefix="WANGGE_", frozen=True, populate_by_name=True, env_ignore_empty=True
    )

    database_url: DatabaseUrl = Field(default=None, validation_alias="DATABASE_URL")
    """A PostGIS of one's own; without it the private cluster in ``state_dir`` serves."""

    state_dir: Path = Path(".wangge")
    """Where the machine keeps what it made: the private cluster, caches."""

    timezone: TimeZone = "Asia/Shanghai"
    """The city's time zone: for input without one, and for the bounds of days and months."""

    lang: Literal["zh", "en"] = "zh"
    profile: Literal["cn", "plain"] = "cn"

    households: Bounds = "300-500"
    residents: Bounds = "600-1000"
    """Between what a grid's households and residents may be, where a community has no bounds of its own."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    """Processes that serve; each keeps the grids in memory and its own connections."""
    trust_network: bool = False
    """Whether the service may listen beyond the loopback although it has no accounts."""

    reading_memory_mb: int = Field(default=2048, ge=256)
    reading_s: int = Field(default=60, ge=1)
    """What a file that is handed over to the service may take to be read: memory, and seconds of processor."""

    chain_rules: Path | None = None
    """Which links of responsibility are demanded (a TOML file as data/rules/cn.toml); else those of the profile."""

    stage_rules: Path | None = None
    """Which steps a plan must have gone before it is published (a TOML file as data/rules/stages.toml); else ours."""

    actor: str | None = None
    """Whom HTTP requests are recorded under, until there are accounts."""

    basemap_url: str | None = None
    basemap_datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] | None = None
