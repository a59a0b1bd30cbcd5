"""The evidence beside the list: which sessions count, in which order, and whose rows stand under which."""

import json
import re

from tests.pages.screen import run, table, values

HEADER = "patient_id,performed_at,exercise,sets,reps,pain_before,pain_during,pain_after,stopped_early,notes\n"
# The largest rise is not the newest. On the 25th the third row provokes it: its rise is counted from the score before
# the second. Rises of 9, -2, 4 and 1.5 in four days that nothing was before: 3.125 on average, and nothing usual.
LOG = f"""{HEADER}E,2026-03-21 08:00,hip_joint,1,10,0,9,,,long ago
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
        "21 Mar 2026, 08:00 · ▲ rise · 0 → 9 → – · Hip joint exercise",
        "25 Mar 2026, 08:00 · ▲ rise · 2 → 6 → 5.5 · Knee\\-to\\-chest stretch · from the score before it",
        "27 Mar 2026, 08:00 · ✕ stopped early · 4 → 5.5 → 4 · Hip joint exercise",
    ]
    assert [fold.proto.expanded for fold in shown.expander if "Mar 2026" in fold.label] == [True, False, False]
    rows = [frame.value for frame in shown.dataframe if frame.proto.alt.startswith("Logged rows")]
    assert [list(zip(of_session["Line"], of_session["Notes"], strict=True)) for of_session in rows] == [
        [("2", "long ago")],
        [("6", ""), ("5", "two"), ("4", "one")],
        [("7", "sharp")],
    ]
    assert [list(of_session["Before"]) for of_session in rows] == [["0"], ["2, carried", "2", "4"], ["4"]]
    captions = values(shown.caption)
    assert "More than usual · One rise above usual · Some rise" in captions
    assert "More than usual · One rise above usual · Some rise · Exercise off programme" in captions
    assert "More than usual · Stopped early · Some rise" in captions
    assert [text for text in values(shown.text) if text.startswith("Notes: ")] == [
        *("Notes: long ago", "Notes: one · two", "Notes: sharp"),
    ]


def test_the_evidence_opens_with_the_sentence_and_the_chart_and_the_rules_are_folded_away(take, visit):
    take(LOG)
    shown = visit(patient="E")
    drawn = [node for node in shown.columns[1] if node.type in ("markdown", "plotly_chart")]
    assert (drawn[0].type, drawn[0].value) == (
        "markdown",
        "**Pain rose by 3\\.1 on average, in 3 of 4 sessions, worst 0 → 9 on 21 Mar \\(hip joint\\); no usual of their "
        "own yet\\. Stopped early on 27 Mar\\.**",
    )
    assert drawn[1].type == "plotly_chart"
    assert [badge.value for badge in shown.markdown if badge.value.startswith(":gray-badge[")] == [
        *(":gray-badge[Exercise off programme]", ":gray-badge[Little done]"),
        *(":gray-badge[repeated]", ":gray-badge[to severe pain]"),
    ]
    assert (
        "**Review first** · severity: Mild \\(from the log\\) · last session 27 Mar 2026 · data through 29 Mar 2026"
        in (values(shown.caption))
    )
    assert "**Sessions that count, the largest rise first · 3**" in values(shown.markdown)
    [rules] = [fold for fold in shown.expander if fold.label == "Why this patient is listed, and by which rules"]
    assert not rules.proto.expanded
    assert rules.markdown[0].value == "Listed for your review because"
    assert rules.markdown[1].value.splitlines()[0] == (
        "- **More than usual**: at least 3 recent sessions, 2 or more of them with a rise of 1 or more, are on average "
        "0.65 or more above this patient's usual rise, or the last 3 of them 1.5 or more"
    )
    assert re.findall(r"- \*\*(.*?)\*\*", rules.markdown[1].value) == [
        *("More than usual", "One rise above usual", "Stopped early", "Somewhat more than usual", "Some rise"),
        *("Exercise off programme", "Little done"),
    ]
    assert rules.markdown[2].value == "Labels beside it"
    assert rules.markdown[3].value.splitlines() == [
        "- **repeated**: 2 or more sessions with a rise of 2 or more wait for a review",
        "- **to severe pain**: a rise of 2 or more ended at 7 or above",
    ]


def test_which_exercise_provokes_and_whether_it_settled(take, visit):
    """Of the rises only that of the 25th, from 2, has a score of the next day, which is 2."""
    take(LOG.replace("E,2026-03-27", "E,2026-03-26 07:00,pelvic_tilt,1,5,2,2,2,,\nE,2026-03-27"))
    shown = visit(patient="E")
    [lines] = [text for text in values(shown.markdown) if text.startswith("- Pelvic tilts")]
    assert lines.splitlines() == [
        "- Pelvic tilts\\: rose in 0 of 2 sessions",
        "- Knee\\-to\\-chest stretch\\: rose in 1 of 1 session",
        "- Hip joint exercise\\: rose in 2 of 3 sessions, most often",
        "- Ankle flexion\\: no session that can be judged",
        "- Plank\\: rose in 1 of 1 session",
        "- In 1 of 1 rise the next day\\'s first score was back",
    ]


def test_where_no_session_counts_all_are_listed_and_no_exercise_provoked_a_rise_of_0(take, visit):
    take(HEADER + "G,2026-03-28 08:00,hip_joint,1,10,3,2,3,,\nG,2026-03-29 08:00,hip_joint,1,10,4,,3,,\n")
    shown = visit(patient="G")
    assert table(shown, "Sessions, the newest first")[
        ["Rise", "How", "Rise from", "Provoked by"]
    ].to_numpy().tolist() == [
        ["−1", "● no rise", "", "–"],
        ["0", "● no rise", "", "–"],
    ]
    assert "**Sessions of the last 28 days**" in values(shown.markdown)


def test_the_chart_beside_the_list_reaches_back_28_days_and_no_further(take, visit):
    days = ("2026-03-01", "2026-03-02", "2026-03-29")
    take(HEADER + "".join(f"E,{day} 08:00,hip_joint,1,10,1,{n},,,\n" for n, day in enumerate(days, start=3)))
    [chart] = visit(patient="E").get("plotly_chart")
    assert chart.proto.alt.startswith("Pain before, peak and after of 2 sessions")
    peaks = [trace for trace in json.loads(chart.proto.spec)["data"] if trace.get("name") == "peak: ▲ rise"]
    assert [moment[:10] for trace in peaks for moment in trace["x"]] == ["2026-03-02", "2026-03-29"]


def test_many_sessions_that_count_are_turned_page_by_page(take, visit):
    take(HEADER + "".join(f"E,2026-03-{day} 08:00,hip_joint,1,10,1,{day - 20},,,\n" for day in range(22, 29)))
    shown = visit(patient="E")
    assert "**Sessions that count, the largest rise first · 7**" in values(shown.markdown)
    assert [fold.label[:11] for fold in shown.expander if "Mar 2026" in fold.label] == [
        *("28 Mar 2026", "27 Mar 2026", "26 Mar 2026"),
    ]
    shown.pagination[0].set_value(2)
    assert [fold.label[:11] for fold in run(shown).expander if "Mar 2026" in fold.label] == [
        *("25 Mar 2026", "24 Mar 2026", "23 Mar 2026"),
    ]
    rows = [frame.value for frame in shown.dataframe if frame.proto.alt.startswith("Logged rows")]
    assert [table["Line"].tolist() for table in rows] == [["5"], ["4"], ["3"]]
