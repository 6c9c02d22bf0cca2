"""Plans of published trials, to start from."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from scleroscope.design.plan import Plan, plan
from scleroscope.model.problem import NotFound


@cache
def example_texts() -> dict[str, str]:
    """Name → the plan's TOML text, by name."""
    folder = files("scleroscope.design") / "data" / "plans"
    found = sorted(folder.iterdir(), key=lambda each: each.name)
    return {each.name.removesuffix(".toml"): each.read_text(encoding="utf-8") for each in found}


def example_text(name: str) -> str:
    """The TOML of an example by its name or by the id of the trial that it is modelled on.

    NotFound lists the examples there are.
    """
    texts = example_texts()
    if name in texts:
        return texts[name]
    for text in texts.values():
        if tomllib.loads(text).get("like") == name:
            return text
    raise NotFound(f"no example plan {name!r}; there are: {', '.join(texts)}")


def example(name: str) -> Plan:
    """The same as a checked plan.

    >>> example("focussced").like
    'NCT02453256'
    """
    return plan(tomllib.loads(example_text(name)))
