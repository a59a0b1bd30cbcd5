"""The application around the pages: security headers on every answer, and errors that say nothing."""

import asyncio
import logging
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.elements.lib.file_uploader_utils import enforce_filename_restriction
from streamlit.errors import StreamlitAPIException
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import app
from data import backup, write_ahead_log
from data.store import StoreError, open_store
from pages import PAGES
from tests.server import running


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with running(tmp_path_factory.mktemp("app") / "clinic.duckdb") as address:
        yield address


def get(url, **headers):
    """Status, headers and body, of an error too."""
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - always http to this machine
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - always http to this machine
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def asked(application, path="/", headers=()):
    """What an application sends, without a server."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": list(headers)}
    scope |= {"http_version": "1.1", "root_path": "", "scheme": "http", "server": ("127.0.0.1", 80)}
    asyncio.run(application(scope, receive, send))
    return sent


GUARD = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def guard(headers):
    """The headers that keep an answer safe, but for the policy of its contents."""
    return {name: headers[name] for name in GUARD}


def policy(headers):
    directives = headers["content-security-policy"].split("; ")
    return {name: sources for name, *sources in (directive.split() for directive in directives)}


@pytest.fixture(scope="module")
def static_file(address):
    """The script that the first page loads."""
    return re.search(r'src="\.?(/static/js/[^"]+)"', get(address)[2])[1]


PATHS = ["/", *(f"/{name}" for name in PAGES), "/patient?patient=P1", "/health", "/_stcore/health"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_guarded_and_kept_by_nobody(address, path):
    status, headers, _ = get(address + path)
    assert (status, guard(headers)) == (200, GUARD)
    assert policy(headers)["default-src"] == ["'none'"]


def test_unknown_addresses_are_guarded_too(address):
    for path in ("/nobody", "/media/none.csv", "/_stcore/none"):
        assert guard(get(address + path)[1]) == GUARD


def test_only_what_streamlit_brings_may_be_kept(address, static_file):
    headers = get(address + static_file)[1]
    kept = headers["cache-control"]
    assert kept.startswith("public, immutable")
    assert guard(headers) == GUARD | {"cache-control": kept}


def test_the_whole_policy(address):
    found = policy(get(address)[1])
    scripts = found.pop("script-src")
    assert found == {
        "default-src": ["'none'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
    assert scripts[0] == "'self'"
    assert len(scripts) > 1
    assert [source for source in scripts[1:] if not re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", source)] == []


FOREIGN_HOSTS = ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "127.0.0.2", "[::2]", "localhost:x"]


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
@pytest.mark.parametrize("path", ["/", "/patient", "/health", "/_stcore/health", "/media/x.csv", "/static/none.js"])
def test_another_name_than_its_own_is_turned_away_on_every_route(address, path, host):
    status, headers, body = get(address + path, Host=host)
    assert (status, body) == (403, "Open Supine at its own address.")
    assert headers["x-content-type-options"] == "nosniff"


def test_names_of_this_machine_are_its_own(address):
    port = address.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"LocalHost:{port}", f"[::1]:{port}", "localhost", "localhost."):
        assert get(address, Host=host)[0] == 200


def origins(address):
    """Pages that may ask, and pages that may not: of other ports and sites, without a name, and lookalikes."""
    port = address.rpartition(":")[2]
    own = [address, address.replace("http:", "https:"), address.upper()]
    other = [f"http://127.0.0.1:{int(port) + 1}", f"http://localhost:{port}", "http://127.0.0.1", "null", ""]
    other += ["https://evil.example", f"http://evil.example:{port}", f"{address}.evil.example", f"{address}/", "*"]
    return own, [*other, f"ftp://127.0.0.1:{port}", f"http://evil.example@127.0.0.1:{port}", f"{address} {address}"]


def test_a_page_of_another_origin_is_turned_away(address):
    own, other = origins(address)
    for path in ("/", "/_stcore/health", "/health"):
        assert {origin: get(address + path, Origin=origin)[0] for origin in own} == dict.fromkeys(own, 200)
        assert {origin: get(address + path, Origin=origin)[0] for origin in other} == dict.fromkeys(other, 403)


def test_an_upload_from_another_origin_is_turned_away_before_its_token_is_looked_at(address):
    for method in ("OPTIONS", "PUT", "DELETE"):
        request = urllib.request.Request(  # noqa: S310
            f"{address}/_stcore/upload_file/a/b", method=method, headers={"Origin": "http://127.0.0.1:1"}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)  # noqa: S310 - always http to this machine
        with refused.value as answer:
            assert (answer.code, answer.read()) == (403, b"Open Supine at its own address.")


def says(address, request):
    """What the server answers to bytes as they are: the status, and the body."""
    host, port = address.removeprefix("http://").split(":")
    with closing(socket.create_connection((host, int(port)), timeout=10)) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode()


def test_requests_that_no_library_sends(address):
    own = f"Host: {address.removeprefix('http://')}\nConnection: close\n"
    assert says(address, f"GET /health HTTP/1.1\n{own}\n") == (200, '{"status":"ok"}')
    turned_away = (403, "Open Supine at its own address.")
    foreign = own.replace("127.0.0.1", "evil.example")
    assert says(address, f"GET {address}/health HTTP/1.1\n{foreign}\n") == turned_away
    assert says(address, f"GET /health HTTP/1.1\n{foreign}X-Forwarded-Host: 127.0.0.1\n\n") == turned_away
    assert says(address, f"GET /health HTTP/1.1\n{foreign}Forwarded: host=127.0.0.1\n\n") == turned_away
    assert says(address, f"GET /health HTTP/1.1\n{own}Origin: {address}\nOrigin: {address}\n\n") == turned_away
    assert says(address, "GET /health HTTP/1.0\n\n") == turned_away
    assert says(address, f"GET /health HTTP/1.1\n{own}{foreign}\n")[0] == 400
    for path in ("/../app.py", "/media/../../data/store.py", "/static/..%2f..%2fapp.py", "/%2e%2e/data/clinic.duckdb"):
        assert "duckdb" not in says(address, f"GET {path} HTTP/1.1\n{own}\n")[1]


def opens(address, **options):
    """Whether a WebSocket to the pages opens; else the status that refuses it."""
    try:
        with connect(address.replace("http:", "ws:") + "/_stcore/stream", subprotocols=["streamlit"], **options):
            return True
    except InvalidStatus as refused:
        return refused.response.status_code


def test_a_web_socket_opens_for_its_own_pages_alone(address):
    own, other = origins(address)
    assert {origin: opens(address, origin=origin) for origin in own} == dict.fromkeys(own, True)
    assert {origin: opens(address, origin=origin) for origin in other} == dict.fromkeys(other, 403)
    assert opens(address) == 403
    upgrade = "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"
    upgrade += "Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng=="
    foreign = f"Host: evil.example\nOrigin: http://evil.example\n{upgrade}\n"
    assert says(address, f"GET /_stcore/stream HTTP/1.1\n{foreign}\n")[0] == 403


def test_without_a_list_of_names_nobody_is_let_in(monkeypatch):
    async def says_yes(scope, receive, send):
        await PlainTextResponse("yes")(scope, receive, send)

    def status(names):
        monkeypatch.setattr(app.st, "get_option", {"server.allowedHosts": names}.__getitem__)
        return asked(app.OwnPagesOnly(says_yes), headers=[(b"host", b"localhost")])[0]["status"]

    assert [status(["localhost"]), status([])] == [200, 403]


def test_health_says_that_it_is_up_and_nothing_else(address):
    assert get(f"{address}/health")[2] == '{"status":"ok"}'


def test_an_upload_without_a_token_is_refused(address):
    request = urllib.request.Request(f"{address}/_stcore/upload_file/a/b", data=b"x", method="PUT")  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)  # noqa: S310 - always http to this machine
    with refused.value as answer:
        assert answer.code in (400, 403)


async def _fails(request):
    raise ValueError("what a patient's record says")


def test_a_crash_is_a_plain_500_with_the_headers_and_without_the_reason(caplog):
    crashing = Starlette(routes=[Route("/", _fails)], middleware=[Middleware(app.SecurityHeaders)])
    start, *rest = asked(crashing)
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    body = b"".join(message.get("body", b"") for message in rest)
    assert (start["status"], guard(headers), body) == (500, GUARD, b"Something went wrong.")
    assert policy(headers)["default-src"] == ["'none'"]
    assert caplog.messages == ["a request failed: ValueError"]


@pytest.mark.parametrize("name", ["streamlit.error_util", "streamlit.runtime.backend_operation_handler"])
def test_what_a_record_says_stays_out_of_streamlits_log(name, caplog, monkeypatch):
    record = "P1 feels numb"
    logger = logging.getLogger(name)
    monkeypatch.setattr(logger, "propagate", True)
    try:
        raise ValueError(record)
    except ValueError:
        logger.exception("A file could not be made")
    assert "ValueError" in caplog.text
    assert record not in caplog.text


def test_a_crash_after_the_answer_has_begun_is_passed_on():
    async def broken(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("too late")

    with pytest.raises(ValueError, match="too late"):
        asked(app.SecurityHeaders(broken))


def test_headers_that_a_route_sets_itself_are_replaced():
    async def lax(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"ALLOWALL")]})
        await send({"type": "http.response.body", "body": b""})

    start, _ = asked(app.SecurityHeaders(lax))
    assert [value for name, value in start["headers"] if name.lower() == b"x-frame-options"] == [b"DENY"]


def test_a_page_that_fails_says_so_and_its_log_says_no_more_than_the_kind(caplog, monkeypatch):
    said = []
    monkeypatch.setattr(app.st, "error", lambda text, icon: said.append(text))
    assert app._explain(ValueError("P1 feels numb"))
    assert app._explain(StoreError("disk_full"))
    assert said == [
        "This page could not be shown. Nothing that was stored is lost. Reload it; if that does not help, tell "
        "whoever looks after Supine what you did last.",
        r"The disk is full\: nothing of this was stored\. Make room and try again\.",
    ]
    assert caplog.messages == ["a page failed: ValueError", "a page failed: StoreError"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("log\0.csv", "The name of a file holds characters that cannot be written; give it another name."),
        ("log.exe", "Only files whose names end in .csv, .txt or .tsv can be imported."),
    ],
)
def test_a_file_that_streamlit_does_not_hand_over_is_a_sentence(monkeypatch, name, sentence):
    said = []
    monkeypatch.setattr(app.st, "error", lambda text, icon: said.append(text))
    with pytest.raises(StreamlitAPIException) as refusal:
        enforce_filename_restriction(name, [".csv"])
    assert app._explain(refusal.value)
    assert said == [f"{sentence} Reload the page to go on."]


HOLDS_SOMETHING_IN_ITS_LOG = """
from pages.ui import clinic

with clinic.own_store().read() as cursor:
    cursor.execute("INSERT INTO clinic.review_event (patient_id) VALUES ('P1')")

from streamlit.web.cli import main

main()
"""


def test_a_server_that_is_told_to_end_leaves_nothing_in_its_log(tmp_path):
    database = tmp_path / "clinic.duckdb"
    with running(database, program=("-c", HOLDS_SOMETHING_IN_ITS_LOG)):
        assert write_ahead_log.holds_something(database)
    assert not write_ahead_log.path_of(database).exists()
    store = open_store(database)
    with store.read() as cursor:
        assert cursor.execute("SELECT patient_id FROM clinic.review_event").fetchall() == [("P1",)]
    store.close()


def test_a_running_dashboard_makes_the_backup_that_a_terminal_asks_for(tmp_path):
    database, kept = tmp_path / "clinic.duckdb", tmp_path / "kept.duckdb"
    with running(database) as address:
        get(f"{address}/health")
        while not database.exists():
            time.sleep(0.1)
        command = [sys.executable, "-m", "data", "backup", "--database", str(database), str(kept)]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith(f"{database} is in use; asking the dashboard")
    backup.check(kept)
