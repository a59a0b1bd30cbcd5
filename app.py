"""The ASGI application around `pages/router.py`: who may ask, security headers, a health route, and the store's life.

Start it with `streamlit run app.py`. It is not a page: run as a plain script, Streamlit would serve every file of
`pages/` on a fresh server without asking the router.
"""

import asyncio
import base64
import gc
import hashlib
import logging
import re
import traceback
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import runtime
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from pages import PAGES

log = logging.getLogger("supine")

HOUSE_KEPT_EVERY_S = 10
# What a browser sends around a file.
UPLOAD_FRAMING = 2**20


def _without_values(record: logging.LogRecord) -> bool:
    """Where an error happened goes to the log; its message stays out because it may quote a patient's record."""
    if record.exc_info:
        kind, _, frames = record.exc_info
        record.msg, record.args = f"{kind.__name__ if kind else 'error'}\n{''.join(traceback.format_tb(frames))}", ()
        record.exc_info = None
    return True


# A page that fails, and a download that cannot be made.
for name in ("streamlit.error_util", "streamlit.runtime.backend_operation_handler"):
    logging.getLogger(name).addFilter(_without_values)

# A link straight to a page is served with the server's address in it; otherwise the browser first asks for
# /patient/_stcore/health and the like, and logs an error for each.
_SERVED = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
_DEEP_LINKED = _SERVED.replace(
    "window.prerenderReady = false",
    'window.prerenderReady = false; window.__streamlit = {BACKEND_BASE_URL: location.origin + "/"}',
)


def _inline_script_hashes(page: str) -> str:
    """The inline scripts of Streamlit's page as the policy names them, so that no other inline script runs."""
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, flags=re.DOTALL)
    digests = [hashlib.sha256(body.encode()).digest() for attributes, body in scripts if "src=" not in attributes]
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


# Streamlit's components write style attributes, hence the inline styles; nothing may come from another origin.
_POLICY = "; ".join(
    [
        "default-src 'none'",
        f"script-src 'self' {_inline_script_hashes(_SERVED)} {_inline_script_hashes(_DEEP_LINKED)}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]
)
_HEADERS = {
    b"content-security-policy": _POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
}
# Streamlit's own scripts and styles, whose names change with what is in them: they may be kept.
_KEPT = "/static/"


def _is_ours(scope: Scope) -> bool:
    """Whether a request asks for this server by a name that it may have, and comes from one of its own pages.

    A page of another site, or of another port of this machine, names itself as `Origin`. A program that is no browser
    names none, and so does the first look at a page; a WebSocket of a browser always does.
    """
    hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
    if len(hosts) != 1 or not st.get_option("server.allowedHosts") or not is_host_allowed(hosts[0]):
        return False
    if not origins:
        return scope["type"] == "http"
    return len(origins) == 1 and origins[0].lower() in (f"http://{hosts[0]}".lower(), f"https://{hosts[0]}".lower())


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


class OwnPagesOnly:
    """Turns away whatever does not come from this server's own pages, before Streamlit sees it."""

    def __init__(self, application: ASGIApp):
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _is_ours(scope):
            await self.application(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse("Open Supine at its own address.", status_code=403)(scope, receive, send)
        else:
            await WebSocketClose(code=1008)(scope, receive, send)


class SecurityHeaders:
    """Puts the security headers on every answer, an error's too, which then says nothing of what went wrong."""

    def __init__(self, application: ASGIApp):
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.application(scope, receive, send)
            return
        started = False
        own = {**_HEADERS}
        if scope["path"].startswith(_KEPT):
            del own[b"cache-control"]

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] in ("http.response.start", "websocket.accept"):
                started = True
                others = [header for header in message.get("headers", []) if header[0].lower() not in own]
                message = {**message, "headers": [*others, *own.items()]}
            await send(message)

        try:
            await self.application(scope, receive, send_with_headers)
        except Exception as error:
            log.error("a request failed: %s", type(error).__name__)
            if started or scope["type"] != "http":
                raise
            await PlainTextResponse("Something went wrong.", status_code=500)(scope, receive, send_with_headers)


class UploadLimit:
    """Bounds the files of one visit that are neither imported nor cleared: all together may be as large as one file."""

    def __init__(self, application: ASGIApp):
        self.application = application
        self.arriving: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = _uploading(scope)
        if session is None:
            await self.application(scope, receive, send)
            return
        # Only now, so that the server answers before pydantic is loaded.
        from data.settings import settings

        limit = settings().max_upload_mb * 2**20 + UPLOAD_FRAMING
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            self.arriving[session] += len(message.get("body", b""))
            if _uploaded(session) + self.arriving[session] > limit:
                raise HTTPException(413, "These files are too large together: import or remove some of them first.")
            return message

        try:
            await self.application(scope, receive_within_limit, send)
        finally:
            self.arriving[session] -= received
            # Forget the sessions that have nothing under way.
            self.arriving += Counter()


def _uploading(scope: Scope) -> str | None:
    """The session that a request brings a file for."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return None
    found = re.search(r"/_stcore/upload_file/([^/]+)/", scope["path"])
    return found and found[1]


def _uploaded(session: str) -> int:
    """The bytes of a session's files that the server holds."""
    files = runtime.get_instance().uploaded_file_mgr.file_storage  # ty: ignore[missing-attribute]
    return sum(len(file.data) for file in files[session].values()) if session in files else 0


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _deep_link(request: Request) -> Response:
    return HTMLResponse(_DEEP_LINKED)


# Files that Streamlit does not hand over, by the name of its error. A browser does not send them; a forged request can.
_NOT_HANDED_OVER = {
    "filename-contains-null-bytes": "The name of a file holds characters that cannot be written; give it another name.",
    "file-uploader-invalid-extension": "Only files whose names end in .csv, .txt or .tsv can be imported.",
}


def _explain(error: BaseException) -> bool:
    """What a person sees where a page fails; what happened goes to the log by its kind alone."""
    # Only now, so that the server answers before pandas and the like are loaded.
    from data.store import StoreError
    from pages.ui import wording

    log.error("a page failed: %s", type(error).__name__)
    refused = _NOT_HANDED_OVER.get(getattr(error, "error_id", None) or "")
    if isinstance(error, StoreError):
        st.error(wording.plain(str(error)), icon=":material/database_off:")
    elif refused:
        st.error(f"{refused} Reload the page to go on.", icon=":material/block:")
    else:
        st.error(
            "This page could not be shown. Nothing that was stored is lost. Reload it; if that does not help, tell "
            "whoever looks after Supine what you did last.",
            icon=":material/error:",
        )
    return True


async def _keep_house() -> None:
    """Run the first page once, so that no visitor waits for it; then give back what ended sessions held.

    Streamlit forgets a session that has ended only when another one ends.
    """
    server = runtime.get_instance()
    await server.does_script_run_without_error()
    gc.collect()
    # What every visit needs stays, so that no later collection looks through it again.
    gc.freeze()
    ended_sessions = server._session_mgr._session_storage._cache  # ty: ignore[missing-attribute]
    while True:
        await asyncio.sleep(HOUSE_KEPT_EVERY_S)
        for _, ended in ended_sessions.expire():
            ended.session.shutdown()
            del ended
        gc.collect()


@asynccontextmanager
async def _life(_: Any) -> AsyncGenerator[None]:
    keeping_house = asyncio.create_task(_keep_house())
    yield
    keeping_house.cancel()
    # However it ended, the store is closed after it.
    await asyncio.wait([keeping_house])
    from pages.ui import clinic

    clinic.close()


app = st.App(
    "pages/router.py",
    lifespan=_life,
    routes=[Route("/health", _health), *[Route(f"/{page}", _deep_link) for page in PAGES]],
    middleware=[Middleware(SecurityHeaders), Middleware(OwnPagesOnly), Middleware(UploadLimit)],
    on_script_error=_explain,
)
