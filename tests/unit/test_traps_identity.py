"""Traps 34-36: who is who. Ids that a spreadsheet has damaged, ids with a prefix, telephone numbers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from trapped_folders import codes, column, notice, refused, rows, trap

from helpers.language import language
from helpers.sources.check import check_lines
from helpers.sources.notices import Code


def test_34_ids_that_have_lost_digits_stop_the_audit(tmp_path: Path) -> None:
    assert refused(tmp_path, "34-ids-in-scientific-notation") == [
        'exports/leads.csv row 2, column "Id": 4 ids are written as numbers, such as 1.13293E+19: digits are lost - '
        "export the column as text; a spreadsheet or script has damaged it"
    ]


def test_34_long_ids_keep_every_digit(tmp_path: Path) -> None:
    data = trap(tmp_path, "34-long-ids")
    assert column(data, "leads", "lead_id") == ["0005193690000000398", "5193690000000398001", "5193690000000398002"]
    # 77.0 is how a script writes 77 beside empty cells.
    assert column(data, "leads", "campaign_id") == ["", "77", "78"]


def test_35_a_prefix_does_not_part_a_campaign_from_itself(tmp_path: Path) -> None:
    data = trap(tmp_path, "35-ids-with-a-prefix")
    assert sorted(map(str, column(data, "spend", "campaign_id"))) == ["101", "102", "7001"]
    raw = {one.file: (one.rows, one.detail) for one in data.notices if one.code is Code.ID_PREFIX}
    assert raw == {
        "exports/direct.csv": (1, "M-101"),
        "exports/google.csv": (1, "customers/55/campaigns/7001"),
    }
    assert [(one.file, one.written, one.read, one.rows) for one in data.ledger.rewritten] == [
        ("exports/direct.csv", "M-101", "101", 1),
        ("exports/google.csv", "customers/55/campaigns/7001", "7001", 1),
    ]


def test_36_one_telephone_number_in_many_spellings_is_one_person(tmp_path: Path) -> None:
    data = trap(tmp_path, "36-phones")
    by_lead = {
        int(lead): None if pd.isna(person) else person
        for lead, person in rows(data, "leads")[["lead_id", "person"]].itertuples(index=False)
    }
    assert len({by_lead[lead] for lead in range(1, 9)}) == 1
    # The same last ten digits in another country are somebody else.
    assert by_lead[11] not in (by_lead[1], None)
    assert by_lead[13] == by_lead[14] != by_lead[1]
    # 7,92710E+10 and 7,92755E+10 were two people; what is left of them cannot tell.
    assert by_lead[9] is None
    assert by_lead[10] is None
    assert notice(data, Code.CONTACT_UNREAD).rows == 2
    assert notice(data, Code.REPEATS).rows == 12 - 4


def test_36_no_number_gets_past_the_loader(tmp_path: Path) -> None:
    data = trap(tmp_path, "36-phones")
    names = [row[0] for row in data.con.raw_sql("SHOW TABLES").fetchall()]
    kept = " ".join(data.con.table(name).to_pandas().to_csv() for name in names)
    said = "\n".join(check_lines(data, language("en"))) + repr(data.notices)
    for secret in ("9271002030", "927 100", "100-20-30", "anna@", "92710E", "5556677"):
        assert secret not in kept
        assert secret not in said


def test_without_a_country_numbers_are_compared_by_their_last_ten_digits(tmp_path: Path) -> None:
    folder = Path(__file__).parents[1] / "traps" / "36-phones"
    yml = (folder / "client.yml").read_bytes().replace(b"country: RU\n", b"")
    data = trap(tmp_path, "36-phones", client__yml=yml)
    people = rows(data, "leads").set_index("lead_id")["person"]
    assert people["1"] == people["2"] == people["8"]
    assert Code.CONTACT_UNREAD in codes(data)
