"""Columns that hold the same in every row are not stored."""

from __future__ import annotations

import ibis

from helpers.sources.engines import Engine
from helpers.sources.loading import connect
from helpers.sources.narrow import constants


def test_what_the_client_does_not_have_is_found_through_all_that_is_made_of_it() -> None:
    there = ibis.memtable({"lead_id": ["a", "b"], "manager": ["x", None]})
    made = there.mutate(reason=ibis.null("string"), amount=ibis.null("decimal(18, 6)"), day=ibis.literal(3))
    made = made.mutate(text=made.reason.fill_null(""), own=ibis.coalesce(made.reason, made.manager))
    made = made.filter(made.lead_id != "").mutate(won=ibis.ifelse(made.amount.isnull(), made.day, 7))
    others = there.select(key="lead_id", none=ibis.null("string"))
    joined = made.left_join(others, [("lead_id", "key")])
    assert set(constants(joined)) == {"reason", "amount", "day", "text", "won"}, "of the right side a row may lack"
    assert "n" not in constants(made.mutate(n=ibis.row_number()))


def test_a_kept_table_has_all_its_columns_and_stores_those_that_differ() -> None:
    engine = Engine(connect())
    engine.con.raw_sql("CREATE TABLE given AS SELECT unnest(['b', 'a']) AS lead_id")
    given = engine.con.table("given")
    kept = engine.keep("kept", given.mutate(none=ibis.null("string"), seven=ibis.literal(7, "int32")))
    assert kept.schema() == ibis.schema({"lead_id": "string", "none": "string", "seven": "int32"})
    assert kept.order_by("lead_id").to_pyarrow().to_pydict() == {
        "lead_id": ["a", "b"], "none": [None, None], "seven": [7, 7],
    }  # fmt: skip
    stored = "SELECT column_name FROM duckdb_columns() WHERE table_name LIKE '%kept%'"
    assert engine.con.con.execute(stored).fetchall() == [("lead_id",)]
    engine.forget(kept)
    assert engine.con.con.execute(stored).fetchall() == []
    engine.close()
