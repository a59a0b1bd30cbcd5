"""The application around the pages: security headers on every answer, and errors that say nothing."""

import asyncio
import logging
import re
import urllib.error
import urllib.request

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

import app
from tests.server import running


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with running(tmp_path_factory.mktemp("app") / "clinic.duckdb") as address:
        yield address


def get(url):
    """Status, headers and body, of an error too."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - always http to this machine
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def asked(application, path="/"):
    """What an application sends, without a server."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "http_version": "1.1"}
    asyncio.run(application({**scope, "root_path": "", "scheme": "http", "server": ("127.0.0.1", 80)}, receive, send))
    return sent


def is_guarded(headers):
    return (
        headers["content-security-policy"].startswith("default-src 'none'; script-src 'self' 'sha256-")
        and headers["x-content-type-options"] == "nosniff"
        and headers["x-frame-options"] == "DENY"
        and headers["referrer-policy"] == "no-referrer"
    )


@pytest.fixture(scope="module")
def static_file(address):
    """The script that the first page loads."""
    return re.search(r'src="\.?(/static/js/[^"]+)"', get(address)[2])[1]


@pytest.mark.parametrize("path", ["/", "/patient", "/patient?patient=P1", "/imports", "/health", "/_stcore/health"])
def test_every_answer_has_the_security_headers(address, path):
    status, headers, _ = get(address + path)
    assert (status, is_guarded(headers)) == (200, True)


def test_static_files_and_unknown_addresses_have_them_too(address, static_file):
    for path in (static_file, "/static/js/none.js", "/nobody"):
        assert is_guarded(get(address + path)[1])


def test_the_policy_names_no_foreign_origin_and_no_unsafe_script(address):
    policy = get(address)[1]["content-security-policy"]
    assert "http" not in policy
    assert "*" not in policy
    directives = {name: sources for name, *sources in (part.split() for part in policy.split("; "))}
    assert directives["default-src"] == ["'none'"]
    assert directives["connect-src"] == ["'self'"]
    assert directives["frame-ancestors"] == ["'none'"]
    assert not [source for source in directives["script-src"] if "unsafe" in source]


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
    assert (start["status"], is_guarded(headers), body) == (500, True, b"Something went wrong.")
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
