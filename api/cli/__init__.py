"""The ``wangge`` command. One module a verb (or a group of verbs); each has

    def register(app: typer.Typer, t: Translate) -> None

and declares its commands inside, with help texts from ``t("cli_<module>.<name>")``. Such a module must not
import ``annotations`` from ``__future__``: Typer would then look up ``t`` in the module, not in ``register``.

Exit status: 0 nothing blocks, 1 something does, 2 the input can't be used (the reason goes to stderr).
"""

import sys
from importlib import import_module

import typer

from api.cli.console import Translate, explain, localise, translator
from data.settings import Settings
from geo.errors import WanggeError

VERBS = (
    "draw",
    "assign",
    "check",
    "map",
    "imports",
    "exports",
    "demo",
    "serve",
    "db",
)
"""The modules in the order in which ``--help`` shows them."""


def build(t: Translate) -> typer.Typer:
    """The whole command with its texts in one language."""
    app = typer.Typer(
        help=t("cli.help"), no_args_is_help=True, rich_markup_mode="rich", add_completion=False
    )

    @app.callback()
    def options() -> None:
        """Keeps ``wangge VERB`` the form even while there is a single verb."""

    for verb in VERBS:
        import_module(f"api.cli.{verb}").register(app, t)
    return app


def main() -> None:
    """The console script: run one command; say in the user's language what went wrong."""
    t = translator(Settings().lang)
    localise(t)
    try:
        build(t)(prog_name="wangge")
    except WanggeError as error:
        sys.stderr.write(explain(error, t) + "\n")
        sys.exit(2)
