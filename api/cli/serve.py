"""``wangge serve``: the service until Ctrl-C."""

import ipaddress
from typing import Annotated

import typer

from api.cli.console import Translate, say
from data.settings import Settings
from geo.errors import OptionError


def register(app: typer.Typer, t: Translate) -> None:
    """Declare ``serve``."""

    @app.command("serve", help=t("cli_serve.help"))
    def serve(
        host: Annotated[str | None, typer.Option(help=t("cli_serve.host"))] = None,
        port: Annotated[
            int | None, typer.Option(min=0, max=65535, help=t("cli_serve.port"))
        ] = None,
        trust_network: Annotated[
            bool | None, typer.Option("--trust-network", help=t("cli_serve.trust"))
        ] = None,
    ) -> None:
        given = {"host": host, "port": port, "trust_network": trust_network}
        chosen = {name: value for name, value in given.items() if value is not None}
        start(Settings().model_copy(update=chosen), t)


def start(settings: Settings, t: Translate) -> None:
    """Serve until stopped. OptionError for a bind beyond the loopback that nobody vouched for."""
    import uvicorn

    from api.app import create_app

    if not (settings.trust_network or is_loopback(settings.host)):
        raise OptionError("bind-untrusted", host=settings.host)
    say(t("cli_serve.started", url=f"http://{settings.host}:{settings.port}"))
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
