"""Which mapping a file has: one of the clinic's own files, one that Supine comes with, or what its header says."""

import json
import os
import re
import secrets
import tomllib
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass

from data import contract, recognising
from data.mapping import Mapping, MappingError, explained, from_dict
from data.reading import FileInfo
from data.settings import settings
from data.words import Message

SHIPPED = Path(__file__).parent / "mappings"
LARGEST_BYTES = 1 << 18


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class MappingFile:
    """A mapping file: `header` are the columns by which an export of its kind is known.

    `entry` is the rest of the file. Where a column has a list of headers, the first that a file has counts, and none
    is needed. `refuse` says why an export of this kind cannot be read, and `names_too` that the contract's names count
    for all columns that the entry does not name.
    """

    name: str
    header: list[str]
    entry: dict[str, Any]
    refuse: str | None = None
    names_too: bool = False

    @property
    def signature(self) -> frozenset[str]:
        """The bare headers that a file has to have."""
        return frozenset(map(contract.bare, self.header))


def find(info: FileInfo, name: str | None = None) -> Mapping:
    """The mapping called `name`, else the one made for this header, else what the contract's names say.

    Raises MappingError when there is none or more than one way to read the columns.
    """
    mappings = mapping_files()
    if name is not None:
        if name not in mappings:
            raise MappingError("mapping_unknown", name=name, names=", ".join(sorted(mappings)))
        return fitted(mappings[name], info)
    headers = frozenset(info.bare_headers)
    fitting = [mapping for mapping in mappings.values() if mapping.signature and mapping.signature <= headers]
    best = max(fitting, key=lambda mapping: len(mapping.signature), default=None)
    recognising.ask_about_delimiters(info, best.signature if best else frozenset())
    return fitted(best, info) if best else recognising.recognised(info)


def mapping_files() -> dict[str, MappingFile]:
    """The mappings by name: the clinic's own, the newest first, and then those that Supine comes with."""
    own = _own()[0]
    return own | {name: mapping for name, mapping in _shipped().items() if name not in own}


def unusable_files() -> list[Message]:
    """What is wrong with those of the clinic's own mapping files that cannot be used."""
    return _own()[1]


def own_folder() -> Path:
    """Where a clinic's own mappings are: `SUPINE_MAPPINGS`, else beside the database."""
    return settings().mappings or settings().database.parent / "clinic-mappings"


def _own() -> tuple[dict[str, MappingFile], list[Message]]:
    """The clinic's own mappings by name, and why the other files of its folder are none."""
    own: dict[str, MappingFile] = {}
    faults: list[Message] = []
    for path in sorted(own_folder().glob("*.toml"), key=lambda path: path.lstat().st_mtime_ns, reverse=True):
        try:
            mapping = _from_file(path)
        except MappingError as error:
            faults.append(error.message)
            continue
        if mapping.name in own:
            faults.append(Message("mapping_name_twice", {"path": path, "name": mapping.name}))
        own.setdefault(mapping.name, mapping)
    return own, faults


@cache
def _shipped() -> dict[str, MappingFile]:
    return {mapping.name: mapping for mapping in map(_from_file, sorted(SHIPPED.glob("*.toml")))}


def _from_file(path: Path) -> MappingFile:
    try:
        entry = tomllib.loads(_text(path))
        mapping = MappingFile(
            name=entry.pop("name", path.stem),
            header=entry.pop("header", None),
            refuse=entry.pop("refuse", None),
            names_too=entry.pop("names_too", False),
            entry=entry,
        )
        if mapping.refuse is None:
            _chosen(mapping, None)
    except ValidationError as error:
        raise MappingError("mapping_file_unusable", path=path, error=_reason(explained(error, path.stem))) from error
    except RecursionError as error:
        raise MappingError("mapping_file_unusable", path=path, error="it is nested too deeply") from error
    except (MappingError, OSError, ValueError) as error:
        raise MappingError("mapping_file_unusable", path=path, error=_reason(error)) from error
    return mapping


def _text(path: Path) -> str:
    if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
        raise MappingError("mapping_file_too_large", limit=LARGEST_BYTES)
    return path.read_text(encoding="utf-8")


def _reason(error: Exception) -> str:
    return str(error).rstrip(".")


def save(mapping: Mapping, info: FileInfo) -> Path:
    """Keep a mapping in the clinic's folder, for the next file with this header: all of its file or nothing.

    The answer is that file. Raises MappingError when it cannot be written.
    """
    entry = {"name": mapping.name, "header": [header for header in info.header if header]}
    entry |= {key: value for key, value in asdict(mapping).items() if key != "name" and value not in (None, {}, [])}
    plain = [f"{key} = {_toml(value)}" for key, value in entry.items() if not isinstance(value, dict)]
    tables = [
        "\n".join(["", f"[{key}]", *(f"{_toml(name)} = {_toml(held)}" for name, held in value.items())])
        for key, value in entry.items()
        if isinstance(value, dict)
    ]
    stem = re.sub(r"[^\w-]+", "-", mapping.name).strip("-")[:60] or "mapping"
    path = _own_file(stem, mapping.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, "\n".join([*plain, *tables, ""]).encode())
    except (OSError, ValueError) as error:
        raise MappingError("mapping_not_kept", folder=path.parent, error=_reason(error)) from error
    return path


def _write_whole(path: Path, content: bytes) -> None:
    """Replace a file by one that is on the disk in full, so that no reader ever finds a part of it."""
    if len(content) > LARGEST_BYTES:
        raise ValueError(f"it would be larger than {LARGEST_BYTES:,} bytes")
    partial = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.partial")
    try:
        with partial.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _own_file(stem: str, name: str) -> Path:
    """The clinic's file for a mapping: the one that has its name already, else one that does not exist yet."""
    for path in sorted(own_folder().glob("*.toml")):
        try:
            if _from_file(path).name == name:
                return path
        except MappingError:
            continue
    paths = (own_folder() / f"{stem}{ending}.toml" for ending in ("", *(f"-{number}" for number in range(2, 1000))))
    return next(path for path in paths if not path.exists())


def _toml(value: str | list[str]) -> str:
    # TOML's quoted strings and lists of them are written as JSON's, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def fitted(mapping: MappingFile, info: FileInfo) -> Mapping:
    """A mapping file's mapping for one file, its headers chosen among those that the file has.

    Raises MappingError when an export of this kind cannot be read.
    """
    if mapping.refuse:
        raise MappingError("mapping_refuses", reason=mapping.refuse)
    chosen = _chosen(mapping, frozenset(info.bare_headers))
    return recognising.completed(info, chosen) if mapping.names_too else chosen


def _chosen(mapping: MappingFile, present: frozenset[str] | None) -> Mapping:
    """The mapping of an entry: of a list of headers the first that is present; without `present`, the first of all."""
    entry = {"name": mapping.name, "columns": {}, **mapping.entry}
    for key in ("columns", "left", "right"):
        if isinstance(entry.get(key), dict):
            headers = {column: _first_of(alternatives, present) for column, alternatives in entry[key].items()}
            entry[key] = {column: header for column, header in headers.items() if header is not None}
    entry["time_of_day"] = _first_of(entry.get("time_of_day"), present)
    if isinstance(entry.get("without"), dict) and present is not None:
        entry["without"] = {
            header: held for header, held in entry["without"].items() if contract.bare(header) in present
        }
    return from_dict(entry)


def _first_of(headers: Any, present: frozenset[str] | None) -> Any:
    """The first of a list of headers that is present; what is no list of words is left to the checks of a mapping."""
    if not isinstance(headers, list) or not all(isinstance(header, str) for header in headers):
        return headers
    return next((header for header in headers if present is None or contract.bare(header) in present), None)
