"""The words of every error and remark, made from its code and values: pages and terminals say the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """Something to tell a person: a code of SENTENCES, and the values that its sentence names."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return sentence(self.code, self.values)


class SupineError(Exception):
    """An error that a person is told about: a code of SENTENCES, and the values that its sentence names."""

    def __init__(self, code: str, **values: Any):
        super().__init__(code)
        self.message = Message(code, values)

    def __str__(self) -> str:
        return str(self.message)


def sentence(code: str, values: Mapping[str, Any]) -> str:
    """The English sentence of a code. Raises KeyError for a code without words or a value that is not given."""
    words = SENTENCES[code]
    if code == "already_imported":
        values = {**values, "by": values["by"] and f" by {values['by']}", "whose": _whose(values["whose"])}
    if "faults" in values:
        values = {**values, "faults": "; ".join(_fault_of_lines(fault) for fault in values["faults"])}
    if isinstance(words, tuple):
        words = words[values["count"] != 1]
    return words.format_map(values)


def terminal_sentence(message: Message) -> str:
    """The sentence with the option of `python -m data import` that answers it, where there is one."""
    option = OPTIONS.get(message.code)
    return f"{str(message).removesuffix('.')} ({option})." if option else str(message)


# Where a number decides the form, the sentence for one comes before that for all others.
SENTENCES: dict[str, str | tuple[str, str]] = {
    # A file that cannot be read as a table of text.
    "archive": "This is a zip archive or an Excel workbook; unpack it, or save the sheet as CSV.",
    "gzip": "This is a gzip archive; unpack it.",
    "pdf": "This is a PDF document; ask for the CSV export.",
    "old_workbook": "This is an old Excel workbook; save the sheet as CSV.",
    "picture": "This is a picture; ask for the CSV export.",
    "parquet": "This is a Parquet file; ask for the CSV export.",
    "database": "This is a database; ask for the CSV export.",
    "file_empty": "The file is empty.",
    "file_name_unwritable": "The name of this file holds characters that cannot be written; give it another name.",
    "zero_bytes": "The file holds zero bytes, so it is no text; ask for the CSV export.",
    "file_too_large": "The file is larger than {limit_mb:,} MB, the largest that Supine takes.",
    "line_too_long": "Line {line} is longer than {limit:,} bytes, the longest line that Supine reads.",
    "too_many_cells": "Line {line} has more than {limit:,} cells, the most that Supine reads.",
    "too_many_columns": "The header names {columns:,} columns; the most that Supine reads is {limit:,}.",
    "unknown_encoding": "{encoding} is no encoding.",
    "not_utf8_throughout": "The file is not written in UTF-8 throughout; choose its encoding.",
    "not_in_encoding": "The file is not written in {encoding} throughout; choose its encoding.",
    "mixed_encodings": "Line {line} is not written in UTF-8, as other lines are; save the file in one encoding.",
    "encoding_unclear": "The encoding of this file is not clear; choose it, or save the file as UTF-8.",
    "dialect_invalid": (
        "Delimiter, quotation mark and escape have to be single characters, each a different one; choose others."
    ),
    "written_line_ends": (
        "The lines of this file end with the two characters \\n and not with a line end, as pain-tracker's CSV export "
        "writes them; use its clinical export, or replace them with line ends."
    ),
    "no_header": "The file has no line that names columns.",
    "no_header_on_line": "Line {line} names no columns; choose another line of the header.",
    "no_lines": "The file names its columns and has no lines below them.",
    "no_line_understood": (
        "The only line below the header cannot be read: {faults}. Nothing was stored.",
        "None of the {count:,} lines below the header can be read: {faults}. Nothing was stored.",
    ),
    "days_of_excel": (
        "The days of this file, such as {value}, look like days as Excel counts them; choose that as the date order."
    ),
    "moments_of_epoch": (
        "The days of this file, such as {value}, look like seconds since 1970; choose that as the date order."
    ),
    "file_unreadable": "The file cannot be read: {error}.",
    "file_breaks_off": "The file cannot be read to its end: {error}. Nothing of it was stored.",
    # A file whose columns are not clear.
    "patient_missing": "The file does not say whose log it is; choose the patient.",
    "patient_unwritable": "The patient's id {patient!r} holds characters that cannot be written; choose another.",
    "no_day": "No column holds the day of the exercise. The columns are: {columns}. If one of them does, choose it.",
    "no_measure": (
        "No column holds an exercise or a pain score. The columns are: {columns}. If one of them does, choose it."
    ),
    "score_unclear": (
        "The column {column} holds one pain score beside an exercise and does not say whether it was taken before, "
        "during or after; choose that by hand."
    ),
    "several_scores": "The columns {columns} could each be the pain score; choose one by hand.",
    "scores_unclear": (
        "These columns may be pain scores and do not say, in words that Supine knows, whether they were scored before, "
        "during or after exercise: {columns}. Choose the columns by hand."
    ),
    "exercise_unclear": (
        "The file has scores during or after exercise and no column that is known to name the exercise. Not used are: "
        "{columns}. If one of them names it, choose it by hand; if none does, leave the exercise empty there."
    ),
    "scales_differ": (
        "The pain scores do not all state the same scale: {columns}. Choose the columns and the scale by hand."
    ),
    "scale_unknown": (
        "{column} is scored from {scale}, which Supine cannot turn into 0 to 10; choose the scale by hand."
    ),
    "header_joined": (
        "The header may lack a delimiter at {columns}, and the cells would be read below the wrong names. Mend the "
        "header and import the file again, or choose the columns by hand."
    ),
    "cells_beyond_header": (
        "Some lines have a cell to the right of the last column that the header names, such as {cells}; name that "
        "column in the header and import the file again."
    ),
    "several_people": (
        "The file is to be one patient's, and its column {column} names several people: {people}. If they are the "
        "patients, choose that column by hand; if all lines are one patient's, choose the columns by hand without it."
    ),
    "roster_has_score": (
        "This looks like a roster of patients, but a roster has no pain score: {columns}. Say by hand whether it is a "
        "roster or a log."
    ),
    "several_columns": "The columns {columns} could each be {column}; choose one by hand.",
    "header_twice": "The header names {column} twice, so it is not clear which one counts.",
    "date_orders_mixed": ("Some dates of this file are written day first and others month first; choose one order."),
    "date_order_unclear": "The dates of this file can be read {orders}; choose the date order.",
    "scale_unclear": "{scores:,} pain scores are above 10, so the scale may be 0 to 100; choose the scale by hand.",
    # A mapping that cannot be used.
    "mapping_unknown": "There is no mapping called {name}; there are: {names}.",
    "mapping_refuses": "{reason}",
    "mapping_file_unusable": "The mapping file {path} cannot be used: {error}.",
    "mapping_name_twice": "The mapping file {path} has the name of another one, {name}; give it its own.",
    "mapping_not_kept": "The mapping cannot be kept in {folder}: {error}.",
    "mapping_file_too_large": "it is no file of at most {limit:,} bytes",
    "mapping_entry_unknown": "The mapping {name} has an unknown entry: {entry}.",
    "mapping_entry_missing": "The mapping {name} lacks the entry {entry}.",
    "mapping_entry_wrong": "In the mapping {name}, {entry} has to be {wanted}.",
    "mapping_column_unknown": "The mapping {name} names {column}, which no {kind} has.",
    "mapping_score_alone": "The mapping {name} needs both score and score_time, or none of them.",
    "mapping_scores_twice": "The mapping {name} has scores in columns and on lines of their own.",
    "mapping_sides_and_scores": "The mapping {name} has sides in columns and scores on lines of their own.",
    "mapping_score_unknown": "The mapping {name} has an unknown score: it is one of {scores}.",
    "mapping_exercise_unknown": "The mapping {name} has an unknown exercise: {exercises}.",
    "mapping_day_wrong": "The mapping {name} has a day that is no date such as 2026-03-31: {day}.",
    "mapping_zone_unknown": "The mapping {name} has an unknown time zone: {zone}.",
    "mapping_empty": "The mapping {name} names no column of the file.",
    "mapping_column_missing": "The mapping {name} needs the column {column}, which the file does not have.",
    # A store that cannot be opened, read or written.
    "store_is_folder": "{path} is a folder; choose a file in it for Supine's data.",
    "store_without_folder": "The folder of {path} cannot be made: {error}.",
    "store_missing": (
        "{path} is missing, but {log}, the log of its newest changes, is there. Bring the file back, or move the log "
        "to another folder to begin with an empty database."
    ),
    "log_damaged": (
        "{log}, the log of the newest changes, is damaged; nothing was changed in it. Restore a backup, or move the "
        "log to another folder to open what was stored before it."
    ),
    "store_lines_wrong": (
        "{path} is damaged: 1 upload lacks lines, or is not known though lines of it are there. Restore a backup.",
        "{path} is damaged: {count:,} uploads lack lines, or are not known though lines of them are there. Restore a "
        "backup.",
    ),
    "store_in_other_zone": (
        "{path} was begun in the time zone {zone}, in which all its times are written, and SUPINE_TIME_ZONE is now "
        "{wanted}. Nothing was changed in it; set SUPINE_TIME_ZONE to {zone}, or choose another file for a clinic in "
        "{wanted}."
    ),
    "store_of_another": "{path} is a DuckDB file of another program; choose another file for Supine's data.",
    "store_of_newer_supine": (
        "{path} was made by a newer Supine (schema {schema}; this one knows {known}); update Supine."
    ),
    "store_of_newer_duckdb": "{path} was written by a newer DuckDB than this Supine uses; update Supine.",
    "store_held": (
        "{path} is in use by another program; if that is the dashboard, do this on its pages, or close it first."
    ),
    "store_held_by": (
        "{path} is in use by another program (process {process}); if that is the dashboard, do this on its pages, or "
        "close it first."
    ),
    "store_reopening": "{path} is being opened again after an error; try again in a moment.",
    "store_damaged": (
        "{path} cannot be read as a database: it is damaged or something else; nothing was changed in it."
    ),
    "store_forbidden": "{path} cannot be opened or written: permission denied, or the folder is read-only.",
    "store_fails": "{path} cannot be read or written: {error}.",
    "disk_full": "The disk is full: nothing of this was stored. Make room and try again.",
    "memory_short": "This takes more memory than Supine may use ({limit}); raise SUPINE_MEMORY_LIMIT.",
    "refresh_disk_full": (
        "Everything that was imported or undone is stored, but the lists do not show it yet, because the disk is full. "
        "Make room, then reload the page."
    ),
    "refresh_fails": ("Everything that was imported or undone is stored, but the lists do not show it yet. {reason}"),
    # A backup that cannot be made or brought back.
    "backup_exists": "{path} is there already; choose another name for the backup.",
    "backup_exists_made": "{path} is there already; the backup was made as {made}.",
    "backup_without_folder": "The folder {path} cannot be made: {error}.",
    "backup_not_copied": "The backup {path} cannot be copied: {error}. Nothing was replaced.",
    "backup_differs": "{path} does not hold what it held when it was made; it is damaged, and nothing was replaced.",
    "backup_without_store": "There is no database at {path} to back up.",
    "backup_not_taken": (
        "{path} is in use by a program that did not begin a backup within {seconds} seconds. If that is the dashboard, "
        "make the backup on its Imports page; otherwise close the program first."
    ),
    "backup_not_done": "The dashboard that holds {path} did not finish the backup within {minutes} minutes.",
    "backup_failed": "The dashboard could not make the backup. {reason}",
    # An upload that cannot be undone or redone.
    "upload_unknown": "There is no upload {upload}.",
    "upload_counts_already": "Upload {upload} counts already.",
    "upload_undone_already": "Upload {upload} is undone already.",
    # An upload that was made before.
    "already_imported": (
        "Already imported on {day} at {time}{by} as {file}, {whose}. To read it in another way, undo that upload first."
    ),
    "dropped_twice": "This is the same file as {file}, which was dropped with it; it is imported once.",
    # How a file was read.
    "header_below": "The header is on line {line}; the lines above it are no data.",
    "header_lines": "Lines {first} to {last} together name the columns.",
    "encoding_guessed": (
        "The encoding was guessed to be {encoding}; if names or notes look wrong, choose another encoding."
    ),
    "delimiter_at_end": "Each line ends with a delimiter that the header does not have; no cell of it is filled.",
    "times_in_utc": "Times without a zone were read as UTC, and are shown in the clinic's time zone.",
    "scale_stated": "Pain was read on the scale {scale}, as the header states it.",
    "blank_lines": ("1 blank line holds no data.", "{count:,} blank lines hold no data."),
    "remark_lines": (
        "1 line begins with # and was read as a remark.",
        "{count:,} lines begin with # and were read as remarks.",
    ),
    "header_again": (
        "The header is repeated on line {line}.",
        "The header is repeated {count:,} times, first on line {line}.",
    ),
    "short_lines": (
        "1 line ends before its last cells, which count as empty.",
        "{count:,} lines end before their last cells, which count as empty.",
    ),
    "entries_with_later_scores": (
        "1 line has a score during or after exercise but names no exercise; it counts as a session of an exercise that "
        "is not stated, and not for adherence.",
        "{count:,} lines have a score during or after exercise but name no exercise; they count as sessions of an "
        "exercise that is not stated, and not for adherence.",
    ),
    "no_last_line_end": "The last line has no line end; if the file was cut short, that line may not be whole.",
    "only_midnights": "Every time of day is midnight, so the times were read as days.",
    "unused_columns": "Columns not used: {columns}.",
}

# The option of the terminal that answers a question.
OPTIONS = {
    "patient_missing": "--patient, --patient-from-name",
    "no_day": "--mapping",
    "no_measure": "--mapping",
    "score_unclear": "--mapping",
    "several_scores": "--mapping",
    "several_columns": "--mapping",
    "scores_unclear": "--mapping",
    "exercise_unclear": "--mapping",
    "scales_differ": "--mapping",
    "scale_unknown": "--mapping",
    "scale_unclear": "--mapping",
    "header_joined": "--mapping",
    "several_people": "--mapping",
    "roster_has_score": "--mapping",
    "encoding_unclear": "--encoding",
    "date_order_unclear": "--date-order",
    "date_orders_mixed": "--date-order",
    "days_of_excel": "--date-order excel",
    "moments_of_epoch": "--date-order epoch",
}

# What is wrong with a cell, after the name of its column, or with a line: {value} is what the cell says, and the other
# values are the details that are stored with the code.
FAULTS = {
    "zero_byte": "the line holds a zero byte, shown as \u2400: {value}",
    "torn": "the quotation marks on this line do not match",
    "too_wide": "the line has {cells} cells where the header has {width}",
    "too_short": "the line ends after {cells} of {width} cells",
    "not_chosen": "the line is no set or session: its {header} is {value}",
    "other_score_rejected": "line {line}, with another score of the same row, was rejected",
    "scores_uneven": (
        "one score of this time and exercise occurs more often than another, so it is not clear which belong together"
    ),
    "scores_contradict": "line {line} of the same row has another value",
    "lacks_stored_score": (
        "the stored row of this time has a score that these lines lack; upload all scores of it in one file"
    ),
    "missing": "is missing",
    "nothing_logged": "is missing, and there is no pain score either",
    "not_a_number": "is not a number",
    "not_whole": "is not a whole number",
    "below": "is below {limit:.10g}",
    "above": "is above {limit:.10g}",
    "no_date": "is not a date that exists",
    "excel_day": "looks like a day as Excel counts them: {value}",
    "epoch_moment": "looks like seconds since 1970: {value}",
    "zone_unclear": "has a time zone that can mean more than one, or none: {value}; write its offset, such as GMT+9",
    "too_early": "is before 1990",
    "in_future": "is in the future",
    "too_long": "is longer than {limit} characters",
    "unknown_word": "is not {choices}",
    "lines_differ": "is on several lines of this roster that differ",
}

# What a cell of a column of few words may say.
CHOICES = {
    "side": "left, right or both",
    "stopped_early": "yes or no",
    "score_time": "before, during or after",
    "severity": "none, mild, moderate or severe",
    "sex": "female, male or other",
}


def fault(code: str | None, column: str | None, value: str | None, details: str | None, reason: str | None) -> str:
    """Why a line was rejected, as it is said after the name of the column, where there is one.

    `details` are as stored: JSON. `reason` is what lines have in place of a code that were rejected before there were
    codes.
    """
    if code is None:
        return reason or ""
    choices = CHOICES.get(column or "", "")
    return FAULTS[code].format_map({"value": value or "empty", "choices": choices, **json.loads(details or "{}")})


def with_reason(reject: Mapping[str, Any]) -> dict[str, Any]:
    """A rejected line with its reason in words, and its details as values."""
    why = {name: reject[name] for name in ("code", "column", "value", "details", "reason")}
    shown = {name: value for name, value in reject.items() if name != "details"}
    return {**shown, "values": json.loads(reject["details"] or "{}"), "reason": fault(**why)}


def _whose(patient: str | int) -> str:
    """Whose lines an upload holds: of the patient who was chosen for it, or of how many its own lines name."""
    if isinstance(patient, str):
        return f"for the patient {patient}"
    return "with lines of 1 patient" if patient == 1 else f"with lines of {patient:,} patients"


def _fault_of_lines(fault: Any) -> str:
    """Of how many lines what is wrong; the reason that is given is that of the first of them."""
    return f"{fault['lines']:,} × {why_rejected(fault)}"


def why_rejected(reject: Mapping[str, Any]) -> str:
    """The whole sentence on a rejected line, the name of the column included."""
    return " ".join(filter(None, [reject["column"], with_reason(reject)["reason"]]))
