"""Asking an app without a server: httpx over ASGI, one request at a time."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


class Client:
    """`Client(app).get("/trials", params={"q": "skin"})`; what the app raises comes out as its answer."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                return await client.request(method, path, **options)

        return asyncio.run(ask())
