"""Files that overlap, undone and redone in any order: what counts is what a plain reading of the definitions says."""

import io
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from data import history
from data.importing import import_file
from data.mapping import from_dict
from data.store import open_store

HEADER = "patient_id,performed_at,exercise,reps"
COLUMNS = {name: name for name in HEADER.split(",")}
LONG = from_dict({"name": "long", "kind": "log", "columns": COLUMNS, "score": "score", "score_time": "when"})
# Two say something else of the same exercise at the same time; a bare date says no time.
ROWS = [("P1", "2026-01-02 08:00", "squat", "5", *scores) for scores in ("34", "35")]
ROWS += [("P1", "2026-01-02", "squat", "5", "3", "4")]


class Log:
    """Each row is a list of what has been said of it, the newest last, with the uploads that say so."""

    def __init__(self):
        self.rows, self.standing = [], set()

    def current(self, row):
        return next((said for said in reversed(row) if said[1] & self.standing), None)

    def counted(self):
        return sorted(said[0][0] for row in self.rows if (said := self.current(row)))

    def take(self, upload, rows):
        """What becomes of the rows of a file: how many are new, changed and duplicate."""
        seen, given_to, fates = Counter(), [], Counter()
        counted = [(row, said) for row in self.rows if (said := self.current(row))]
        for content in rows:
            seen[content] += 1
            same = [(row, said) for row in self.rows for said in row if said[0] == (content, seen[content])]
            key = [row for row, said in counted if said[0][0][:3] == content[:3]]
            of_key = [other for other in rows if other[:3] == content[:3]]
            standing = [said for _, said in same if said[1] & self.standing]
            undone = [said for row, said in same if not self.current(row)]
            if standing or undone:
                given_to.append(((standing or undone)[-1], None))
                fates["duplicate" if standing else "new"] += 1
            else:
                alone = ":" in content[1] and len(of_key) == 1
                changes = alone and len(key) == 1
                only_undone = [row for row in self.rows if row[0][0][0][:3] == content[:3]] if alone and not key else []
                follows = key if changes else only_undone if len(only_undone) == 1 else [None]
                given_to.append((follows[0], ((content, seen[content]), {upload})))
                fates["changed" if changes else "new"] += 1
        for place, said in given_to:
            if said is None:
                place[1].add(upload)
            elif place is None:
                self.rows.append([said])
            else:
                place.append(said)
        self.standing.add(upload)
        return fates["new"], fates["changed"], fates["duplicate"]


def written(rows, is_long, upload):
    """A file of these rows, unlike every other file."""
    if not is_long:
        return "\n".join([f"{HEADER},pain_before,pain_after", *map(",".join, rows), f"# {upload}", ""])
    scores = [(*row[:4], when, score) for row in rows for when, score in zip(("before", "after"), row[4:], strict=True)]
    return "\n".join([f"{HEADER},when,score", *map(",".join, scores), f"# {upload}", ""])


files = st.tuples(st.lists(st.sampled_from(ROWS), min_size=1, max_size=3), st.booleans())


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(st.one_of(files, st.integers(1, 2)), min_size=4, max_size=7))
def test_files_that_overlap_in_any_order(steps):
    store, log, uploads = open_store(), Log(), 0
    for step in steps:
        if isinstance(step, tuple):
            uploads += 1
            rows, is_long = step
            content = io.BytesIO(written(rows, is_long, uploads).encode())
            result = import_file(store, content, "log.csv", mapping=LONG if is_long else None)
            lines = tuple(fate * (2 if is_long else 1) for fate in log.take(uploads, rows))
            assert (result.new, result.changed, result.duplicate, result.rejected) == (*lines, 0)
        elif step <= uploads:
            (history.undo if step in log.standing else history.redo)(store, step)
            log.standing ^= {step}
        with store.read() as cursor:
            counted = cursor.execute(
                "SELECT patient_id, left(performed_at::VARCHAR, CASE WHEN has_time THEN 16 ELSE 10 END), "
                "exercise, reps::VARCHAR, pain_before::INTEGER::VARCHAR, pain_after::INTEGER::VARCHAR "
                "FROM clinic.log_row WHERE row_id NOT IN (SELECT row_id FROM uncounted_row()) ORDER BY ALL"
            ).fetchall()
        assert sorted(counted) == log.counted()
    store.close()
