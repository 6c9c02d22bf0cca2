"""`scleroscope serve`: the catalogue as pages, on this machine."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from scleroscope.api.scope import VARIABLE
from scleroscope.cli.options import CatalogueOption
from scleroscope.cli.output import note


def serve(
    *,
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 lets other machines in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8017,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the address as JSON on stdout.")] = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Open the catalogue in the browser: overview, trials, one trial, each also as JSON."""
    from scleroscope.model.problem import Problem

    try:
        import uvicorn

        from scleroscope.web.app import create_app
    except ModuleNotFoundError as error:
        raise Problem(
            f"the pages need the web extra ({error.name} is missing): pip install 'scleroscope[web]'"
        ) from None

    app = create_app(catalogue)
    # No access log: what people search for is theirs.
    config = uvicorn.Config(
        app, host=host, port=port, access_log=False, server_header=False, log_level="warning"
    )
    bound = config.bind_socket()
    address = f"http://{host}:{bound.getsockname()[1]}/"
    if json:
        typer.echo(f'{{"address": "{address}"}}')
    note(f"{address} shows the catalogue; Ctrl-C ends it")
    if workers == 1:
        uvicorn.Server(config).run(sockets=[bound])
        return
    if catalogue is not None:
        os.environ[VARIABLE] = str(catalogue)  # so do the processes that answer find it
    port = bound.getsockname()[1]
    bound.close()
    uvicorn.run(
        "scleroscope.web.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        server_header=False,
        log_level="warning",
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)
