"""``wangge serve``: the service until Ctrl-C."""

import errno
import ipaddress
import os
import socket
from typing import Annotated, Any

import typer

from api.cli.console import Translate, err, say
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
        workers: Annotated[int | None, typer.Option(min=1, help=t("cli_serve.workers"))] = None,
        trust_network: Annotated[
            bool | None, typer.Option("--trust-network", help=t("cli_serve.trust"))
        ] = None,
    ) -> None:
        given = {"host": host, "port": port, "workers": workers, "trust_network": trust_network}
        chosen = {name: value for name, value in given.items() if value is not None}
        start(Settings().model_copy(update=chosen), t)


def start(settings: Settings, t: Translate) -> None:
    """Serve until stopped. OptionError for a bind beyond the loopback that nobody vouched for.

    What is wrong with the database is said now, before a worker tries it. Several workers share the port; one that dies
    is started again.
    """
    import uvicorn

    from api.cli.store import engine_of

    if not (settings.trust_network or is_loopback(settings.host)):
        raise OptionError("bind-untrusted", host=settings.host)
    _require_free(settings.host, settings.port)
    err.print(t("cli_serve.starting"), soft_wrap=True, markup=False)
    engine_of(settings).dispose()
    os.environ |= inherited(settings)
    started = t("cli_serve.started", url=f"http://{settings.host}:{settings.port}")

    class Server(uvicorn.Server):
        """Says that it serves once it does."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                say(started)

    app = "api.process:application"
    options: dict[str, Any] = {
        "factory": True,
        "host": settings.host,
        "port": settings.port,
        "workers": settings.workers,
        "log_level": "warning",
        "access_log": False,
    }
    if settings.workers > 1:
        say(started)
        uvicorn.run(app, **options)
    else:
        Server(uvicorn.Config(app, **options)).run()


def _require_free(host: str, port: int) -> None:
    """OptionError where somebody listens there already, or this machine has no such address."""
    try:
        with socket.create_server((host, port), reuse_port=False):
            pass
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OptionError("port-taken", host=host, port=port) from error
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise OptionError("address-unusable", host=host, port=port, reason=reason) from error


def inherited(settings: Settings) -> dict[str, str]:
    """The environment in which `Settings` are these, for the processes of the workers."""
    said = settings.model_dump(mode="json", exclude_none=True)
    named = {f"WANGGE_{name.upper()}": str(value) for name, value in said.items()}
    url = named.pop("WANGGE_DATABASE_URL", None)
    return named | ({"DATABASE_URL": url} if url else {})


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
