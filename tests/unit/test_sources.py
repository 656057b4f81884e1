"""Exports → clean tables: what is read, what is dropped, and that money before = money after + listed losses."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from folders import DEALS, LEADS, SPEND, client_yml, make_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.client import read_client
from helpers.errors import DataError
from helpers.language import language
from helpers.sources import load
from helpers.sources.check import check_lines
from helpers.sources.loading import Data
from helpers.sources.notices import Code
from helpers.sources.noticetexts import notice_text

SPEND_CSV = "Date,Source,Campaign,Cost\n2026-01-01,google,a,10.50\n2026-01-02,google,b,0.01\n"
LEADS_CSV = (
    "Id,Created,Source,Campaign,Owner,Stage,Closed\n"
    "007,2026-01-02 10:00,google,a,Ann,Sold,2026-01-20\n"
    "008,2026-01-03 11:00,google,b,Bob,Gone,2026-01-09\n"
    "009,2026-01-31 12:00,google,b,Bob,New,\n"
)
DEALS_CSV = "Id,Lead,Opened,Closed,Stage,Amount\nd1,007,2026-01-05,2026-01-20,Sold,1000\n"


def loaded(tmp_path: Path, *sources: str, more: str = "", **files: str | bytes) -> Data:
    named = {f"exports/{name.replace('__', '.')}": content for name, content in files.items()}
    return load(read_client(make_folder(tmp_path / "firm", {"client.yml": client_yml(*sources, more=more), **named})))


def refused(tmp_path: Path, *sources: str, more: str = "", **files: str | bytes) -> list[str]:
    with pytest.raises(DataError) as caught:
        loaded(tmp_path, *sources, more=more, **files)
    texts = [str(problem) for problem in caught.value.problems]
    assert str(tmp_path) not in " ".join(texts)
    return texts


def notice(data: Data, code: Code, table: str = "") -> tuple[int | None, Decimal | None]:
    found = [n for n in data.notices if n.code is code and (not table or n.table == table)]
    assert found, f"no notice {code}: {[n.code for n in data.notices]}"
    return sum(n.rows or 0 for n in found), found[0].money


def rows(data: Data, table: str) -> pd.DataFrame:
    frame = data.tables[table].to_pandas()
    return frame.sort_values(list(frame.columns[:3]), ignore_index=True)


def test_ids_stay_text_and_tables_are_typed(tmp_path: Path) -> None:
    data = loaded(tmp_path, SPEND, LEADS, DEALS, spend__csv=SPEND_CSV, leads__csv=LEADS_CSV, deals__csv=DEALS_CSV)
    leads = rows(data, "leads").sort_values("lead_id")
    assert leads["lead_id"].tolist() == ["007", "008", "009"]
    assert leads["outcome"].tolist() == ["won", "lost", "open"]
    assert leads["age_days"].tolist() == [18, 6, 0]
    assert data.ledger.tables["spend"].money_after == Decimal("10.51")
    assert str(data.as_of) == "2026-01-31"
    assert notice(data, Code.AS_OF_ASSUMED)


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2026-01-02 10:00", "2026-01-02 13:00"),
        ("2026-01-02T10:00:00Z", "2026-01-02 13:00"),
        ("2026-01-02T10:00:00.500+02:00", "2026-01-02 11:00:00.500"),
        ("2026-01-02 10:00:00 +0500", "2026-01-02 08:00"),
        ("2026-01-02T23:30:00-05", "2026-01-03 07:30"),
    ],
)
def test_moments_are_local_time_of_the_client(tmp_path: Path, written: str, local: str) -> None:
    # The source writes UTC; an offset in the text itself says more.
    source = LEADS + "    timezone: UTC\n"
    leads = f"Id,Created,Source,Campaign,Owner,Stage,Closed\n007,{written},google,a,Ann,Sold,2026-01-20\n"
    data = loaded(tmp_path, source, more="timezone: Europe/Moscow\n", leads__csv=leads)
    assert rows(data, "leads")["created_at"].tolist() == [pd.Timestamp(local)]


def test_the_check_prints_files_tables_and_notices(tmp_path: Path) -> None:
    data = loaded(tmp_path, SPEND, LEADS, DEALS, spend__csv=SPEND_CSV, leads__csv=LEADS_CSV, deals__csv=DEALS_CSV)
    text = "\n".join(check_lines(data, language("en")))
    assert 'exports/spend.csv: CSV, UTF-8, ","; 2 rows' in text
    assert "spend: 2 = 2 + 0" in text
    assert "AS_OF_ASSUMED" in text
    assert str(tmp_path) not in text


@pytest.mark.parametrize(
    ("encoding", "taken_for"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 (BOM)"), ("utf-16", "UTF-16"), ("cp1251", "windows-1251")],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_told_from_the_content(
    tmp_path: Path, encoding: str, taken_for: str, delimiter: str
) -> None:
    lines = [
        ["Дата", "Кампания", "Расход"],
        *(["01.02.2026", f"Окна и двери, кампания {n}", f"{n}5,5"] for n in range(1, 40)),
    ]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines) + "\n"
    source = (
        "  - {table: spend, file: exports/s.csv, vat: included, "
        'columns: {from: "Дата", campaign: "Кампания", cost: "Расход"}}\n'
    )
    data = loaded(tmp_path, source, s__csv=text.encode(encoding))
    assert set(rows(data, "spend")["campaign"]) == {f"Окна и двери, кампания {n}" for n in range(1, 40)}
    assert taken_for in data.files[0].taken_for
    shown = {",": '","', ";": '";"', "\t": "табуляция"}[delimiter]
    assert f", {shown}; 39 строк" in "\n".join(check_lines(data, language("ru")))
    assert data.ledger.tables["spend"].money_after == sum((Decimal(f"{n}5.5") for n in range(1, 40)), Decimal(0))


def test_preamble_totals_and_footer_are_not_data(tmp_path: Path) -> None:
    text = (
        "Report\nPeriod 2026\n\nDate,Source,Campaign,Cost\nTotal,,,10.51\n"
        "2026-01-01,google,a,10.50\n2026-01-02,google,b,0.01\nИтого,,,10.51\n,,,\n"
    )
    data = loaded(tmp_path, SPEND, spend__csv=text)
    assert data.ledger.tables["spend"].rows_before == 2
    assert notice(data, Code.TOTAL_ROW) == (2, Decimal("21.02"))
    assert notice(data, Code.PREAMBLE)[0] in (2, 3)


def test_a_campaign_called_total_is_a_campaign(tmp_path: Path) -> None:
    data = loaded(tmp_path, SPEND, spend__csv="Date,Source,Campaign,Cost\n2026-01-01,google,Total war,10\n")
    assert data.ledger.tables["spend"].rows_after == 1


def test_an_equal_row_without_money_is_dropped_and_with_money_is_kept(tmp_path: Path) -> None:
    text = SPEND_CSV + "2026-01-02,google,b,0.01\n2026-01-03,google,c,0\n2026-01-03,google,c,0\n"
    data = loaded(tmp_path, SPEND, spend__csv=text)
    assert notice(data, Code.DUPLICATE_ROW) == (1, Decimal(0))
    assert notice(data, Code.DUPLICATE_ROW_KEPT) == (1, Decimal("0.01"))
    assert data.ledger.tables["spend"].money_after == Decimal("10.52")


def test_the_overlap_of_two_files_is_counted_once(tmp_path: Path) -> None:
    source = SPEND.replace("spend.csv", "spend*.csv")
    data = loaded(tmp_path, source, spend1__csv=SPEND_CSV, spend2__csv=SPEND_CSV + "2026-01-03,google,c,5\n")
    assert notice(data, Code.DUPLICATE_ROW)[0] == 2
    assert data.ledger.tables["spend"].money_after == Decimal("15.51")
    assert data.ledger.tables["spend"].money_before == Decimal("26.02")


def test_a_repeated_lead_id_is_dropped_and_listed(tmp_path: Path) -> None:
    text = LEADS_CSV + "007,2026-01-05 10:00,vk,z,Ann,New,\n009,2026-01-31 12:00,google,b,Bob,New,\n"
    data = loaded(tmp_path, LEADS, leads__csv=text)
    assert notice(data, Code.DUPLICATE_ID)[0] == 1
    assert notice(data, Code.DUPLICATE_ROW)[0] == 1
    assert len(rows(data, "leads")) == 3


def test_rows_without_id_or_date_are_dropped_with_their_money(tmp_path: Path) -> None:
    text = DEALS_CSV + ",008,2026-01-05,,Talk,50\nd3,008,2026-01-06,,Talk,\n"
    data = loaded(tmp_path, DEALS, deals__csv=text)
    assert notice(data, Code.NO_ID) == (1, Decimal(50))
    assert data.ledger.tables["deals"].money_before == Decimal(1050)
    spend = loaded(tmp_path, SPEND, spend__csv=SPEND_CSV + "soon,google,a,7\n")
    assert notice(spend, Code.DATE_UNREAD) == (1, Decimal(7))


def test_dates_outside_any_sense_do_not_move_the_day_of_the_audit(tmp_path: Path) -> None:
    many = "".join(f"x{n},2026-01-{1 + n % 28:02d},google,a,Ann,New,\n" for n in range(400))
    data = loaded(
        tmp_path,
        LEADS,
        leads__csv=LEADS_CSV + many + "a1,2062-01-01,google,a,Ann,New,\na2,1900-01-01,google,a,Ann,New,\n",
    )
    assert str(data.as_of) == "2026-01-31"
    assert notice(data, Code.DATE_OUT_OF_SENSE)[0] == 2


def test_personal_data_stop_at_the_loader(tmp_path: Path) -> None:
    text = LEADS_CSV.replace("Id,", "Name,Phone,Mail,Id,").replace(
        "\n00", "\nJane Doe,+7 (900) 100-20-30,jane@example.com,00"
    )
    source = LEADS.replace("columns: {", "columns: {person: [Phone, Mail], ")
    data = loaded(tmp_path, source, leads__csv=text)
    assert rows(data, "leads")["person"].drop_duplicates().size == 1
    names = [row[0] for row in data.con.raw_sql("SHOW TABLES").fetchall()]
    everything = " ".join(data.con.table(name).to_pandas().to_csv() for name in names)
    assert len(names) == 1
    assert "clean_leads" in names[0]
    for secret in ("Jane", "900", "jane@", "9001002030"):
        assert secret not in everything


def test_two_spellings_of_one_phone_are_one_person(tmp_path: Path) -> None:
    text = (
        "Id,Created,Phone,Stage\n1,2026-01-01,+7 (900) 100-20-30,New\n2,2026-01-02,8 900 100 20 30,New\n"
        "3,2026-01-03,A@b.c,New\n4,2026-01-03,a@B.c ,New\n"
    )
    source = (
        "  - {table: leads, file: exports/l.csv, "
        "columns: {lead_id: Id, created_at: Created, person: Phone, stage: Stage}}\n"
    )
    data = loaded(tmp_path, source, l__csv=text)
    assert rows(data, "leads")["person"].nunique() == 2
    assert notice(data, Code.REPEATS)[0] == 2


def test_macros_are_no_campaign(tmp_path: Path) -> None:
    data = loaded(tmp_path, LEADS, leads__csv=LEADS_CSV.replace("google,a", "google,{campaign_id}"))
    assert notice(data, Code.MACRO_UNFILLED)[0] == 1
    assert rows(data, "leads")["campaign"].tolist().count("") == 1


def test_currency_needs_a_dated_rate(tmp_path: Path) -> None:
    source = SPEND.replace("columns: {", "columns: {currency: Cur, ")
    text = (
        "Date,Source,Campaign,Cost,Cur\n"
        "2026-01-01,google,a,10,EUR\n2026-01-02,google,b,10,USD\n2026-02-01,google,b,10,USD\n"
    )
    found = refused(tmp_path, source, spend__csv=text)
    assert "20 USD in 2 rows, the report is in EUR" in found[0]
    assert "rates: {USD:" in found[0]
    data = loaded(tmp_path, source, more="rates: {USD: {2026-01-01: 0.9, 2026-02-01: 0.95}}\n", spend__csv=text)
    assert data.ledger.tables["spend"].money_after == Decimal("28.5")
    assert notice(data, Code.CURRENCY_CONVERTED)[0] == 2
    told = next(one for one in data.ledger.notices if one.code is Code.CURRENCY_CONVERTED)
    assert notice_text(told, language("ru"), "EUR").endswith("USD → EUR: 20,00\u00a0$")


def test_currency_in_the_header_counts(tmp_path: Path) -> None:
    text = "Date,Source,Campaign,Amount spent (USD)\n2026-01-01,meta,a,10\n"
    found = refused(tmp_path, SPEND.replace("cost: Cost", "cost: Amount spent (USD)"), spend__csv=text)
    assert "USD in 1 row, " in found[0]


@pytest.mark.parametrize(
    ("sources", "files", "said"),
    [
        ([SPEND], {}, "exports/spend.csv: no such file - in exports/: nothing"),
        ([SPEND], {"spend__csv": ""}, "exports/spend.csv: the file is empty"),
        ([SPEND], {"spends__csv": SPEND_CSV}, "did you mean 'spends.csv'?"),
        ([SPEND], {"spend__csv": "nothing\nhere\n"}, "no table of several columns; it begins with 'nothing'"),
        ([SPEND], {"spend__csv": "nothing,here\n1,2\n"}, "no row holds any of the columns named in client.yml"),
        (
            [SPEND],
            {"spend__csv": SPEND_CSV.replace("Cost", "Costs")},
            "no column 'Cost' (for spend.cost) - did you mean 'Costs'?",
        ),
        (
            [SPEND.replace("cost: Cost, ", "").replace(", cost: Cost", "")],
            {"spend__csv": SPEND_CSV},
            "nothing is mapped to spend.cost",
        ),
        (
            [SPEND.replace("vat: excluded", "preset: yandex_dierct")],
            {"spend__csv": SPEND_CSV},
            "did you mean 'yandex_direct'",
        ),
        (
            [LEADS],
            {"leads__csv": LEADS_CSV.replace("Gone", "Gne")},
            '"Gne" (1 row) has no outcome (a known one is "gone"',
        ),
        (
            [LEADS],
            {"leads__csv": LEADS_CSV.replace("007", "1.03293E+19")},
            "written as numbers, such as 1.03293E+19: digits are lost",
        ),
        (
            [SPEND],
            {
                "spend__csv": SPEND_CSV.replace("2026-01-0", "0")
                .replace("1,g", "1/02/2026,g")
                .replace("2,g", "2/03/2026,g")
            },
            "may be day-month-year (2026-02-01) or month-day-year (2026-01-02)",
        ),
        ([SPEND], {"spend__csv": SPEND_CSV.replace("10.50", "1.234").replace("0.01", "5")}, "may be 1234 or 1.234"),
        ([SPEND.replace(".csv", ".xlsx")], {"spend__xlsx": b"PK\x03\x04broken"}, "a damaged archive"),
        ([SPEND.replace(".csv", ".parquet")], {"spend__parquet": b"PAR1broken"}, "not a readable Parquet file"),
        ([], {}, "no source fills leads, deals or spend"),
    ],
)
def test_bad_input_is_one_clear_line(
    tmp_path: Path, sources: list[str], files: dict[str, str | bytes], said: str
) -> None:
    found = refused(tmp_path, *sources, **files)
    assert said in found[0]
    assert len(found) == 1


def test_problems_of_all_sources_come_together(tmp_path: Path) -> None:
    found = refused(tmp_path, SPEND, LEADS, leads__csv="")
    assert len(found) == 2


def test_ambiguous_dates_and_numbers_can_be_settled(tmp_path: Path) -> None:
    text = "Date,Source,Campaign,Cost\n01/02/2026,google,a,1.234\n02/03/2026,google,b,5\n"
    source = SPEND.replace("vat:", 'dates: mdy\n    decimal: ","\n    vat:')
    data = loaded(tmp_path, source, spend__csv=text)
    assert [str(day)[:10] for day in rows(data, "spend")["from"]] == ["2026-01-02", "2026-02-03"]
    assert data.ledger.tables["spend"].money_after == Decimal(1239)


def test_a_chosen_day_of_audit_hides_what_came_later(tmp_path: Path) -> None:
    data = loaded(tmp_path, LEADS, more="as_of: 2026-01-10\n", leads__csv=LEADS_CSV)
    leads = rows(data, "leads").set_index("lead_id")
    assert leads.loc["007", "outcome"] == "open"
    assert leads.loc["007", "age_days"] == 8
    assert notice(data, Code.AFTER_AS_OF)[0] == 1
    assert notice(data, Code.OUTCOME_AFTER_AS_OF)[0] == 1


def test_one_entity_fills_both_tables(tmp_path: Path) -> None:
    text = (
        "Id,Created,Source,Campaign,Owner,Stage,Closed,Amount\n"
        "1,2026-01-01,google,a,Ann,Sold,2026-01-05,100\n2,2026-01-02,google,a,Ann,New,,\n"
    )
    source = LEADS.replace("table: leads", "table: deals\n    also: leads").replace(
        "columns: {", "columns: {amount: Amount, "
    )
    data = loaded(tmp_path, source, leads__csv=text)
    assert len(rows(data, "leads")) == len(rows(data, "deals")) == 2
    assert rows(data, "deals")["lead_id"].tolist() == ["1", "2"]


def test_the_presets_of_the_design_read_the_sample_exports(tmp_path: Path) -> None:
    exports = Path(__file__).parents[2] / "data_samples" / "okna-plus" / "exports"
    files = {f"exports/{path.name}": path.read_bytes() for path in exports.iterdir() if not path.name.startswith("vk")}
    sources = (
        "  - {table: spend, file: exports/direct_*.xlsx, preset: yandex_direct, vat: included}\n",
        "  - {table: deals, file: exports/amocrm_export_leads_*.csv, preset: amocrm}\n",
    )
    own = (exports.parent / "client.yml").read_text(encoding="utf-8")
    outcomes = own[own.index("outcomes:") : own.index("qualified: {bant")]
    stages = own[own.index("stages:") : own.index("# Один и тот же этап")]
    text = "client: Окна\ncurrency: RUB\nsources:\n" + "".join(sources) + stages + outcomes
    data = load(read_client(make_folder(tmp_path / "firm", {"client.yml": text, **files})))
    assert data.ledger.tables["deals"].rows_after == data.ledger.tables["leads"].rows_after > 5000
    assert notice(data, Code.TOTAL_ROW, "spend")[0] == 2


amounts = st.decimals(min_value=-10_000, max_value=10_000_000, places=2)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 28), st.sampled_from(["a", "b", ""]), st.one_of(st.none(), amounts), st.booleans()),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([",", "."]),
)
def test_money_before_is_money_after_plus_losses(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[int, str, Decimal | None, bool]], mark: str
) -> None:
    written = []
    for day, campaign, amount, dated in lines:
        cost = "" if amount is None else f"{amount:.2f}".replace(".", mark)
        written.append(f"{f'2026-03-{day:02d}' if dated else 'x'};s;{campaign};{cost}")
    text = "Date;Source;Campaign;Cost\n" + "\n".join(["2026-03-01;s;z;1" + mark + "50", *written]) + "\n"
    data = loaded(tmp_path_factory.mktemp("money"), SPEND, spend__csv=text)
    ledger = data.ledger.tables["spend"]
    total = sum((amount for _, _, amount, _ in lines if amount is not None), Decimal("1.50"))
    assert ledger.money_before == total
    lost = sum((n.money or Decimal(0) for n in data.ledger.dropped("spend")), Decimal(0))
    assert ledger.money_after is not None
    assert ledger.money_before == ledger.money_after + lost
    assert ledger.rows_before == len(lines) + 1
