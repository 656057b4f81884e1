"""The macros that read one cell: what each way of writing becomes, and that all of it is taught once."""

from __future__ import annotations

from typing import Any

import pytest

from helpers.sources.loading import connect
from helpers.sources.stored import create, drop, name_of, relation, view


@pytest.fixture(scope="module")
def con() -> Any:
    return connect()


def read(con: Any, macro: str, cell: str, *more: str) -> str:
    given = ", ".join("?" for _ in (cell, *more))
    return str(con.con.execute(f"SELECT audit_{macro}({given})", [cell, *more]).fetchone()[0])


@pytest.mark.parametrize(
    ("macro", "cell", "more", "value"),
    [
        ("read_money", "1 234,50 ₽", [","], "1234.500000"),
        ("read_money", "(1,234.50)", [","], "-1234.500000"),
        ("read_money", "1.234", [","], "1234.000000"),
        ("read_money", "1.234", ["."], "1.234000"),
        ("read_money", "1.5 млн", ["."], "1500000.000000"),
        ("read_money", "99999999999999999", ["."], "None"),
        ("read_money", "от 500", ["."], "None"),
        ("read_number", "12 тыс.", ["."], "12000.0"),
        ("in_minutes", "1:30", ["."], "90.0"),
        ("in_seconds", "1:30", ["."], "90.0"),
        ("in_seconds", "1 день 2 ч 3 мин", ["."], "93780.0"),
        ("in_minutes", "45 сек", ["."], "0.75"),
        ("in_seconds", "2 days, 0:00:05", ["."], "172805.0"),
        ("read_dmy", "чт, 5 февраля 2026 г.", ["UTC"], "2026-02-05 00:00:00"),
        ("read_dmy", "5-фев-26", ["UTC"], "2026-02-05 00:00:00"),
        ("read_mdy", "2/5/2026 1:05 PM", ["UTC"], "2026-02-05 13:05:00"),
        ("read_dmy", "45658", ["UTC"], "2025-01-01 00:00:00"),
        ("read_dmy", "Sun Mar 01 2026 10:00:00 GMT+0300", ["Europe/Kyiv"], "2026-03-01 09:00:00"),
        ("read_dmy", "Sun Mar 01 2026 23:30:00 GMT-0500 (Eastern Standard Time)", ["UTC"], "2026-03-02 04:30:00"),
        ("read_dmy", "Sun Mar 01 2026 10:00:00", ["UTC"], "2026-03-01 10:00:00"),
        ("offset", "2026-02-05T10:00:00+0300", ["UTC"], "2026-02-05 07:00:00"),
        ("month", "March, 2026", [], "None"),
        ("month", "март 2026 г.", [], "2026-03-01"),
        ("month", "мебель 2026", [], "None"),
        ("quarter", "IV квартал 2025", [], "2025-10-01"),
        ("quarter", "1 2026", [], "None"),
    ],
)
def test_a_cell(con: Any, macro: str, cell: str, more: list[str], value: str) -> None:
    assert read(con, macro, cell, *more) == value


def test_what_is_stored_has_the_columns_it_says(con: Any) -> None:
    con.con.execute("CREATE TABLE here AS SELECT 1::INTEGER AS n, TIMESTAMP '2026-01-01' AS at")
    there = relation(con, "here", {"n": "int32", "at": "timestamp"})
    assert there.schema() == con.table("here").schema()
    seen = view(con, "seen", there.mutate(twice=there.n * 2))
    named = relation(con, "doubled", dict(seen.schema()))
    made = create(con, "made", named.select(sum=named.twice + named.twice), doubled=seen)
    assert con.con.execute("SELECT * FROM made").fetchall() == [(4,)]
    assert (name_of(made), made.schema()) == ("made", con.table("made").schema())
    drop(con, {"made": "TABLE", "seen": "VIEW", "here": "TABLE", "nowhere": "TABLE"})
    left = "SELECT count(*) FROM information_schema.tables"
    assert con.con.execute(left).fetchone() == (0,)
