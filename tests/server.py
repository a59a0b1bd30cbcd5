"""The dashboard on a port of its own, for whatever looks at it from outside: a real server, stopped by its process."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
STARTS_WITHIN = 60

# Chromium as root and without a graphics card, and without calls of its own to anybody.
CHROMIUM_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-default-apps", "--disable-sync", "--no-first-run"),
]


@contextmanager
def running(database, program=("-m", "streamlit")):
    """A server of its own on a free port, ended as an operating system ends it; gives its address."""
    with started(database, program=program) as (_, address):
        yield address


@contextmanager
def started(database, *options, program=("-m", "streamlit"), folder=ROOT, **settings):
    """Like `running`, with Streamlit's options and Supine's settings; gives the process and its address. Another folder
    may hold another app.py."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, *program, "run", "app.py", f"--server.port={port}", *options]
    environment = {**os.environ, "SUPINE_DATABASE": str(database), **settings}
    log = database.with_suffix(".log")
    with log.open("wb") as out, subprocess.Popen(
        command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT
    ) as server:  # fmt: skip
        try:
            _wait(server, f"http://127.0.0.1:{port}/_stcore/health", log)
            yield server, f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(server, address, log):
    for _ in range(STARTS_WITHIN * 100):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=1).close()  # noqa: S310 - always http to this machine
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
        else:
            return
    raise AssertionError(f"The server did not start within {STARTS_WITHIN} seconds: {log.read_text()}")
