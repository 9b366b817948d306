"""The pages of ``wangge --help`` and ``wangge VERB --help``: Typer's own speak English and cut Chinese off."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import typer
from rich.cells import cell_len
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from api.cli.console import Translate
from api.cli.folding import fold
from api.cli.kinds import kind_of, likely, limits
from geo.errors import OptionError

WIDEST = 110
"""Columns of a page; longer lines are hard to read."""
LABELS = 34
"""Columns of an option's name and value; a longer one has its text below."""
_EXAMPLE = re.compile(r"^\W*(例如?：|For example: )?\s*wangge ")


class Manual(typer.Typer):
    """A Typer whose pages are ours, with texts from ``t``."""

    def __init__(self, t: Translate, **given: Any) -> None:
        super().__init__(
            cls=_Group, context_settings={"obj": t}, add_completion=False, **given
        )  # fmt: skip
        self.t = t

    def command(self, name: str | None = None, **given: Any) -> Callable[..., Any]:
        """As Typer's, with pages of ours."""
        return super().command(name, cls=_Verb, context_settings={"obj": self.t}, **given)


class _Verb(TyperCommand):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What Typer complains of knows by which command."""
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            if getattr(error, "ctx", None) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write("\n".join(_page(self, ctx)) + "\n")


class _Group(TyperGroup):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write("\n".join([*_page(self, ctx), *_verbs(self, ctx)]) + "\n")

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Without a word, the page, and the status of input that can't be used."""
        if not args:
            typer.echo(self.get_help(ctx))
            raise typer.Exit(2)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of a word; OptionError for a word that is none."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            near = likely(args[0], self.commands)
            raise OptionError(
                "verb-unknown", verb=args[0], near=near, page=f"{ctx.command_path} --help"
            )
        return super().resolve_command(ctx, args)


def usage(command: Any, ctx: Any) -> str:
    """How a command is called, on one line."""
    t: Translate = ctx.obj
    words = [ctx.command_path]
    if isinstance(command, TyperGroup):
        return t("manual.usage", call=" ".join([*words, t("manual.verb"), t("manual.some")]))
    words += [label(one, t) for one in command.params if _needed(one)]
    words += [t("manual.some")]
    words += [_argument(one, t) for one in command.params if isinstance(one, TyperArgument)]
    return t("manual.usage", call=" ".join(words))


def label(param: Any, t: Translate) -> str:
    """An option with its value, as it is typed: ``--seed N``."""
    value = kind_of(param, t)
    return f"{param.opts[0]} {value}" if value else str(param.opts[0])


def _needed(param: Any) -> bool:
    return isinstance(param, TyperOption) and bool(param.required)


def _argument(param: TyperArgument, t: Translate) -> str:
    name = kind_of(param, t)
    return name if param.required else f"[{name}]"


def _page(command: Any, ctx: Any) -> Iterable[str]:
    """Usage, the text, arguments, options."""
    t: Translate = ctx.obj
    width = min(WIDEST, shutil.get_terminal_size().columns)
    yield usage(command, ctx)
    yield ""
    yield from _paragraphs(command.help or "", width)
    arguments = [one for one in command.params if isinstance(one, TyperArgument)]
    rows = [(_argument(one, t), _said(one, ctx)) for one in arguments]
    yield from _section(t("manual.arguments"), rows, width)
    options = [one for one in command.get_params(ctx) if isinstance(one, TyperOption)]
    rows = [(_names(one, t), _said(one, ctx)) for one in options]
    yield from _section(t("manual.options"), rows, width)


def _verbs(group: TyperGroup, ctx: Any) -> Iterable[str]:
    """The commands of a group, each with the first paragraph of its page."""
    t: Translate = ctx.obj
    width = min(WIDEST, shutil.get_terminal_size().columns)
    rows = [(name, (one.help or "").split("\n\n")[0]) for name, one in group.commands.items()]
    yield from _section(t("manual.verbs"), rows, width)
    yield ""
    yield t("manual.more", command=ctx.command_path)


def _paragraphs(text: str, width: int) -> Iterable[str]:
    """Lines folded under their own beginning; examples stay in one piece, to be copied."""
    for line in text.splitlines():
        inset = len(line) - len(line.lstrip())
        if _EXAMPLE.match(line):
            yield line
        else:
            hanging = inset or _hanging(line)
            folded = fold(line.strip(), width - hanging)
            yield " " * inset + folded[0]
            yield from (" " * hanging + more for more in folded[1:])


def _hanging(line: str) -> int:
    """Where the text of ``word    what it means`` begins; 0 for plain sentences."""
    found = re.match(r"\S+( / \S+)*\s{2,}", line)
    return found.end() if found else 0


def _section(title: str, rows: Sequence[tuple[str, str]], width: int) -> Iterable[str]:
    if not rows:
        return
    yield ""
    yield typer.style(title, bold=True)
    column = min(LABELS, max(cell_len(name) for name, _ in rows) + 4)
    for name, said in rows:
        lines = fold(" ".join(said.split()), max(24, width - column))
        lead = f"  {name}"
        if cell_len(lead) > column - 2:
            yield lead
            lead = ""
        yield lead + " " * (column - cell_len(lead)) + lines[0]
        yield from (" " * column + line for line in lines[1:])


def _names(param: TyperOption, t: Translate) -> str:
    """``-o, --output 文件``."""
    names = sorted(param.opts, key=len)
    value = kind_of(param, t)
    return " ".join([", ".join(names), *([value] if value else [])])


def _said(param: Any, ctx: Any) -> str:
    """What a parameter is for, whether it must be there, its limits and what stands in for it."""
    t: Translate = ctx.obj
    if param.name == "help":
        return t("manual.help")
    marks = [t("manual.required")] if param.required else []
    marks += [limits(param)] if limits(param) else []
    default = param.default
    if default is not None and default is not False and not callable(default):
        shown = " ".join(map(str, default)) if isinstance(default, tuple) else str(default)
        marks.append(t("manual.default", value=shown))
    return f"{param.help or ''} {t('manual.marks', marks=t('manual.comma').join(marks)) if marks else ''}"
