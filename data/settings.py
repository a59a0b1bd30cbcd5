"""What a clinic can set from outside, read once from `SUPINE_…` environment variables or a `.env` file."""

import datetime
import zoneinfo
from functools import cache
from pathlib import Path

from pydantic import PrivateAttr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_EARLIEST = datetime.datetime(1990, 1, 1, tzinfo=datetime.UTC)


class Settings(BaseSettings):
    """The settings in force; a wrong value stops the start with a message that names the variable."""

    model_config = SettingsConfigDict(env_prefix="SUPINE_", env_file=".env", env_file_encoding="utf-8", extra="ignore")

    database: Path = Path("data/clinic.duckdb")
    mappings: Path | None = None
    backups: Path | None = None
    time_zone: str | None = None
    memory_limit: str = "800MB"
    max_upload_mb: int = 1024
    _zone_of_store: str | None = PrivateAttr(None)

    @field_validator("time_zone")
    @classmethod
    def _known_time_zone(cls, value: str | None) -> str | None:
        try:
            if value:
                zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no IANA time zone, such as Asia/Seoul or Europe/Berlin") from error
        return value

    def backup_folder(self, database: Path) -> Path:
        """Where the dashboard writes backups of a store: `SUPINE_BACKUPS`, or the folder `backups` beside it."""
        return (self.backups or database.parent / "backups").absolute()

    def follow(self, zone: str) -> None:
        """Take the time zone of the store, where `SUPINE_TIME_ZONE` names none."""
        self._zone_of_store = zone

    def now(self) -> datetime.datetime:
        """The clinic's wall clock, to the second, without a zone: the form in which the store keeps times.

        Without `SUPINE_TIME_ZONE` the clinic's zone is that of the open store, and of a new store the machine's.
        """
        name = self.time_zone or self._zone_of_store
        return datetime.datetime.now(zoneinfo.ZoneInfo(name) if name else None).replace(microsecond=0, tzinfo=None)

    def today(self) -> datetime.date:
        """Today in the clinic's time zone."""
        return self.now().date()


def is_same_clock(one: str, other: str) -> bool:
    """Whether two time zones show the same time at every moment from 1990 to ten years from now, as Asia/Calcutta and
    Asia/Kolkata do."""
    if one == other:
        return True
    last = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3653)
    weeks = (last - _EARLIEST) // datetime.timedelta(weeks=1)
    zones = zoneinfo.ZoneInfo(one), zoneinfo.ZoneInfo(other)
    moments = (_EARLIEST + datetime.timedelta(weeks=week) for week in range(weeks))
    return all(len({moment.astimezone(zone).utcoffset() for zone in zones}) == 1 for moment in moments)


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
