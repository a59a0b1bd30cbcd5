"""The evidence beside the list: which sessions count, in which order, and whose rows stand under which."""

import json

from tests.pages.screen import table, values

HEADER = "patient_id,performed_at,exercise,sets,reps,pain_before,pain_during,pain_after,stopped_early,notes\n"
# The largest rise is not the newest. On the 25th the second row provokes it, and the third has the highest score.
LOG = f"""{HEADER}E,2026-03-21 08:00,hip_joint,1,10,0,9,,,before the window
E,2026-03-24 08:00,hip_joint,1,10,5,3,2,no,fine
E,2026-03-25 08:00,pelvic_tilt,1,5,4,,3,,one
E,2026-03-25 08:20,Plank,,2,2,5,,,two
E,2026-03-25 08:40,knee_to_chest,1,11,,6,5.5,,
E,2026-03-27 08:00,hip_joint,1,10,4,5.5,4,yes,sharp
F,2026-03-25 08:10,hip_joint,1,10,0,9,9,,of another patient
"""


def test_the_sessions_that_count_the_largest_rise_first_each_with_its_own_rows(take, visit):
    take(LOG)
    shown = visit(patient="E")
    folds = [fold.label for fold in shown.expander if "Mar 2026" in fold.label]
    assert folds == [
        "25 Mar 2026, 08:00 · ▲ rise · 2 → 5 → 5.5 · Plank",
        "27 Mar 2026, 08:00 · ✕ stopped early · 4 → 5.5 → 4 · Hip joint exercise",
    ]
    assert [fold.proto.expanded for fold in shown.expander if "Mar 2026" in fold.label] == [True, False]
    rows = [frame.value for frame in shown.dataframe if frame.proto.alt.startswith("Logged rows")]
    assert [list(zip(of_session["Line"], of_session["Notes"], strict=True)) for of_session in rows] == [
        [("6", ""), ("5", "two"), ("4", "one")],
        [("7", "sharp")],
    ]
    captions = values(shown.caption)
    assert "Exercised again after a rise" not in captions
    assert "Rise · Small rise · Off programme" in captions
    assert "Small rise" in captions
    assert [text for text in values(shown.text) if text.startswith("Notes: ")] == ["Notes: one · two", "Notes: sharp"]


def test_the_reasons_and_the_chips_of_a_patient(take, visit):
    take(LOG)
    shown = visit(patient="E")
    markdown = values(shown.markdown)
    assert (
        "Listed for your review because of\n"
        "- **Rise**: a session with a rise of 2 or more\n"
        "- **Small rise**: a session with any rise\n"
        "- **Off programme**: an exercise that the programme advises against or does not have\n"
        "- **Low adherence**: less than 50 % of the programme in the last 14 days"
    ) in markdown
    assert "**Review soon** · severity: Mild (from the log) · last session 27 Mar 2026 · data through 29 Mar 2026" in (
        markdown
    )
    assert "**Sessions that count, the largest rise first · 2**" in markdown


def test_where_no_session_counts_all_are_listed_and_no_exercise_provoked_a_rise_of_0(take, visit):
    take(HEADER + "G,2026-03-28 08:00,hip_joint,1,10,3,2,3,,\nG,2026-03-29 08:00,hip_joint,1,10,4,,3,,\n")
    shown = visit(patient="G")
    assert table(shown, "Sessions, the newest first")[["Rise", "How", "Provoked by"]].to_numpy().tolist() == [
        ["−1", "● no rise", "–"],
        ["0", "● no rise", "–"],
    ]
    assert "**Sessions of the last 28 days**" in values(shown.markdown)


def test_the_chart_beside_the_list_reaches_back_28_days_and_no_further(take, visit):
    days = ("2026-03-01", "2026-03-02", "2026-03-29")
    take(HEADER + "".join(f"E,{day} 08:00,hip_joint,1,10,1,{n},,,\n" for n, day in enumerate(days, start=3)))
    [chart] = visit(patient="E").get("plotly_chart")
    assert chart.proto.alt.startswith("Pain before, peak and after of 2 sessions")
    peaks = [trace for trace in json.loads(chart.proto.spec)["data"] if trace.get("name") == "peak: ▲ rise"]
    assert [moment[:10] for trace in peaks for moment in trace["x"]] == ["2026-03-02", "2026-03-29"]
