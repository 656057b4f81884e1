"""Texts of a client's database: each different one is looked at once, and a column without a flaw is left as it is."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import pandas as pd
import pytest

from helpers.client import Client, Source
from helpers.sources.asking import answered
from helpers.sources.engines import Engine
from helpers.sources.fitted import cleaned, fitted, untidy

CLIENT = Client.model_validate({"client": "Firm", "currency": "EUR", "margin": 1, "country": "RU"})
SOURCE = Source.model_validate({"table": "leads", "connection": "duckdb://", "relation": "leads"})
PLAIN = {"lead_id": "L1", "channel": "vk", "campaign": "весна 2026", "manager": "Анна", "term": "окна", "stage": None}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    con = ibis.duckdb.connect()
    yield Engine(con)
    con.disconnect()


@pytest.mark.parametrize(
    ("column", "text", "after"),
    [
        ("lead_id", " L2", "L2"),
        ("channel", "vk ", "vk"),
        ("manager", "", None),
        ("stage", "\tЗамер", "Замер"),
        ("campaign", "{campaign_name}", None),
        ("campaign", "camp%7Bid%7D", None),
        ("manager", "Анна +7 927 000-11-22", "Анна"),
        ("term", "позвонить ann@example.org", None),
        ("term", "8 (927) 000-11-22", None),
        ("term", "окна 2026 03 01", "окна 2026 03 01"),
        ("channel", "100%", "100%"),
        ("stage", None, None),
    ],
)
def test_only_a_text_with_a_flaw_is_cleaned_and_the_values_are_the_same(
    engine: Engine, column: str, text: str | None, after: str | None
) -> None:
    rows = pd.DataFrame([PLAIN | {"lead_id": f"L{number}"} for number in range(5)]).astype("object")
    rows.loc[3, column] = text
    base = engine.con.create_table(
        ibis.util.gen_name("leads"), ibis.memtable(rows, schema=dict.fromkeys(PLAIN, "string"))
    )
    fit = fitted(engine, CLIENT, SOURCE, base.mutate(created_at=ibis.timestamp("2026-03-02")), "leads", "secret")
    found = answered(engine, untidy(engine, CLIENT, fit))
    assert found == ({column} if text != after else frozenset())
    some, _ = cleaned(engine, CLIENT, fit, found)
    every, marks = cleaned(engine, CLIENT, fit)
    taken, whole = (table.select(*PLAIN).order_by("lead_id").to_pandas() for table in (some, every))
    pd.testing.assert_frame_equal(taken, whole)
    assert after in [None if pd.isna(value) else value for value in taken[column]]
    assert {"_stray_term", "_macro_campaign"} <= set(marks)
