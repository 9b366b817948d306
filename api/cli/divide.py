"""``wangge divide``: polygons with one number in, so many parts of nearly equal sums out."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import Translate, progress, say, table
from api.services.divide import Divided, divide_blocks
from api.services.reports import write_report
from api.services.targets import refuse_inputs
from data.readers.vector import read_layer
from data.writers.atomic import check_target
from data.writers.layers import ENDINGS, write_layers
from geo.crs import parse_datum
from geo.errors import OptionError

SHOWN = 60
"""How many parts the table has at most; the file has all."""


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``divide``."""

    @app.command("divide", help=t("cli_divide.help"))
    def command(
        *,
        blocks: Annotated[str, typer.Argument(metavar="F[:layer]", help=t("cli_divide.blocks"))],
        weight: Annotated[str, typer.Option(metavar="COL", help=t("cli_divide.weight"))],
        grids: Annotated[int, typer.Option(min=1, help=t("cli_divide.grids"))],
        output: Annotated[Path, typer.Option("-o", "--output", help=t("cli_divide.output"))],
        within: Annotated[
            float, typer.Option(metavar="PERCENT", help=t("cli_divide.within"))
        ] = 1.0,
        prove: Annotated[bool, typer.Option("--prove", help=t("cli_divide.prove"))] = False,
        compare: Annotated[
            str | None, typer.Option(metavar="COL", help=t("cli_divide.compare"))
        ] = None,
        seed: Annotated[int, typer.Option(min=0, help=t("cli_draw.seed"))] = 0,
        datum: Annotated[str | None, typer.Option(help=t("cli_divide.datum"))] = None,
        encoding: Annotated[str | None, typer.Option(help=t("cli_draw.encoding"))] = None,
        report: Annotated[Path | None, typer.Option(help=t("cli_divide.report"))] = None,
    ) -> None:
        if not 0 <= within <= 100:
            raise OptionError("within-impossible", value=within)
        check_target(output, ENDINGS)
        if report is not None:
            check_target(report, (".json",))
        refuse_inputs(output, (blocks,), layers=("grids", "blocks"))
        refuse_inputs(report, (blocks,))
        with progress(t) as watch:
            watch("read", 0, None)
            given = read_layer(
                blocks,
                default_layer="blocks",
                datum=parse_datum(datum) if datum else None,
                encoding=encoding,
            )
            done = divide_blocks(
                given,
                weight,
                grids,
                within=within / 100,
                prove=prove,
                seed=seed,
                compare=compare,
                progress=watch,
            )
            watch("write", 0, None)
            written = write_layers(output, {"grids": done.grids, "blocks": done.blocks})
        if report is not None:
            write_report(report, (), done.summary)
        show(done, weight, t)
        files = [*written.paths, *([report] if report else [])]
        say(t("cli_draw.done", files=", ".join(str(path) for path in files)))
        raise typer.Exit(0 if done.holds else 1)


def show(done: Divided, weight: str, t: Translate) -> None:
    """The table of parts, and in one line how even they are and how sure that is."""
    shown = done.grids.head(SHOWN)
    rows = [
        (code, int(blocks), f"{total:,.10g}", f"{100 * off:+.2f} %", f"{compact:.3f}")
        for code, blocks, total, off, compact in zip(
            shown["code"],
            shown["blocks"],
            shown[weight],
            shown["deviation"],
            shown["compactness"],
            strict=True,
        )
    ]
    heads = [t(f"cli_divide.column-{name}") for name in ("code", "blocks")]
    heads += [weight, *(t(f"cli_divide.column-{name}") for name in ("deviation", "compactness"))]
    table(t("cli_divide.table"), heads, rows)
    if len(done.grids) > SHOWN:
        say(t("cli_divide.more", count=len(done.grids) - SHOWN))
    shares = ("within", "least", "most", "worst")
    percent = {key: f"{100 * float(str(done.summary[key])):+.2f}" for key in shares}
    percent["within"], percent["worst"] = (percent[key][1:] for key in ("within", "worst"))
    figures = done.summary | percent | {"compactness": f"{done.summary['compactness']:.3f}"}
    say(t("cli_divide.total", **figures))
    _show_compared(done, t)
    if done.summary["state"] != "drawn":
        say(t(f"cli_divide.state-{done.summary['state']}", **figures))
    elif float(str(done.summary["worst"])) > float(str(done.summary["within"])):
        say(t("cli_divide.not-found", **figures))
    if done.summary["in_parts"]:
        say(t("cli_divide.in-parts", **figures))


def _show_compared(done: Divided, t: Translate) -> None:
    """How the blocks are divided now, in the same figures."""
    beside = done.summary.get("compared")
    if isinstance(beside, dict):
        least, most = (f"{100 * beside[key]:+.2f}" for key in ("least", "most"))
        compact = f"{beside['compactness']:.3f}"
        say(
            t(
                "cli_divide.compared",
                grids=beside["grids"],
                least=least,
                most=most,
                compactness=compact,
            )
        )
