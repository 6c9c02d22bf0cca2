"""What every answer says to the browser: nothing from elsewhere, nothing inline, nothing handed on."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_log = logging.getLogger("scleroscope.web")


def policy(changes: Mapping[str, str] | None = None) -> str:
    """The Content-Security-Policy, with `changes` for what is no page."""
    return "; ".join(f"{name} {value}" for name, value in {**POLICY, **(changes or {})}.items())


class Secured:
    """An app whose every answer carries the headers, errors too; what fails is named, never what was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False
        method = scope["method"]
        if method == "HEAD":  # the server leaves the body out
            scope = {**scope, "method": "GET"}

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", policy())
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, marked)
        except Exception as error:  # noqa: BLE001  (the last place: the reader gets an answer without details)
            # The message of an error may quote what was typed: only its kind and place are written down.
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_name}, line {place.tb_lineno}" if place else "unknown place"
            _log.error("%s %s: %s in %s", method, "a page", type(error).__name__, where)
            if not started:
                sorry = PlainTextResponse("Something went wrong here; nothing was stored.", 500)
                await sorry(scope, receive, marked)
