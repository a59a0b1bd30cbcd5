"""DuckDB's write-ahead log beside the store: whether it still holds everything that was committed.

DuckDB checks what an entry says, but takes a wrong length for the place where a crash cut the log short, and a wrong
beginning for an empty log; what follows is then passed over without an error.
"""

from pathlib import Path

# The one format of a database file that this Supine writes; DuckDB's newer ones have logs of another form.
_FORMAT = b"DUCK" + (64).to_bytes(8, "little")
_FORMAT_AT = 8
# How a log begins, and how each entry that commits a transaction ends. Every entry begins with its length, and a
# checksum, in eight bytes each.
_BEGINS = bytes.fromhex("640062650002ffff")
_COMMITTED = bytes.fromhex("e7fe7d722fed3d5e640064ffff")
_ENTRY_HEAD = 16


def path_of(database: Path) -> Path:
    """Where the log of a database is, while there is one."""
    return database.with_name(database.name + ".wal")


def holds_something(database: Path) -> bool:
    """Whether anything waits in the log."""
    log = path_of(database)
    return log.is_file() and log.stat().st_size > 0


def is_damaged(database: Path) -> bool:
    """Whether the log breaks off before a transaction that was committed."""
    with database.open("rb") as file:
        begins = file.read(_FORMAT_AT + len(_FORMAT))
    return begins.endswith(_FORMAT) and _breaks_off(path_of(database).read_bytes())


def _breaks_off(log: bytes) -> bool:
    """A log that a crash cut short may end anywhere, but then nothing that was committed follows."""
    if not _BEGINS.startswith(log[: len(_BEGINS)]):
        return True
    position = len(_BEGINS)
    while position + _ENTRY_HEAD <= len(log):
        end = position + _ENTRY_HEAD + int.from_bytes(log[position : position + 8], "little")
        if end > len(log):
            break
        position = end
    return _COMMITTED in log[position:]
