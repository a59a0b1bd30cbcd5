"""The clinic's time zone is the store's, fixed at its first import."""

import io

import duckdb
import pytest

from data import store as stores
from data.importing import import_file
from data.settings import is_same_clock, settings
from data.store import StoreError, open_store
from tests.data.lines import log

LINE = "P1,2026-03-02T23:30:00Z,squat,left,,10,,3,,,"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "clinic.duckdb"


@pytest.fixture
def in_zone(monkeypatch):
    """Set SUPINE_TIME_ZONE, or with None take it away."""

    def put(zone):
        if zone is None:
            monkeypatch.delenv("SUPINE_TIME_ZONE", raising=False)
        else:
            monkeypatch.setenv("SUPINE_TIME_ZONE", zone)
        settings.cache_clear()

    return put


def begun(path, text=LINE, **chosen):
    store = open_store(path)
    import_file(store, io.BytesIO(log(text).encode()), "log.csv", **chosen)
    store.close()


def asked(path, question):
    store = open_store(path)
    with store.read() as cursor:
        answer = cursor.execute(question).fetchall()
    store.close()
    return answer


def test_another_zone_after_the_first_import_is_refused_and_changes_nothing(path, in_zone):
    begun(path)
    before = path.read_bytes()
    in_zone("Europe/Berlin")
    with pytest.raises(StoreError) as refusal:
        open_store(path)
    assert str(refusal.value) == (
        f"{path} was begun in the time zone Asia/Seoul, in which all its times are written, and SUPINE_TIME_ZONE is "
        "now Europe/Berlin. Nothing was changed in it; set SUPINE_TIME_ZONE to Asia/Seoul, or choose another file for "
        "a clinic in Europe/Berlin."
    )
    assert path.read_bytes() == before
    in_zone("Asia/Seoul")
    assert asked(path, "SELECT name FROM clinic.time_zone") == [("Asia/Seoul",)]


def test_without_the_setting_the_zone_of_the_store_holds(path, in_zone, monkeypatch):
    begun(path)
    in_zone(None)
    monkeypatch.setenv("TZ", "America/New_York")
    assert asked(path, "SELECT current_setting('TimeZone')") == [("Asia/Seoul",)]
    begun(path, LINE.replace("P1", "P2"))
    assert asked(path, "SELECT performed_at::VARCHAR FROM clinic.log_row") == [("2026-03-03 08:30:00",)] * 2
    at_hand = settings().now()
    in_zone("Asia/Seoul")
    assert abs((settings().now() - at_hand).total_seconds()) < 60


def test_the_zone_is_not_fixed_before_something_is_stored(path, in_zone):
    begun(path, rehearse=True)
    begun(path, "P1,no day,squat,left,,10,,3,,,")
    in_zone("Europe/Berlin")
    begun(path)
    assert asked(path, "SELECT name FROM clinic.time_zone") == [("Europe/Berlin",)]


def test_a_store_of_an_earlier_supine_is_fixed_at_its_next_import(path, in_zone):
    with duckdb.connect() as earlier:
        earlier.execute(f"ATTACH '{path}' AS clinic")
        for step in sorted(stores.SCHEMA.glob("*.sql"))[:5]:
            earlier.execute(step.read_text())
        earlier.execute("CREATE TABLE clinic.schema_version AS SELECT 5 AS version, now()::TIMESTAMP AS applied_at")
    in_zone("Europe/Berlin")
    begun(path)
    in_zone("Asia/Seoul")
    with pytest.raises(StoreError, match="begun in the time zone Europe/Berlin"):
        open_store(path)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Asia/Calcutta", "Asia/Kolkata", True),
        ("UTC", "Etc/UTC", True),
        ("Europe/Berlin", "Europe/London", False),
        ("America/New_York", "America/Jamaica", False),
    ],
)
def test_two_names_of_one_zone_are_not_refused(path, in_zone, one, other, same):
    assert is_same_clock(one, other) == same
    in_zone(one)
    begun(path)
    in_zone(other)
    if same:
        assert asked(path, "SELECT count(*) FROM clinic.log_row") == [(1,)]
    else:
        with pytest.raises(StoreError):
            open_store(path)
