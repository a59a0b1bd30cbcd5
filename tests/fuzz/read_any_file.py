"""Feeds arbitrary bytes to the import: a file is refused with a sentence, or each of its lines has one of four fates.

python -m tests.fuzz.read_any_file -max_total_time=300 -max_len=4000 -timeout=20 -rss_limit_mb=2048
"""

import io
import sys
from functools import cache

from data.importing import import_file
from data.store import Store, open_store


@cache
def _store() -> Store:
    return open_store()


def read_any_file(content: bytes) -> None:
    """Rehearse the import of these bytes; any exception is a finding."""
    for patient in (None, "P1"):
        result = import_file(_store(), io.BytesIO(content), "any.csv", patient=patient, rehearse=True)
        fates = result.new + result.changed + result.duplicate + result.rejected
        if result.lines != fates or (result.status == "refused") != (bool(result.reason) and not result.lines):
            raise AssertionError(f"{result.lines} lines have {fates} fates; {result.status}: {result.reason}")


def main() -> None:
    import atheris

    atheris.instrument_all()
    atheris.Setup(sys.argv, read_any_file)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
