"""Hostile files that are made while they are read, and what the import of one costs in a process of its own."""

import io
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from data.importing import import_file
from data.store import open_store
from tests.data.lines import HEADER

HEAD = HEADER.encode() + b"\n"
LINE = b"P1,2026-01-02 08:00,squat,,1,10,3,,4,,"
WIDE = LINE + b"," * 9_990 + b"\n"
MB = 1 << 20
GB = 1 << 30
NOISE = bytes((n * n * 7 + n // 3) % 255 + 1 for n in range(MB))


class Repeated(io.RawIOBase):
    """A file of `size` bytes that says `unit` again and again, between `head` and `tail`; it takes no room."""

    def __init__(self, unit, size, head=b"", tail=b""):
        self.head, self.tail, self.end = head, tail, len(head) + size
        self.unit, self.some = len(unit), unit * (MB // len(unit) + 2)
        self.size, self.position = self.end + len(tail), 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        self.position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        return self.position

    def read(self, size=-1):
        wanted = self.size - self.position if size < 0 else min(size, self.size - self.position)
        pieces = []
        while wanted:
            if self.position < len(self.head):
                piece = self.head[self.position :][:wanted]
            elif self.position < self.end:
                start = (self.position - len(self.head)) % self.unit
                piece = self.some[start : start + min(wanted, self.end - self.position, MB)]
            else:
                piece = self.tail[self.position - self.end :][:wanted]
            pieces.append(piece)
            self.position += len(piece)
            wanted -= len(piece)
        return b"".join(pieces)


FILES = {
    "over the limit": lambda: Repeated(LINE + b"\n", GB, HEAD),
    "zero bytes": lambda: Repeated(b"\0", GB),
    "zero bytes below a header": lambda: Repeated(b"\0", GB - len(HEAD), HEAD),
    "zero bytes at the end": lambda: Repeated(LINE + b"\n", GB - 2048, HEAD, b"\0" * 1024),
    "quotation marks": lambda: Repeated(b'"', GB),
    "quotation marks below a header": lambda: Repeated(b'"', GB - len(HEAD), HEAD),
    "no line end": lambda: Repeated(b"x", GB),
    "commas": lambda: Repeated(b",", GB),
    "noise": lambda: Repeated(NOISE, GB),
    "a long line at the end": lambda: Repeated(LINE + b"\n", GB - 4 * MB, HEAD, b"x" * 2 * MB),
    "a line of 200 MB": lambda: Repeated(b"x", 200 * MB, HEAD + LINE + b"\n" + LINE, b"\n" + LINE + b"\n"),
    "a quoted line of 200 MB": lambda: Repeated(b"x,", 200 * MB, HEAD + LINE + b'"', b'"\n' + LINE + b"\n"),
    "lines of 10,000 cells": lambda: Repeated(WIDE, 2_000 * len(WIDE), HEAD, LINE + b"\n"),
    "10,000 columns": lambda: Repeated(WIDE, 10_000 * len(WIDE), b"c," * 9_999 + b"patient_id\n"),
    "a mark that opens a million lines": lambda: Repeated(LINE + b"\n", 1_000_000 * (len(LINE) + 1), HEAD + b'"'),
    "lines of commas": lambda: Repeated(b",,,,,,,,,,\n", 11 * 300_000, HEAD, LINE + b"\n"),
}


def cost(name):
    """What becomes of a file in a process of its own, in how many seconds, and with how much memory at the most."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.data.hostile", name],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def main(name):
    store = open_store()
    began = time.monotonic()
    result = import_file(store, FILES[name](), "hostile.csv")
    told = {field: getattr(result, field) for field in ("status", "reason", "lines", "new", "rejected")}
    told |= {"seconds": time.monotonic() - began, "first": result.rejects[:1]}
    print(json.dumps(told | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}))


if __name__ == "__main__":
    main(sys.argv[1])
