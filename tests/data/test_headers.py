"""What a header says: by a known name, as a question, and on which scale."""

import pytest

from data import headers


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("How bad is your pain before exercise? (0 = none, 10 = worst)", "pain_before"),
        ("Before exercise, how bad is your pain?", "pain_before"),
        ("Rate your pain [Before exercise]", "pain_before"),
        ("운동 전 통증은 어느 정도인가요? (0-10)", "pain_before"),
        ("운동전통증은?", "pain_before"),
        ("운동 중 통증은 어느 정도인가요? (0-10)", "pain_during"),
        ("운동 중 가장 심한 통증 점수를 선택해 주세요 (0~10)", "pain_during"),
        ("Worst pain during exercise [0 = no pain, 10 = worst imaginable pain]", "pain_during"),
        ("Pain during the exercise on a scale of 0 to 10", "pain_during"),
        ("Pain level post-exercise (0–10)", "pain_after"),
        ("Pain.After exercise", "pain_after"),
        ("운동 후 통증 (0~10점)", "pain_after"),
        ("Which exercise did you do?", "exercise"),
        ("Which exercises?", "exercise"),
        ("어떤 운동을 하셨나요?", "exercise"),
        ("How many repetitions did you do?", "reps"),
        ("How many sets did you do?", "sets"),
        ("Did you stop early because of pain?", "stopped_early"),
        ("통증으로 인해 운동을 중단하셨나요?", "stopped_early"),
        ("What is your patient ID?", "patient_id"),
        ("환자번호를 입력해 주세요", "patient_id"),
        ("When did you exercise?", "performed_at"),
        ("타임스탬프", "performed_at"),
    ],
)
def test_a_question_is_known_by_its_words(header, column):
    assert headers.column_of(header, "log") == column


@pytest.mark.parametrize(
    "header",
    [
        "Pain before surgery",
        "Pain in the last week",
        "Expected pain after exercise",
        "How long did the pain last after exercise?",
        "Did you have pain during exercise?",
        "How much exercise before pain?",
        "Pain before and after exercise",
        "Pain 24 hours after exercise",
        "Pain after exercise (0-10, last week)",
        "Knee pain before exercise",
        "Pain medication before exercise",
        "No pain during exercise",
        "Pain-free during exercise",
        "Did the pain stop?",
        "Why did you stop because of pain?",
        "Did you not stop because of pain?",
        "Which exercise gave you pain?",
        "How many exercises did you do?",
        "Exercise done?",
        "What time did you exercise?",
        "수술 후 통증",
        "이전 통증",
        "통증 전이",
        "운동 전후 통증",
        "오후 통증",
        "운동을 하지 않을 때 통증",
        "통증이 중단되었나요?",
        "Pain before exercise (%)",
        "_notes",
    ],
)
def test_a_word_of_something_else_makes_it_nobodys(header):
    assert headers.column_of(header, "log") is None


@pytest.mark.parametrize(
    ("header", "scale"),
    [
        ("Pain (0-10)", (0, 10)),
        ("Pain 0~100", (0, 100)),
        ("통증 (0 ~ 10점)", (0, 10)),
        ("Pain [1 to 5]", (1, 5)),
        ("Pain (0 = none, 10 = worst)", (0, 10)),
        ("Pain (0: 없음, 100: 극심)", (0, 100)),
        ("Pain (0-10; 0 = none, 10 = worst)", (0, 10)),
        ("Pain (10 = worst; 0 = none)", (0, 10)),
        ("Pain (0 = worst pain, 10 = none)", (10, 0)),
        ("통증 (0: 극심함, 10: 없음)", (10, 0)),
        ("Pain (10-0)", (10, 0)),
        ("Pain out of 10", (0, 10)),
        ("Pain /100", (0, 100)),
        ("Pain", None),
        ("Pain day 3", None),
    ],
)
def test_the_scale_that_a_header_states(header, scale):
    assert headers.scale_of(header) == scale


@pytest.mark.parametrize("header", ["setsreps", "Pain duringPain after", 'sets"reps', "운동운동 전 통증", "Sets?Reps"])
def test_two_names_without_anything_between_them(header):
    assert headers.are_joined(header)


@pytest.mark.parametrize("header", ["session notes", "exercise_notes", "patientid", "Weight (kg)", "운동 횟수"])
def test_one_name_of_several_words(header):
    assert not headers.are_joined(header)
