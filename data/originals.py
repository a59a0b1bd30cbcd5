"""The files as they came: kept byte for byte with the upload, and read again line by line."""

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

import duckdb
import pyarrow

from data.records import Dialect, batches
from data.store import Store

PART_BYTES = 1 << 22


def keep(cursor: duckdb.DuckDBPyConnection, stream: BinaryIO, upload_id: int) -> None:
    """Store the bytes of an upload's file, compressed, in the transaction of its import."""
    for part, (block, content) in enumerate(_compressed(stream)):
        cursor.execute(
            "INSERT INTO clinic.upload_part VALUES ($upload_id, $part, $size, $content)",
            {"upload_id": upload_id, "part": part, "size": len(block), "content": content},
        )


def _compressed(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The file in pieces, each as it is and compressed, two at a time."""
    stream.seek(0)
    with ThreadPoolExecutor(2) as pool:
        while blocks := list(filter(None, (stream.read(PART_BYTES), stream.read(PART_BYTES)))):
            yield from zip(blocks, pool.map(_zstd, blocks), strict=True)


def _zstd(block: bytes) -> bytes:
    return pyarrow.compress(block, codec="zstd", asbytes=True)


def original(store: Store, upload_id: int) -> bytes:
    """An uploaded file, byte for byte as it came."""
    with store.read() as cursor:
        parts = cursor.execute(
            "SELECT size, content FROM clinic.upload_part WHERE upload_id = $upload_id ORDER BY part",
            {"upload_id": upload_id},
        ).fetchall()
    return b"".join(pyarrow.decompress(part, size, codec="zstd", asbytes=True) for size, part in parts)


def how_read(store: Store, upload_id: int) -> dict[str, Any]:
    """How an upload was read: its dialect, header, width, date order and mapping, as the import recorded them."""
    with store.read() as cursor:
        reading = cursor.execute(
            "SELECT reading FROM clinic.upload WHERE upload_id = $upload_id", {"upload_id": upload_id}
        ).fetchall()
    recorded = json.loads(reading[0][0])
    # Uploads made by 0.1 call the dialect a form.
    written = recorded.pop("form", None) or recorded["dialect"]
    return {**recorded, "dialect": Dialect(**written)}


def original_lines(store: Store, upload_id: int, line_nos: set[int]) -> dict[int, str]:
    """The lines with these numbers, as they were written in the uploaded file."""
    read_as = how_read(store, upload_id)
    found: dict[int, str] = {}
    for batch in batches(io.BytesIO(original(store, upload_id)), read_as["dialect"], read_as["width"]):
        for line_no, line in zip(batch["line_no"].to_pylist(), batch["line"].to_pylist(), strict=True):
            if line_no in line_nos:
                found[line_no] = line
        if len(found) == len(line_nos):
            break
    return found
