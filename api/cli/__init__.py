"""The ``wangge`` command. One module a verb (or a group of verbs); each has

    def register(app: typer.Typer, t: Translate) -> None

and declares its commands inside, with help texts from ``t("cli_<module>.<name>")``. Such a module must not
import ``annotations`` from ``__future__``: Typer would then look up ``t`` in the module, not in ``register``.

Exit status: 0 nothing blocks, 1 something does, 2 the input can't be used (the reason goes to stderr).
"""

import sys
from importlib import import_module

import typer
from pydantic import ValidationError

from api.cli.console import Translate, explain, localise, translator
from data.settings import Settings
from geo.errors import WanggeError
from maps.texts import DEFAULT_LANGUAGE

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
    t = translator(_settings().lang)
    localise(t)
    try:
        build(t)(prog_name="wangge")
    except WanggeError as error:
        sys.stderr.write(explain(error, t) + "\n")
        sys.exit(2)


def _settings() -> Settings:
    """The settings, or the end of the command with what is wrong with them."""
    try:
        return Settings()
    except ValidationError as error:
        t = translator(DEFAULT_LANGUAGE)
        for wrong in error.errors():
            name = ".".join(str(part) for part in wrong["loc"])
            sys.stderr.write(
                t("cli.setting", name=name, value=wrong["input"], reason=wrong["msg"]) + "\n"
            )
        sys.exit(2)
