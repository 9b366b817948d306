"""What is wrong with how a command was called, in the user's language: Typer's own sentences are English."""

from __future__ import annotations

import re
from typing import Any

import typer
from pydantic import ValidationError

from api.cli.console import Translate
from api.cli.kinds import expected, kind_of, likely
from api.cli.manual import label, usage


def explain(error: typer.TyperException, t: Translate) -> str:
    """The sentence, how the command is called, and where its page is.

    Typer's errors are told apart by what they carry: the classes are no part of its public face.
    """
    ctx = getattr(error, "ctx", None)
    said = t("cli.error", message=_sentence(error, ctx, t))
    if ctx is None:
        return said
    return "\n".join([said, usage(ctx.command, ctx), t("usage.page", command=ctx.command_path)])


def _sentence(error: Any, ctx: Any, t: Translate) -> str:
    param: Any = getattr(error, "param", None)
    if hasattr(error, "possibilities"):
        known = [name for one in ctx.command.get_params(ctx) for name in one.opts]
        near = likely(error.option_name, [name for name in known if name.startswith("--")])
        return t("usage.option-unknown", option=error.option_name, near=near)
    if hasattr(error, "param_type"):
        named = label(param, t) if param.param_type_name == "option" else kind_of(param, t)
        return t(f"usage.{param.param_type_name}-missing", name=named, help=param.help or "")
    if isinstance(error, typer.BadParameter) and param is not None:
        return t(
            "usage.value-unusable",
            option=param.opts[0] if param.param_type_name == "option" else kind_of(param, t),
            value=_value(error),
            expected=expected(param, t),
        )
    if hasattr(error, "option_name"):
        return _value_count(error, ctx, t)
    extra = re.search(r"\(s\) \((.*)\)$", error.format_message())
    return t("usage.extra", words=extra[1] if extra else error.format_message())


def _value(error: BaseException) -> str:
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return ""
    given = cause.errors(include_context=False)[0]["input"]
    return " ".join(map(str, given)) if isinstance(given, list | tuple) else str(given)


def _value_count(error: Any, ctx: Any, t: Translate) -> str:
    """An option with too few values, or a switch that was given one."""
    param = next(one for one in ctx.command.get_params(ctx) if error.option_name in one.opts)
    if param.is_flag:
        return t("usage.switch", option=error.option_name)
    return t("usage.value-missing", option=label(param, t), count=param.nargs)
