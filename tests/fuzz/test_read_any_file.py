"""What the fuzzer calls, on nasty inputs: each is refused, or each of its lines has a fate."""

import pytest

from tests.data.lines import HEADER, log
from tests.fuzz.read_any_file import read_any_file

LINE = "P1,2026-01-02 08:00,squat,left,1,10,3,4.5,3,no,fine"
NASTY = [
    *(
        "",
        "\n",
        "\r",
        "\n\r\n",
        ",",
        '"',
        '""',
        '"""',
        "\\",
        "#",
        "sep=",
        "sep=,",
        'sep="\n"',
        "\ufeff",
        "\ufeff\ufeff\n",
    ),
    *(HEADER, f"{HEADER}\n", f"{HEADER}\r{LINE}", f"{HEADER}\n{LINE}", f'{HEADER}\n"{LINE}', f"{HEADER}\n{LINE}\\n"),
    *(log(LINE, LINE), log(LINE + ","), log(LINE[:-5]), log(HEADER), log("#", LINE), log('"', LINE, '"')),
    *(log(f'{LINE}"'), log(LINE + '\\"'), log('"' + LINE.replace(",", '","') + '"'), log(LINE.replace(",", ",,"))),
    *("a\\n" * 9, "date,pain\\n1,2\\n3,4", f"{HEADER},{HEADER}\n{LINE},{LINE}\n", "date,date,exercise\n1,2,3\n"),
    *("date,pain level\n1/2/2026,3\n", "date;pain level\n1.2.26;3,5\n13.2.26;4\n", "date,pain level\n0-0-0,1e9\n"),
    *("patient_id,severity\nP1,mild\nP1,severe\n", "patient_id,severity\n", "date,exercise\n9999-12-31 23:59:60,x\n"),
    *(log(LINE.replace("fine", "\x0b\x0c\x1c\x85\u2028\u202e\ud7ff")), log(LINE.replace("P1", "P\u0301" * 200))),
]
IN_BYTES = [
    *(b"\0", b"\xff", b"\xff\xfe", b"\xff\xfea", b"\xfe\xff\0", b"\xff\xfe\0\0\1", b"PK\3\4", b"\x80," * 99),
    *(bytes(range(256)), *(text.encode("utf-16") for text in NASTY[15:21])),
]


@pytest.mark.parametrize("content", [*(text.encode() for text in NASTY), *IN_BYTES])
def test_nasty_inputs(content):
    read_any_file(content)
