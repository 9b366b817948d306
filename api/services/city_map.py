"""The city of the store as one file that may be mailed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from api.services import overview
from api.services.mapping import ENDINGS, Mapped
from api.services.progress import Progress, silent
from data.database import open_database
from data.settings import Settings
from data.writers.atomic import check_target, staging


def map_city(
    settings: Settings, *, output: Path, every_incident: bool = False, progress: Progress = silent
) -> Mapped:
    """Write the city as it stands now to one HTML file, scrubbed as `coverage_page` tells unless ``every_incident``.

    Raises OptionError for a name that is no page's, EnvironmentMissing without a database or the page's scripts.
    """
    check_target(output, ENDINGS)
    progress("database", 0, None)
    engine = open_database(settings, progress)
    progress("map-check", 0, None)
    with engine.connect() as connection:
        seen = overview.present(connection, settings, now=datetime.now(UTC))
    engine.dispose()
    progress("map-page", 0, None)
    page = overview.draw(seen, settings, lang=settings.lang, every_incident=every_incident)
    with staging(output.parent) as stage:
        (stage / output.name).write_text(page.html, "utf-8")
    return Mapped(output, output.stat().st_size, len(seen.data.grids), list(seen.findings))
