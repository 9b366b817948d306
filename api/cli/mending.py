"""What ``wangge draw --from`` says beside what every drawing says: who moves from where to where."""

from __future__ import annotations

from api.cli.console import Translate, say, table
from api.services.mend import MendResult

COLUMNS = ("from", "to", "blocks", "households", "residents", "buildings")
SHOWN = 60
"""How many lines the table has at most; the report and the layer ``moves`` have all."""


def show_moves(result: MendResult, t: Translate) -> None:
    """The table of moves, the largest first, and the totals."""
    mended, grids = result.mended, result.mended.plan.grids
    names = dict(zip(grids["code"], grids["name"], strict=True))

    def label(code: str) -> str:
        return f"{code} {names[code]}" if code in names else code

    moves = sorted(mended.moves, key=lambda move: (-move.households, move.from_grid, move.to_grid))
    rows = [
        (
            label(move.from_grid),
            label(move.to_grid),
            move.blocks,
            move.households,
            move.residents,
            move.buildings,
        )
        for move in moves[:SHOWN]
    ]
    if rows:
        heads = [t(f"cli_mend.column-{column}") for column in COLUMNS]
        table(t("cli_mend.table"), heads, rows)
    if len(moves) > SHOWN:
        say(t("cli_mend.more", count=len(moves) - SHOWN))
    if mended.new:
        say(t("cli_mend.new", codes=", ".join(mended.new)))
    if mended.gone:
        say(t("cli_mend.gone", codes=", ".join(mended.gone)))
    total = int(grids["households"].sum())
    share = 100 * result.households / total if total else 0.0
    say(
        t(
            "cli_mend.total",
            households=f"{result.households:,}",
            percent=f"{share:.1f}",
            communities=len(mended.mended),
        )
        if moves
        else t("cli_mend.nothing")
    )
