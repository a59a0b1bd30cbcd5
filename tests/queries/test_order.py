"""In which order the review list puts patients: definitions, section 5. Logs are written as in `specification.md`."""

import pytest

from tests.queries import oracle
from tests.queries.cases import Case, exports
from tests.queries.conftest import AS_OF

# Each list is in its order, and not in that of the ids.
FIRST = {
    "H: excess 2.1": "29 Mar 2→4.5",
    "G: excess 2, rise 2.4": "29 Mar 2→4.4",
    "F: nothing to compare counts as 2": "29 Mar →, stopped",
    "E: excess 1.9": "29 Mar 2→4.3",
    "D: excess 1.6, waiting 1": "28 Mar 2→4",
    "B: excess 1.6": "29 Mar 2→4",
    "C: the same": "29 Mar 2→4",
    "A: excess 0.65": "27–28 Mar 2→3; 29 Mar 2→3.15",
}
SOON = {
    "D: rise 3": "27 Mar 2→5; 28–29 Mar 2→2",
    "C: rise 1, three times": "27–29 Mar 2→3; 5–10 Mar 2→2.5",
    "B: rise 0, waiting 1": "28 Mar 2→2; roster severe",
    "A: rise 0": "29 Mar 2→2; roster severe",
    "E: no rise": "29 Mar 2→; roster severe",
}
LOOK = {
    "H: an important rise that waits": "9 Mar 2→4; 29 Mar 2→2",
    "G: rise 1.5": "29 Mar 2→3.5",
    "F: rise 1, two with a rise": "28 Mar 2→2.5; 29 Mar 2→3",
    "E: rise 1, waiting 1": "28 Mar 2→3",
    "C: rise 1": "29 Mar 2→3",
    "D: the same": "29 Mar 2→3",
    "B: rise 0.1, three with a rise": "27–29 Mar 2→2.1",
    "A: a fall, stopped": "29 Mar 2→1, stopped",
    "0: no rise, but one was left": "1 Mar 2→4; uploaded again 29 Mar",
}
GROUPS = {
    "first": "29 Mar 2→4",
    "soon": "29 Mar 2→2; roster severe",
    "look": "29 Mar 2→3",
    "off_programme": "29 Mar squat 2→2",
    "silent": "20 Mar 2→2; uploaded again 29 Mar",
    "no_recent_upload": "20 Mar 2→2",
    "not_assessable": "29 Mar 2→",
    "low_adherence": "26 Mar 2→2; roster from 26 Mar; uploaded again 29 Mar",
    "on_track": "29 Mar 2→2",
}


@pytest.mark.parametrize("logs", [FIRST, SOON, LOOK, GROUPS], ids=["first", "soon", "look", "groups"])
def test_the_order_of_the_list(logs):
    told = exports([Case(name, log) for name, log in reversed(logs.items())])
    assert [line["patient_id"] for line in oracle.review(told.facts, AS_OF)] == list(logs)
    clinic = told.clinic()
    listed = clinic.column("review_group")
    clinic.store.close()
    assert list(listed) == list(logs)
    assert logs is not GROUPS or listed == {group: group for group in GROUPS}
