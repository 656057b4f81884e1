"""Any small table, written in any way exports are written: the same clean table comes out, or an explained refusal."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from helpers.client import read_client
from helpers.errors import DataError
from helpers.sources import load
from helpers.sources.loading import Data
from helpers.sources.notices import Code

NAMES = [
    "Окна Москва",
    "Двери, входные",
    "Балкон; остекление",
    'ООО "Ромашка"',
    "Київ їжа",
    "Строка\nвторая",
    "Total War",
]
DATES = {"iso": "%Y-%m-%d", "dotted": "%d.%m.%Y", "slashed": "%d/%m/%Y", "american": "%m/%d/%Y", "words": "%d %b %Y",
         "moment": "%d.%m.%Y 00:00:00", "compact": "%Y%m%d"}  # fmt: skip
NUMBERS = {
    "point": lambda a: f"{a:.2f}",
    "comma": lambda a: f"{a:.2f}".replace(".", ","),
    "grouped": lambda a: f"{a:,.2f}",
    "continental": lambda a: f"{a:,.2f}".translate(str.maketrans(",.", ".,")),
    "spaced": lambda a: f"{a:,.2f}".translate(str.maketrans(",.", "\u00a0,")),
    "roubles": lambda a: f"{a:,.2f}".translate(str.maketrans(",.", " ,")) + " ₽",
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "cp866", "koi8-u"]
HEADERS = {"day": "Дата", "channel": "Источник", "campaign": "Кампания", "cost": "Расход"}
CLIENT = """\
client: Property
lang: en
currency: RUB
sources:
  - {table: spend, file: exports/spend.csv, vat: included,
     columns: {from: Дата, channel: Источник, campaign: Кампания, cost: Расход}}
"""


@dataclass(frozen=True)
class Line:
    """A row of spend."""

    day: dt.date
    channel: str
    campaign: str
    cost: Decimal


@dataclass(frozen=True)
class Style:
    """One way to write a table."""

    encoding: str
    delimiter: str
    date: str
    number: str
    order: tuple[str, ...]
    preamble: int
    total: str
    padded: bool
    quoted: bool
    ends: str
    blank: bool


lines = st.lists(
    st.builds(
        Line,
        st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 30)),
        st.sampled_from(["яндекс", "вконтакте", "телеграм"]),
        st.sampled_from(NAMES),
        st.decimals(min_value=0, max_value=9_999_999, places=2),
    ),
    min_size=1,
    max_size=12,
    unique=True,
)
styles = st.builds(
    Style,
    st.sampled_from(ENCODINGS),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(sorted(DATES)),
    st.sampled_from(sorted(NUMBERS)),
    st.permutations(list(HEADERS)).map(tuple),
    st.integers(0, 4),
    st.sampled_from(["", "top", "bottom"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)


def written(table: list[Line], style: Style) -> bytes:
    """The file, as a system or a person would have left it."""
    out = io.StringIO(newline="")
    for number in range(style.preamble):
        out.write(["Отчет: расходы", "Период: 01.01.2026 - 30.06.2026", "", "Клиент: Окна Плюс"][number] + style.ends)
    quoting = csv.QUOTE_ALL if style.quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=style.delimiter, quoting=quoting, lineterminator=style.ends)
    writer.writerow([f" {HEADERS[name]}\u00a0 " if style.padded else HEADERS[name] for name in style.order])
    number = NUMBERS[style.number]
    total = {"day": "Итого", "channel": "", "campaign": "", "cost": number(sum(line.cost for line in table))}
    if style.total == "top":
        writer.writerow([total[name] for name in style.order])
    for line in table:
        cells = {
            "day": line.day.strftime(DATES[style.date]),
            "channel": line.channel,
            "campaign": line.campaign,
            "cost": number(line.cost),
        }
        writer.writerow([cells[name] for name in style.order])
        if style.blank:
            out.write(style.ends)
    if style.total == "bottom":
        writer.writerow([total[name] for name in style.order])
    return out.getvalue().encode(style.encoding, "replace")


def read(content: bytes) -> Data:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "exports").mkdir()
        (Path(folder) / "client.yml").write_text(CLIENT, encoding="utf-8")
        (Path(folder) / "exports" / "spend.csv").write_bytes(content)
        return load(read_client(Path(folder)))


def fitting(table: list[Line], style: Style) -> list[Line]:
    """The table in letters and signs that the encoding has."""
    return [
        Line(line.day, line.channel, line.campaign.encode(style.encoding, "replace").decode(style.encoding), line.cost)
        for line in table
    ]


def honest_refusal(error: DataError, table: list[Line], style: Style) -> bool:
    """Whether the file could really be read in two ways, and the message says so."""
    said = str(error)
    if "may be day-month-year" in said:
        return style.date in ("slashed", "american") and all(line.day.day <= 12 for line in table)
    return False


@pytest.mark.timeout(3600)
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(lines, styles)
def test_the_same_table_comes_out_whatever_it_was_written_like(table: list[Line], style: Style) -> None:
    if style.encoding in ("cp866", "koi8-u", "cp1251") and style.number == "roubles":
        style = Style(**{**style.__dict__, "number": "spaced"})  # These have no sign of the rouble.
    if style.encoding == "cp866":
        table = [Line(x.day, x.channel, x.campaign.replace("Київ їжа", "Киев"), x.cost) for x in table]
    table = fitting(table, style)
    try:
        data = read(written(table, style))
    except DataError as error:
        if not honest_refusal(error, table, style):
            raise
        event("refused")
        return
    event("read")
    ledger = data.ledger.tables["spend"]
    lost = sum((notice.money or Decimal(0) for notice in data.ledger.dropped("spend")), Decimal(0))
    total = sum((line.cost for line in table), Decimal(0))
    assert ledger.money_before == total
    assert ledger.money_after == total - lost == total
    totals = sum(notice.rows or 0 for notice in data.notices if notice.code is Code.TOTAL_ROW)
    assert totals == bool(style.total)
    found = data.tables["spend"].select("from", "channel", "campaign", "cost").to_pyarrow().to_pylist()
    got = sorted((row["from"], row["channel"], row["campaign"], row["cost"]) for row in found)
    assert got == sorted((line.day, line.channel, line.campaign, line.cost) for line in table)
