"""What can be set from outside."""

import datetime
import zoneinfo

import pytest
from pydantic import ValidationError

from data.settings import Settings


def test_environment_variables(monkeypatch, tmp_path):
    monkeypatch.setenv("SUPINE_DATABASE", str(tmp_path / "x.duckdb"))
    monkeypatch.setenv("SUPINE_MEMORY_LIMIT", "2GB")
    told = Settings()
    assert (told.database, told.memory_limit, told.time_zone) == (tmp_path / "x.duckdb", "2GB", "Asia/Seoul")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc"])
def test_a_wrong_time_zone_stops_the_start(monkeypatch, zone):
    monkeypatch.setenv("SUPINE_TIME_ZONE", zone)
    with pytest.raises(ValidationError, match="no IANA time zone"):
        Settings()


def test_the_clinics_wall_clock(monkeypatch):
    expected = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Seoul")).replace(tzinfo=None)
    assert abs(Settings().now() - expected) < datetime.timedelta(seconds=5)
    assert Settings().today() in (expected.date(), Settings().now().date())
    monkeypatch.delenv("SUPINE_TIME_ZONE")
    assert abs(Settings().now() - datetime.datetime.now()) < datetime.timedelta(seconds=5)
