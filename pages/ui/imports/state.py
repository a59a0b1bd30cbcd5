"""What the Imports page keeps of one visit, all of it under one key of the session."""

from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.importing import Result
from data.mapping import Mapping
from data.reading import NO_OVERRIDES, FileInfo, Overrides

# The answers in a file's widgets stay while another file, or another page, is open.
KEPT = "session"


@dataclass(frozen=True)
class Answers:
    """What a person has answered about one file, where the file itself does not say it."""

    patient: str = ""
    date_order: str | None = None
    overrides: Overrides = NO_OVERRIDES
    mapping: Mapping | None = None


@dataclass
class DroppedFile:
    """One dropped file: its bytes, the answers about it, and what has been found out about it.

    `mapping` is what its form was last read with; it counts while the form is open. `rehearsal` is the result of a
    rehearsal behind what it depends on, `info` what the file is behind the overrides, and `words` what a column holds
    behind the overrides and its header. All of it goes with the file, and with the visit.
    """

    id: str
    name: str
    content: bytes
    answers: Answers = Answers()
    mapping: Mapping | None = None
    rehearsal: tuple[tuple, Result] | None = None
    info: dict[Overrides, FileInfo] = field(default_factory=dict)
    words: dict[tuple[Overrides, str], list[str]] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """The key of one of the file's widgets."""
        return f"imports_{name}_{self.id}"


@dataclass
class Imports:
    """One visit's imports. `files` are those dropped and not yet imported or cleared, `in_uploader` the ids of those
    that the uploader shows; another `uploader` number is another uploader, an empty one. `waiting` are the files that
    are still to be imported, `done` the ids of those that are stored; `outcome` and `problems` are what the last import
    did and what went wrong beside it; `backup` is what became of the last one: made or failed, and a sentence."""

    files: dict[str, DroppedFile] = field(default_factory=dict)
    in_uploader: set[str] = field(default_factory=set)
    uploader: int = 0
    uploader_changed: bool = False
    opened: str = ""
    named_mappings: dict[tuple[str, ...], Mapping] = field(default_factory=dict)
    importing: bool = False
    waiting: list[DroppedFile] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    outcome: list[Result] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    history_notice: str = ""
    backup: tuple[str, str] = ("", "")

    def remove(self, ids: set[str]) -> None:
        """Let go of these files and of their bytes."""
        for file_id in ids:
            self.files.pop(file_id, None)
        _forget_uploads(ids)

    def clear(self, ids: set[str]) -> None:
        """Let go of these files; the others stay, below an empty uploader."""
        self.remove(ids)
        self.in_uploader = set()
        self.uploader += 1


def current() -> Imports:
    """The imports of this visit."""
    return st.session_state.setdefault("imports", Imports())


def imported_by() -> str:
    """The name that the history is to have for what is done now."""
    return (st.session_state.get("imports_by") or "").strip()


def _forget_uploads(ids: set[str]) -> None:
    """Streamlit keeps what an uploader took until the visit ends, also when the uploader is gone."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file_id in ids:
            context.uploaded_file_mgr.remove_file(context.session_id, file_id)
