"""Addresses and telephone numbers where nobody looks for them: in tags, names of managers and products, in ids."""

from __future__ import annotations

import random

import ibis
import pytest
from pipeline import audited
from trapped_folders import column, notice, rows, trap

from helpers.language import language
from helpers.sources.check import check_lines
from helpers.sources.contact import COUNTRIES, WRITTEN, _read, contact_key, without_contacts
from helpers.sources.loading import Data, connect
from helpers.sources.notices import Code

CLIENT = """client: Firm
lang: en
currency: EUR
country: RU
aliases:
  manager: {Boris Brook: ["boris@firm.example"]}
  channel: {Hotline: ["8 800 555-35-35"]}
outcomes: {"*": {New: {stage: leads}, Sold: {outcome: won}}}
sources:
  - table: leads
    file: exports/leads.csv
    columns: {lead_id: Id, created_at: Created, person: Phone, source: utm_source, campaign: utm_campaign,
              content: utm_content, product: Product, manager: Owner, channel: Channel, stage: Stage}
  - table: touches
    file: exports/calls.csv
    columns: {lead_id: Lead, at: At, manager: Who, kind: Kind}
  - table: spend
    file: exports/spend.csv
    columns: {from: Day, channel: Channel, campaign: Campaign, cost: Cost}
"""
LEADS = """Id,Created,Phone,utm_source,utm_campaign,utm_content,Product,Owner,Channel,Stage
1,2026-01-02,1,google,jane.doe@mail.example,ad 7,Doors,boris@firm.example,8 800 555-35-35,New
2,2026-01-03,2,google,b,ivan%40mail.example,Doors,Ann Ash <ann@firm.example>,web,New
3,2026-01-04,3,google,b,%2B79001002030,"Roof, +7 (900) 100-20-30",carl@firm.example,web,Sold
4,2026-01-05,4,89001002031,b,ad 9,Doors,+7 900 100 20 32,web,New
5,2026-01-06,5,google,b,123456789012345,Doors 2026-01-15,Ann Ash,8 495 100-20-33,New
zoe@mail.example,2026-01-07,6,google,b,ad 7,Doors,Ann Ash,web,New
"""
CALLS = """Lead,At,Who,Kind
zoe@mail.example,2026-01-08 10:00,Ann Ash,call
1,2026-01-08 11:00,ann@firm.example,call
"""
SPEND = "Day,Channel,Campaign,Cost\n2026-01-01,google,b,10.50\n2026-01-02,google,call 8(900)1002034,1\n"
SECRETS = (
    "jane", "ivan", "mail.example", "firm.example", "900100", "(900)", "100-20", "100 20", "1002030", "1002031",
    "1002034", "zoe",
)  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    files = {"leads__csv": LEADS.encode(), "calls__csv": CALLS.encode(), "spend__csv": SPEND.encode()}
    return trap(tmp_path_factory.mktemp("contacts"), "", client__yml=CLIENT.encode(), **files)


def test_no_address_and_no_number_reaches_a_table_or_a_message(data: Data) -> None:
    names = [row[0] for row in data.con.raw_sql("SHOW TABLES").fetchall()]
    # What is kept has a name of its own each time: ibis_<table>_<letters>.
    kinds = {name.removeprefix("ibis_").rpartition("_")[0] if name.startswith("ibis_") else name for name in names}
    assert kinds == {"clean_leads", "clean_touches", "clean_spend"}
    kept = " ".join(data.con.table(name).to_pandas().to_csv() for name in names)
    said = "\n".join(check_lines(data, language("en"))) + " ".join(repr(one) for one in data.notices)
    for secret in SECRETS:
        assert secret not in kept.lower(), secret
        assert secret not in said.lower(), secret


def test_nor_the_report(data: Data) -> None:
    page = audited(data.client.folder).html().lower()
    assert "e-mail address or a telephone number" in page
    for secret in SECRETS:
        assert secret not in page, secret


def test_each_column_is_counted_and_named(data: Data) -> None:
    found = {
        (one.table, one.column): one.rows
        for one in data.notices
        if one.code is Code.CONTACT_TAKEN_OUT and one.detail == ""
    }
    assert found == {
        ("leads", "Id"): 1, ("leads", "utm_source"): 1, ("leads", "utm_campaign"): 1, ("leads", "utm_content"): 2,
        ("leads", "Product"): 1, ("leads", "Owner"): 3, ("leads", "Channel"): 1,
        ("touches", "Lead"): 1, ("touches", "Who"): 1, ("spend", "Campaign"): 1,
    }  # fmt: skip
    assert notice(data, Code.PERCENT_DECODED).detail == ""


def test_a_colleagues_name_beside_the_address_stays_and_the_clients_words_win(data: Data) -> None:
    by_day = rows(data, "leads").sort_values("created_at")
    assert by_day["manager"].tolist() == ["Boris Brook", "Ann Ash", "carl", "", "Ann Ash", "Ann Ash"]
    assert by_day["channel"].tolist() == ["Hotline", "web", "web", "web", "google", "web"]
    assert by_day["product"].tolist() == ["Doors", "Doors", "", "Doors", "Doors 2026-01-15", "Doors"]
    assert by_day["content"].tolist()[4:] == ["123456789012345", "ad 7"]


def test_an_address_as_an_id_is_a_hash_that_still_links_the_tables(data: Data) -> None:
    leads, calls = set(map(str, column(data, "leads", "lead_id"))), set(map(str, column(data, "touches", "lead_id")))
    assert calls <= leads
    assert len(next(iter(calls - {"1"}))) == 32


@pytest.mark.parametrize(
    "text",
    [
        "ivan@mail.ru", "Анна <anna@mail.ru>", "ivan%40mail.ru", "ivan%2540mail.ru", "почта@домен.рф",
        "+7 900 100-20-30", "+79001002030", "%2B79001002030", "8 (900) 100-20-30", "8(900)1002030", "8 800 555-35-35",
        "(495) 123-45-67", "(495)1234567", "067 123 45 67", "89001002030", "380671234567", "212-555-1234",
        "+1 (212) 555-1234", "тел. 89001002030, Анна", "id=89001002030;x",
    ],
)  # fmt: skip
def test_what_is_an_address_or_a_number(text: str) -> None:
    assert ask(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-15", "01.03.2026-31.03.2026", "1 000 000", "от 100 000 до 200 000", "12345678901", "20345678901",
        "72057604000000000", "cid|123456789|gid|5234567890", "@channel", "telegram @ivanov", "окна +москва +2026",
        "{campaign_id}", "акция (2026) 10000", "кв. 123-45", "vk.com/id123456789", "№ 123456", "10:30-18:00",
        "retarget_30d_2026_01_15", "2026-01-15 10:00:00", "user 7 900 р.", "окна 1300x1400 900",
    ],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert not ask(text)


def ask(text: str) -> bool:
    return bool(connect().execute(ibis.literal(text).re_search(WRITTEN)))


def test_what_stays_beside_an_address() -> None:
    con = connect()
    for text, kept in (
        ("Ann Ash <ann@firm.example>", "Ann Ash"),
        ("Ann Ash, +7 900 100-20-30", "Ann Ash"),
        ("ann@firm.example", "ann"),
        ("+7 900 100-20-30", ""),
        ("Ann-Marie (sales)", "Ann-Marie (sales)"),
    ):
        assert con.execute(without_contacts(ibis.literal(text), whole=False).fill_null("")) == kept


@pytest.mark.parametrize("country", ["RU", "UA", "BY", "PL", None])
def test_the_short_way_to_a_number_tells_what_the_long_way_tells(country: str | None) -> None:
    drawn = random.Random(36)
    signs = "0123456789789 ()-+.,/\u00a0x"
    cells = ["+7 (900) 100-20-30", "89001002030", "0671234567", "007 900 1002030", "+0 900 100203", "8 900 1002030 x5"]
    cells += ["".join(drawn.choice(signs) for _ in range(drawn.randint(5, 22))) for _ in range(3000)]
    table = ibis.memtable({"cell": cells})
    rule = COUNTRIES.get(country or "")
    both = table.select("cell", short=contact_key(table.cell, country), long=_read(table.cell, rule))
    assert connect().execute(both.filter(~both.short.identical_to(both.long))).empty
    assert connect().execute(both.filter(both.cell == "+7 (900) 100-20-30")).short[0] in ("79001002030", "9001002030")
