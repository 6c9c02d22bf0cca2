"""One request that does not give up at the first trouble, and says clearly what the trouble was."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable

import httpx
import msgspec

_BUSY = (429, 500, 502, 503, 504)
_TOO_MANY = 429
_OFFLINE = 3  # attempts: a computer without network should not keep its user waiting


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """How patient a request is; all times in seconds."""

    attempts: int = 6
    first_delay: float = 1.0  # doubled after each attempt
    longest_delay: float = 120.0  # also the longest Retry-After that is waited for
    timeout: float = 60.0  # of silence
    longest: float = 600.0  # of one answer, however it trickles in
    largest: int = 512 << 20  # bytes of one answer


class RegistryError(RuntimeError):
    """The registry could not be asked; the message says what happened and what to do."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class _TroubleError(Exception):
    """A passing trouble; try again after `delay` seconds, if the registry named them, and so many times."""

    def __init__(self, what: str, delay: float | None = None, attempts: int | None = None) -> None:
        super().__init__(what)
        self.delay, self.attempts = delay, attempts


def get(
    client: httpx.Client,
    url: str,
    parameters: dict[str, str],
    request: Request,
    *,
    wait: Callable[[float], None],
    notice: Callable[[str], None],
) -> bytes:
    """The body of the answer. Busy, broken and cut answers are asked for again, ever more slowly.

    `RegistryError` after the last attempt, and at once on an answer that asking again will not change.
    """
    delay = request.first_delay
    for attempt in range(1, request.attempts + 1):
        try:
            return _once(client, url, parameters, request)
        except _TroubleError as trouble:
            attempts = min(trouble.attempts or request.attempts, request.attempts)
            if attempt >= attempts:
                raise RegistryError(
                    f"{url}: {trouble}; given up after {attempt} attempts. What arrived before is kept; "
                    "run the update again later."
                ) from None
            pause = min(delay if trouble.delay is None else trouble.delay, request.longest_delay)
            notice(f"{trouble}; trying again in {pause:g} s ({attempt} of {attempts - 1})")
            wait(pause)
            delay *= 2
    raise AssertionError("unreachable")


def _once(client: httpx.Client, url: str, parameters: dict[str, str], request: Request) -> bytes:
    started = time.monotonic()
    body = bytearray()
    try:
        with client.stream("GET", url, params=parameters) as answer:
            for piece in answer.iter_bytes():
                body += piece
                if time.monotonic() - started > request.longest:
                    raise _TroubleError(f"the answer is not complete after {request.longest:g} s")
                if len(body) > request.largest:
                    raise RegistryError(
                        f"{url}: the answer is longer than {request.largest >> 20} MiB: stopped"
                    )
            return _checked(answer, bytes(body), url)
    except httpx.ConnectError as error:
        raise _TroubleError(f"no connection (offline?): {error}", attempts=_OFFLINE) from None
    except httpx.TimeoutException:
        raise _TroubleError(f"no answer within {request.timeout:g} s") from None
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise _TroubleError(f"the connection broke: {error}") from None
    except httpx.HTTPError as error:
        raise RegistryError(f"{url}: {error}") from None


def _checked(answer: httpx.Response, body: bytes, url: str) -> bytes:
    status = answer.status_code
    if status in _BUSY:
        what = "the registry asks to wait" if status == _TOO_MANY else "the registry is out of order"
        raise _TroubleError(f"{what} (HTTP {status})", _retry_after(answer.headers.get("Retry-After")))
    if status != httpx.codes.OK:
        said = " ".join(body[:200].decode("utf-8", "replace").split())
        raise RegistryError(f"{url}: the registry refuses the request (HTTP {status}): {said}", status)
    if body.lstrip()[:1] != b"{":
        raise _TroubleError("the answer is no JSON (does this network ask for a login first?)")
    return body


def _retry_after(value: str | None) -> float | None:
    """Seconds, or the moment that a date names; None where the header says nothing usable."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())
