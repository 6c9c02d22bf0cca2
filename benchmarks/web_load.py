"""How fast the pages are: under load, over a slow line, and beside Datasette on the same SQLite file.

    python benchmarks/web_load.py [--seconds 5] [--workers 1] [--browser] [--datasette COMMAND]

Aims (two cores for server and load together): 300 pages a second on the overview and a trial with a 99th
percentile under 100 ms; a match posted and answered in under 60 ms at the 95th; every page within 150 kB
transferred and readable in under a second on a throttled 3G line. Beside each wall time stands the server's
processor time, which other work on the machine does not change.

The load comes from autocannon (`npm install autocannon`; --autocannon says where). The line is Lighthouse's
mobile profile: 150 ms round trip, 1,638.4 kbit/s down, 750 kbit/s up, in Chromium through Playwright.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PAGES = ("/", "/trials", "/trials/NCT02453256", "/trials?phase=2&status=completed", "/about")
ANSWERS = (
    "age=50&sex=female&mrss=22&subset=diffuse&fvc_percent_predicted=70&months_since_first_non_raynaud=3+years"
)
BROWSED = (*PAGES, "/match", "/screen", "/design")
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int, path: str) -> Iterator[int]:
    """A server as a process of its own, until it answers; its id."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                if asked(port, path)[0]:
                    break
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def asked(port: int, path: str, body: str | None = None) -> tuple[int, int, float]:
    """Status, bytes and seconds of one request."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Accept-Encoding": "gzip"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("GET" if body is None else "POST", path, body, headers)
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    return answer.status, size, time.perf_counter() - began


def processor(pid: int) -> float:
    """Seconds of processor time of a process and its children."""
    own = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return (int(own[11]) + int(own[12])) / TICKS + sum(processor(int(child)) for child in children)


def load(cannon: str, port: int, path: str, seconds: int, pid: int) -> None:
    """One line of figures for a page under load."""
    size = asked(port, path)[1]
    before = processor(pid)
    out = subprocess.run(
        [cannon, "-j", "-c", "10", "-d", str(seconds), "-H", "Accept-Encoding: gzip",
         f"http://127.0.0.1:{port}{path}"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = json.loads(out)
    spent = (processor(pid) - before) / max(1, found["requests"]["total"])
    print(
        f"{path:36} {found['requests']['average']:7.0f}/s  p50 {found['latency']['p50']:4.0f} ms  "
        f"p99 {found['latency']['p99']:4.0f} ms  {1000 * spent:6.2f} ms processor  {size / 1000:6.1f} kB"
        + (f"  {found['non2xx']} FAILED" if found["non2xx"] else "")
    )


def matches(port: int, times: int, pid: int) -> None:
    """A match, posted again and again by one person."""
    for _ in range(3):
        asked(port, "/match", ANSWERS)
    before = processor(pid)
    found = [asked(port, "/match", ANSWERS) for _ in range(times)]
    spent = (processor(pid) - before) / times
    seconds = sorted(each[2] for each in found)
    p95 = statistics.quantiles(seconds, n=20)[-1]
    print(
        f"{'POST /match':36} {'':9}  p50 {1000 * statistics.median(seconds):4.0f} ms  "
        f"p95 {1000 * p95:4.0f} ms  {1000 * spent:6.2f} ms processor  {found[0][1] / 1000:6.1f} kB"
    )


def browse(port: int) -> None:
    """Each page over a slow line: when it can be read, and what was transferred."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for page_path in BROWSED:
            context = browser.new_context(viewport={"width": 390, "height": 844})
            page = context.new_page()
            line = context.new_cdp_session(page)
            line.send("Network.enable")
            line.send("Network.emulateNetworkConditions", {
                "offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8,
                "uploadThroughput": 750_000 / 8,
            })  # fmt: skip
            sizes: list[float] = []
            line.on(
                "Network.loadingFinished", lambda told, sizes=sizes: sizes.append(told["encodedDataLength"])
            )
            page.goto(f"http://127.0.0.1:{port}{page_path}", wait_until="load")
            page.wait_for_load_state("networkidle")
            told = page.evaluate(
                "() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,"
                " performance.getEntriesByType('navigation')[0].domInteractive]"
            )
            first = sum(sizes)
            page.evaluate(
                "() => Promise.all([...document.images].map("
                "each => { each.loading = 'eager'; return each.decode().catch(() => 0); }))"
            )
            print(
                f"{page_path:36} painted {told[0]:5.0f} ms  usable {told[1]:5.0f} ms  "
                f"{first / 1000:6.1f} kB at first, {sum(sizes) / 1000:6.1f} kB with every figure"
            )
            context.close()
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--autocannon", default=shutil.which("autocannon"))
    parser.add_argument("--datasette", default=shutil.which("datasette"))
    parser.add_argument("--browser", action="store_true")
    asked_for = parser.parse_args()
    from scleroscope import connect

    catalogue = connect().path
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "scleroscope",
        "serve",
        "--port",
        str(port),
        "--workers",
        str(asked_for.workers),
    ]
    with running(command, port, "/about") as pid:
        for path in BROWSED:
            asked(port, path)
        if asked_for.autocannon:
            print(f"{asked_for.workers} worker(s), 10 connections, {asked_for.seconds} s a page")
            for path in PAGES:
                load(asked_for.autocannon, port, path, asked_for.seconds, pid)
        matches(port, 60, pid)
        if asked_for.browser:
            print("over a slow line (150 ms, 1.6 Mbit/s)")
            browse(port)
    if asked_for.autocannon and asked_for.datasette:
        print(f"Datasette on {catalogue.name}")
        port = free_port()
        command = [
            asked_for.datasette,
            "serve",
            str(catalogue),
            "--port",
            str(port),
            "--setting",
            "num_sql_threads",
            "2",
        ]
        with running(command, port, "/") as pid:
            for path in ("/", f"/{catalogue.stem}/trials", f"/{catalogue.stem}/trials/1"):
                load(asked_for.autocannon, port, path, asked_for.seconds, pid)


if __name__ == "__main__":
    main()
