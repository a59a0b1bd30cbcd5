"""A small clinic in memory, from a few lines of CSV."""

import datetime
import decimal
import io

import pytest

import queries
from data.importing import import_file
from data.store import open_store

AS_OF = datetime.date(2026, 3, 29)


def take(store, text, uploaded=AS_OF, name="export.csv"):
    """Import one file that was uploaded at a moment, or in the evening of a day; every line of it has to be sound."""
    if not isinstance(uploaded, datetime.datetime):
        uploaded = datetime.datetime.combine(datetime.date.fromisoformat(str(uploaded)), datetime.time(23, 59))
    lines = "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"
    result = import_file(store, io.BytesIO(lines.encode()), name, uploaded_at=uploaded)
    assert result.status == "imported", result
    assert result.rejected == 0, result.rejects
    return result


class Clinic:
    """A store in memory, and the questions as the tests ask them."""

    def __init__(self):
        self.store = open_store(None)
        queries.define(self.store)

    def take(self, text, uploaded=AS_OF):
        return take(self.store, text, uploaded)

    def ask(self, question, **parameters):
        return queries.ask(self.store, question, **parameters)

    def answers(self, question, columns, *rows, **parameters):
        """Compare the whole answer to a question with these rows, of which there has to be at least one."""
        assert rows, "an answer without rows shows nothing of the question"
        names, found = queries.answer(self.store, question, **parameters)
        assert names == columns.split()
        assert [comparable(row, names) for row in found] == [comparable(row, names) for row in rows]

    def review(self, as_of=AS_OF):
        """Patient → line of the review list, in the order of the list."""
        return {line["patient_id"]: line for line in self.ask("review", as_of=as_of).to_dict("records")}

    def column(self, name, as_of=AS_OF):
        """Patient → one column of the review list; lists as lists, and None where there is nothing."""
        return {patient: plain(line[name]) for patient, line in self.review(as_of).items()}

    def holding(self, code, as_of=AS_OF, column="reasons"):
        """The patients of whom a reason (or a chip) holds."""
        return {patient for patient, codes in self.column(column, as_of).items() if code in codes}

    def rows(self, question, **parameters):
        """The answer to any SQL as tuples, with the derived tables up to date."""
        queries.refresh(self.store)
        with self.store.read() as cursor:
            return cursor.execute(question, parameters or None).fetchall()

    def write(self, statement, **parameters):
        with self.store.write() as cursor:
            cursor.execute(statement, parameters or None)

    def reviewed(self, patient, through, made=AS_OF, look_again_on=None, review_id=1, undoes=None):
        """Append a review that saw the sessions up to `through`, or with `undoes` the undo of one."""
        self.write(
            "INSERT INTO clinic.review_event VALUES ($id, $undoes, $patient, 'Kim', $made, 'contacted', '', "
            "$again, $through, 1)",
            id=review_id,
            undoes=undoes,
            patient=patient,
            made=f"{made} 12:00",
            again=look_again_on,
            through=through,
        )


def comparable(row, names):
    """A row by its columns, with values that tell true from 1 and a day from a moment, but not 2 from 2.0."""
    return dict(zip(names, map(_comparable, row), strict=True))


def _comparable(value):
    if isinstance(value, decimal.Decimal | float):
        return round(float(value), 9)
    if isinstance(value, list | tuple):
        return [_comparable(item) for item in value]
    return str(value) if isinstance(value, bool | datetime.date) else value


def plain(value):
    if hasattr(value, "tolist"):
        return value.tolist()
    return None if value is None or value != value else value


@pytest.fixture
def clinic():
    """Make a clinic of one log, and a roster beside it if there is one."""
    yield from _clinics()


@pytest.fixture(scope="module")
def lasting_clinic():
    """Like `clinic`, for the tests of a file that only ask."""
    yield from _clinics()


def _clinics():
    opened = []

    def make(csv_text=None, roster_text=None, uploaded=AS_OF):
        made = Clinic()
        opened.append(made.store)
        if csv_text:
            made.take(csv_text, uploaded)
        if roster_text:
            made.take(roster_text, uploaded)
        return made

    yield make
    for store in opened:
        store.close()
