"""Schemathesis asks the JSON API what its OpenAPI allows, and much that it does not: nothing breaks."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable

pytest.importorskip("fastapi")
schemathesis = pytest.importorskip("schemathesis")


@pytest.fixture(scope="module")
def operations(invented_catalogue: Path) -> dict[str, Any]:
    """Method and path → the operation, as the API describes itself."""
    from scleroscope.web.app import create_app

    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(invented_catalogue))
    return {each.ok().label: each.ok() for each in schema.get_all_operations()}


def ask(operations: dict[str, Any], examples: int) -> None:
    """Ask every operation so often, of what is allowed and of what is not: never a 5xx."""
    from schemathesis import GenerationMode

    for operation in operations.values():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=examples, deadline=None, database=None, derandomize=examples < 50,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def asked(case: Any) -> None:
                answer = case.call()
                assert answer.status_code < 500, case.as_curl_command()

            # An operation without parameters cannot be asked wrongly.
            with suppress(*((Unsatisfiable,) if mode is GenerationMode.NEGATIVE else ())):
                asked()


def test_nothing_that_is_asked_breaks_the_api(operations: dict[str, Any]) -> None:
    assert "POST /match.json" in operations
    ask(operations, 6)


@pytest.mark.slow
def test_nothing_breaks_the_api_however_long_one_asks(operations: dict[str, Any]) -> None:
    ask(operations, 150)
