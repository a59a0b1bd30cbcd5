"""Which encoding a small file is in, with one or two letters that are not ASCII."""

import io

import pytest

from data.reading import Overrides, inspect_file

WORDS = {
    "cp1252": [
        *("Muñoz", "José", "Peña", "señor Muñoz, mañana", "él dijo: ¿qué?", "Ñandú", "ÁLVARO", "Íñigo", "más"),
        *("François", "déjà", "très", "Hélène", "où", "cœur", "naïve", "Noël", "fenêtre", "l’État", "château"),
        *("Größe", "Müller", "Übung", "Rücken", "Schröder", "Weiß", "30°C"),
        *("João", "não", "coração", "São Paulo", "dor após", "Conceição"),
        *("Sørensen", "Bjørn", "Kjær", "knæ", "læge", "Åse", "Öberg", "Malmö", "Bøe"),
        *("più", "perchè", "lunedì", "caffè"),
    ],
    "cp1250": [
        *("Łukasz", "Wałęsa", "kręgosłup", "ćwiczenie ból", "Kamiński", "Gdańsk", "dzień", "Zażółć", "świeży", "żaba"),
        *(
            "Dvořák",
            "Novák Jiří",
            "Řehoř",
            "Němec",
            "kůň",
            "Růžena",
            "Černý",
            "bolí mě",
            "Štěpán",
            "Ľubomír",
            "Kovačić",
        ),
    ],
    "cp949": ["김민수", "통증", "예", "골반", "김A", "이", "최", "이영희 환자", "조금 아픔", "좋음", "허리"],
    "shift_jis": ["腰痛", "痛い", "田中", "中村", "運動のあと", "はい", "いいえ", "タナカ", "骨盤", "右", "ブリッジ"],
    "cp1251": ["боль", "Иванов", "да", "после упражнения", "Пётр"],
}


@pytest.mark.parametrize(("encoding", "word"), [(encoding, word) for encoding in WORDS for word in WORDS[encoding]])
def test_a_file_with_few_letters_that_are_not_ascii(encoding, word):
    text = f'patient_id,performed_at,pain_before,notes\nP1,2026-01-02,3,"{word}"\nP1,2026-01-03,4,\n'
    info = inspect_file(io.BytesIO(text.encode(encoding)))
    assert info.records[0] == ("P1", "2026-01-02", "3", word)
    assert info.encoding_is_guessed or word in ("골반", "ブリッジ")


def test_a_known_word_of_the_contract_decides_and_is_no_guess():
    info = inspect_file(io.BytesIO("patient_id,date,exercise\nP1,2026-01-02,골반 기울이기\n".encode("cp949")))
    assert (info.records[0][2], info.encoding_is_guessed) == ("골반 기울이기", False)


def test_a_guess_is_noted_and_a_choice_is_none(take):
    text = "patient_id,date,exercise,notes\nP1,2026-01-02,squat,mañana\n".encode("cp1252")
    assert [str(note) for note in take(text).notes] == [
        "The encoding was guessed to be cp1252; if names or notes look wrong, choose another encoding."
    ]


def test_an_encoding_by_hand_is_no_guess():
    info = inspect_file(io.BytesIO("date,notes\n2026-01-02,mañana\n".encode("cp1252")), Overrides(encoding="cp1252"))
    assert not info.encoding_is_guessed
