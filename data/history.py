"""Taking an upload back, and bringing it back again; both stay in the history."""

from dataclasses import dataclass

import duckdb

from data.settings import settings
from data.store import Store, sql
from data.words import SupineError


class HistoryError(SupineError):
    """The upload cannot be undone or redone."""


@dataclass(frozen=True)
class Change:
    """What an undo or redo does to the answers: how many rows leave them, how many come back, of how many patients."""

    rows_leaving: int
    rows_coming_back: int
    patients: int


def undo(store: Store, upload_id: int, *, by: str = "", rehearse: bool = False) -> Change:
    """Take an upload's rows out of every answer and bring back what they had replaced.

    A row that another standing upload says too stays. With `rehearse`, only say what would change. Raises HistoryError
    when the upload does not exist or is undone already.
    """
    return _turn(store, upload_id, standing=False, by=by, rehearse=rehearse)


def redo(store: Store, upload_id: int, *, by: str = "", rehearse: bool = False) -> Change:
    """Bring an undone upload back. Raises HistoryError when it does not exist or stands already."""
    return _turn(store, upload_id, standing=True, by=by, rehearse=rehearse)


def _turn(store: Store, upload_id: int, *, standing: bool, by: str, rehearse: bool) -> Change:
    with store.rehearse() if rehearse else store.write() as cursor:
        _check(cursor, upload_id, standing)
        asked = {"upload_id": upload_id, "standing": standing}
        change = Change(*cursor.execute(sql("undo/01_count"), asked).fetchall()[0])
        event = {
            "upload_id": upload_id,
            "event": "redone" if standing else "undone",
            "made_at": settings().now(),
            "made_by": by,
        }
        cursor.execute(sql("upload/store_event"), event)
    return change


def _check(cursor: duckdb.DuckDBPyConnection, upload_id: int, standing: bool) -> None:
    known = {"upload_id": upload_id}
    if not cursor.execute("FROM clinic.upload WHERE upload_id = $upload_id", known).fetchall():
        raise HistoryError("upload_unknown", upload=upload_id)
    stands = bool(cursor.execute("FROM standing_upload() WHERE upload_id = $upload_id", known).fetchall())
    if stands == standing:
        raise HistoryError("upload_counts_already" if stands else "upload_undone_already", upload=upload_id)
