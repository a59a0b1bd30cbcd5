"""What the tests of the import share: a store in memory, a file of a few lines, and the rows that became of it."""

import io
import time

import pytest

from data import importing, mapping
from data.settings import settings
from data.store import open_store


@pytest.fixture(autouse=True)
def _settings_of_each_test(monkeypatch, tmp_path):
    """No test sees a clinic's own mappings, and each may set the environment."""
    monkeypatch.setenv("SUPINE_MAPPINGS", str(tmp_path / "mappings"))
    monkeypatch.setenv("SUPINE_TIME_ZONE", "Asia/Seoul")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def store():
    store = open_store(None)
    yield store
    store.close()


@pytest.fixture(params=["short way", "long way"])
def both_ways(request, monkeypatch):
    """Run a test twice: with every line looked at closely, and with those in order going straight to the log."""
    if request.param == "short way":
        monkeypatch.setattr(importing, "SHORT_WAY_FROM_BYTES", 0)


@pytest.fixture
def take(store):
    """Import a file that is given as text or bytes, and check that its lines add up."""

    def taken(content, name="log.csv", **chosen):
        content = content.encode() if isinstance(content, str) else content
        if isinstance(chosen.get("mapping"), dict):
            chosen["mapping"] = mapping.from_dict({"name": "own", "kind": "log", **chosen["mapping"]})
        result = importing.import_file(store, io.BytesIO(content), name, **chosen)
        assert result.lines == result.new + result.changed + result.duplicate + result.rejected
        assert (result.status == "refused") == (result.reason is not None and not result.lines)
        return result

    return taken


@pytest.fixture
def rows(store):
    """The rows that count, in the order of the log, with the named columns."""

    def counted(columns):
        with store.read() as cursor:
            return cursor.execute(
                f"SELECT {columns} FROM "  # noqa: S608
                "(SELECT log_row.*, coalesce(occurrence, 1) AS occurrence FROM clinic.log_row "
                "LEFT JOIN clinic.repeated_row ON log_row.row_id = repeated_row.row_id) "
                "WHERE row_id NOT IN (SELECT row_id FROM uncounted_row()) ORDER BY row_id"
            ).fetchall()

    return counted


@pytest.fixture
def ask(store):
    """The answer to one question."""

    def answered(question):
        with store.read() as cursor:
            return cursor.execute(question).fetchall()

    return answered


@pytest.fixture
def take_file(store):
    """Import a file that is given as a stream; what became of it, and in how many seconds."""

    def taken(stream):
        began = time.monotonic()
        result = importing.import_file(store, stream, "log.csv")
        assert result.lines == result.new + result.changed + result.duplicate + result.rejected
        return result, time.monotonic() - began

    return taken
