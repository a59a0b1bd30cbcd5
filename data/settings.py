"""What a clinic can set from outside, read once from `SUPINE_…` environment variables or a `.env` file."""

import datetime
import zoneinfo
from functools import cache
from pathlib import Path

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings in force; a wrong value stops the start with a message that names the variable."""

    model_config = SettingsConfigDict(env_prefix="SUPINE_", env_file=".env", env_file_encoding="utf-8", extra="ignore")

    database: Path = Path("data/clinic.duckdb")
    mappings: Path | None = None
    time_zone: str | None = None
    memory_limit: str = "800MB"
    max_upload_mb: int = 1024

    @field_validator("time_zone")
    @classmethod
    def _known_time_zone(cls, value: str | None) -> str | None:
        try:
            if value:
                zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no IANA time zone, such as Asia/Seoul or Europe/Berlin") from error
        return value

    def now(self) -> datetime.datetime:
        """The clinic's wall clock, to the second, without a zone: the form in which the store keeps times.

        Without `SUPINE_TIME_ZONE` the clinic's zone is the machine's.
        """
        zone = zoneinfo.ZoneInfo(self.time_zone) if self.time_zone else None
        return datetime.datetime.now(zone).replace(microsecond=0, tzinfo=None)

    def today(self) -> datetime.date:
        """Today in the clinic's time zone."""
        return self.now().date()


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
