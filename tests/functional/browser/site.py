"""The site as people reach it: a server on this machine, with invented trials and real criteria texts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.functional import invented_trials

TEXT = """Inclusion Criteria:

* Age 18 to 70 years
* Diffuse cutaneous systemic sclerosis with mRSS >= 10 and wears purple hats on Tuesdays

Exclusion Criteria:

* Pregnancy, breastfeeding or dialysis
* Forced vital capacity below 45% of predicted
"""


def catalogue(folder: Path) -> Path:
    """Invented trials; the first recruits, in two towns, by TEXT, and its record has changed once."""
    from scleroscope.catalogue import open_catalogue
    from scleroscope.catalogue.intake import import_files

    path = folder / "catalogue.sqlite"
    for number, status in enumerate(("NOT_YET_RECRUITING", "RECRUITING"), 1):
        records = json.loads(json.dumps(invented_trials.TRIALS))
        first = records[0]["protocolSection"]
        first["eligibilityModule"] = {"eligibilityCriteria": TEXT}
        first["statusModule"] |= {
            "overallStatus": status,
            "statusVerifiedDate": f"2026-0{number}",
            "lastUpdatePostDateStruct": {"date": f"2026-0{number}-01"},
            "completionDateStruct": {"date": "2027-06", "type": "ESTIMATED"},
        }
        source = folder / f"records-{number}.json"
        source.write_text(json.dumps({"studies": records}), encoding="utf-8")
        with open_catalogue(path) as opened:
            import_files(opened, [source])
    return path


@contextmanager
def served(path: Path | None) -> Iterator[str]:
    """The address of the site on a catalogue, as long as the block lasts."""
    import uvicorn

    from scleroscope.web.app import create_app

    config = uvicorn.Config(create_app(path), port=0, log_level="error", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
