"""The programme as the source gives it, and what the clinic set."""

from tests.pages.screen import table, values


def test_the_four_exercises_with_their_doses(visit):
    shown = table(visit("programme.py"), "The exercises")
    assert shown[["Exercise", "Daily target", "Upper limit", "Target from"]].to_numpy().tolist() == [
        ["Pelvic tilts", "at least 5", "–", "The source"],
        ["Knee-to-chest stretch", "10 per side", "20 per side", "The source"],
        ["Hip joint exercise", "10 per side", "–", "Clinic default"],
        ["Ankle flexion", "10 per side", "–", "Clinic default"],
    ]


def test_the_safety_rule_and_what_is_advised_against(visit):
    shown = visit("programme.py")
    assert "stops at once and consults a professional" in shown.warning[0].value
    assert any(text.startswith("Squats, bridges and heel raises") for text in values(shown.markdown))
    assert any("one clinic's opinion and no trial evidence" in text for text in values(shown.markdown))
