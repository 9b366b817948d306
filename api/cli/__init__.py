"""The ``wangge`` command. One module a verb (or a group of verbs); each has

    def register(app: typer.Typer, t: Translate) -> None

and declares its commands inside, with help texts from ``t("cli_<verb>.<name>")``. Such a module must not
import ``annotations`` from ``__future__``: Typer would then look up ``t`` in the module, not in ``register``.

Exit status: 0 nothing blocks, 1 something does, 2 the input can't be used (the reason goes to stderr).
"""

import gc
import signal
import sys
from importlib import import_module

import typer
from pydantic import ValidationError

from api.cli import stopping, usage
from api.cli.console import Translate, explain, translator
from api.cli.later import postpone
from api.cli.manual import Manual
from api.validation import complaint
from data.settings import Settings
from geo.errors import WanggeError
from maps.texts import DEFAULT_LANGUAGE

VERBS = {
    "draw": "draw",
    "divide": "divide",
    "assign": "assign",
    "check": "check",
    "map": "map",
    "report": "report",
    "plan": "plan",
    "trace": "trace",
    "import": "imports",
    "export": "exports",
    "demo": "demo",
    "serve": "serve",
    "db": "db",
}
"""What a user types, in the order in which ``--help`` shows it -> the module that declares it."""
LATER = {"assign": ("pandas", "geopandas")}
"""What a verb seldom needs, though what it loads would load it."""


def build(t: Translate, verb: str | None) -> typer.Typer:
    """The command with its texts in one language.

    Only the module of ``verb`` is loaded, for the libraries behind all of them take seconds; with another word or
    none, every verb is listed with its help text, which is all that the manual's first page needs.
    """
    app = Manual(t, help=t("cli.help"))

    @app.callback()
    def options() -> None:
        """Keeps ``wangge VERB`` the form even while there is a single verb."""

    if verb in VERBS:
        postpone(*LATER.get(verb, ()))
        import_module(f"api.cli.{VERBS[verb]}").register(app, t)
        return app
    for name in VERBS:
        app.command(name, help=t(f"cli_{name}.help"))(options)
    return app


def main() -> None:
    """The console script: run one command; say in the user's language what went wrong."""
    gc.disable()  # what is loaded is no garbage: looking for some takes a fifth of the start
    t = translator(_settings().lang)
    verb = sys.argv[1] if len(sys.argv) > 1 else None
    if verb != "serve":  # which ends in its own way
        stopping.heed()
    try:
        command = build(t, verb)
        gc.freeze()
        gc.enable()
        sys.exit(command(prog_name="wangge", standalone_mode=False))
    except WanggeError as error:
        sys.stderr.write(explain(error, t) + "\n")
        sys.exit(2)
    except typer.TyperException as error:
        sys.stderr.write(usage.explain(error, t) + "\n")
        sys.exit(2)
    except typer.Abort:
        sys.stderr.write(t("cli.aborted") + "\n")
        sys.exit(1)
    except OSError as error:
        _say_system(error, t)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    finally:
        gc.freeze()  # nor does anything have to be looked for at the end


def _say_system(error: OSError, t: Translate) -> None:
    """What the system refused, and where; nothing where nobody reads on (a closed pipe)."""
    if isinstance(error, BrokenPipeError):
        sys.stdout = None  # else Python complains once more while it ends
        return
    sys.stderr.write(
        t("cli.system", file=error.filename or "-", reason=error.strerror or error) + "\n"
    )


def _settings() -> Settings:
    """The settings, or the end of the command with what is wrong with them."""
    try:
        return Settings()
    except ValidationError as error:
        t = translator(DEFAULT_LANGUAGE)
        for wrong in error.errors():
            name = ".".join(str(part) for part in wrong["loc"])
            reason = complaint(wrong, DEFAULT_LANGUAGE)
            sys.stderr.write(
                t("cli.setting", name=name, value=wrong["input"], reason=reason) + "\n"
            )
        sys.exit(2)
