"""What a visit may leave on the server, and for how long."""

import asyncio
import http.client
import re
import time
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from data.store import open_store
from tests.benchmarks.visitors import Visitor
from tests.server import started

MIB = 2**20


@asynccontextmanager
async def visit(address):
    visitor = await Visitor.at(address)
    await visitor.visit("review")
    yield visitor
    await visitor.leave()


def put(address, session, name, size, *, chunked=False):
    """Upload a file of so many bytes as the browser does; the status and the words of the answer."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", "/_stcore/health")
    answer = connection.getresponse()
    answer.read()
    cookie = answer.getheader("Set-Cookie").split(";")[0]
    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="log.csv"\r\n\r\n' + bytes(size) + b"\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Cookie": cookie, "X-Xsrftoken": cookie.split("=")[1]}
    parts = (body[at : at + MIB] for at in range(0, len(body), MIB)) if chunked else body
    path = f"/_stcore/upload_file/{session}/{name}"
    connection.request("PUT", path, parts, headers | {"Origin": address}, encode_chunked=chunked)
    answer = connection.getresponse()
    words = answer.read().decode()
    connection.close()
    return answer.status, words


def memory_mib(server):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text())[1]) / 1024


def test_the_files_of_one_visit_are_bounded_together(tmp_path):
    with started(tmp_path / "clinic.duckdb", SUPINE_MAX_UPLOAD_MB="10") as (_, address):

        async def uploads():
            async with visit(address) as one, visit(address) as other:
                size = 6 * MIB
                first = await asyncio.to_thread(put, address, one.session, "a", size)
                second = await asyncio.to_thread(put, address, one.session, "b", size)
                chunked = await asyncio.to_thread(put, address, one.session, "c", size, chunked=True)
                fits = await asyncio.to_thread(put, address, one.session, "d", 4 * MIB)
                somebody_else = await asyncio.to_thread(put, address, other.session, "a", size)
                together = await asyncio.gather(
                    *(asyncio.to_thread(put, address, other.session, name, 3 * MIB) for name in "bcde")
                )
            return first, second, chunked, fits, somebody_else, sorted(status for status, _ in together)

        first, second, chunked, fits, somebody_else, together = asyncio.run(uploads())
    refused = (413, "These files are too large together: import or remove some of them first.")
    assert (first, second, chunked, fits, somebody_else) == ((204, ""), refused, refused, (204, ""), (204, ""))
    assert together.count(204) <= 1


def test_a_visit_that_ended_gives_back_its_memory_though_nobody_comes(tmp_path):
    with started(tmp_path / "clinic.duckdb", "--server.disconnectedSessionTTL=1") as (server, address):

        async def upload():
            async with visit(address) as visitor:
                await asyncio.to_thread(put, address, visitor.session, "a", 200 * MIB)
                return memory_mib(server)

        held = asyncio.run(upload())
        until = time.monotonic() + 40
        while memory_mib(server) > held - 190 and time.monotonic() < until:
            time.sleep(0.2)
        assert memory_mib(server) < held - 190


def test_no_answer_waits_for_the_acknowledgement_of_the_one_before(tmp_path):
    with started(tmp_path / "clinic.duckdb") as (_, address):

        async def visits():
            async with visit(address) as visitor:
                return [await visitor.visit("programme") for _ in range(20)]

        # The system puts an acknowledgement off by 40 ms.
        assert min(asyncio.run(visits())) < 0.035


def test_the_database_gives_memory_back_by_itself():
    store = open_store()
    with store.read() as cursor:
        assert cursor.execute("SELECT current_setting('allocator_background_threads')").fetchall() == [(True,)]
    store.close()
