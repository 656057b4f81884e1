"""The ledger: every audit.json below a folder of reports, read by DuckDB as it lies there. Nothing is stored.

A file that cannot be used is listed with its reason and never stops the others; what an older version of the toolkit
did not write is unknown, and told.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.batch.publish import FIGURES_FILE
from helpers.errors import ReportError

if TYPE_CHECKING:
    from helpers.language import Language

SCHEMA = "1"
"""Of audit.json (report/assemble.py)."""
DIMENSIONS = ("A", "B", "C", "D", "E")

_SHAPE: dict[str, Any] = {
    "schema": "VARCHAR", "client": "VARCHAR", "lang": "VARCHAR", "slug": "VARCHAR", "currency": "VARCHAR",
    "period": ["VARCHAR"], "as_of": "VARCHAR", "peers": "BOOLEAN",
    "score": {"total": "DOUBLE", "interval": ["DOUBLE"], "band": "VARCHAR", "missing": "VARCHAR",
              "dimensions": dict.fromkeys(DIMENSIONS, "DOUBLE"), "criteria_version": "VARCHAR",
              "criteria": "MAP(VARCHAR, STRUCT(score DOUBLE, gap DOUBLE, dont_know DOUBLE))"},
    "leads": {"qualified_share": {"share": "DOUBLE", "interval": ["DOUBLE"]}},
    "speed": {"working_hours": "BOOLEAN", "limit_min": "DOUBLE", "median_min": "DOUBLE", "within_limit": "DOUBLE",
              "interval": ["DOUBLE"]},
    "five": {"cac": "DOUBLE"},
    "aims": {"cac": "DOUBLE"},
    "money": {"spend": "DOUBLE", "spend_matched": "DOUBLE",
              "campaigns": [{"spend": "DOUBLE", "leads": "DOUBLE", "won": "DOUBLE"}]},
    "actions": {"next_audit": "VARCHAR",
                "stakes": "MAP(VARCHAR, STRUCT(state VARCHAR, money DOUBLE, interval DOUBLE[]))"},
    "claims": {"criteria": "MAP(VARCHAR, STRUCT(verdict VARCHAR))"},
    "data": {"tables": "MAP(VARCHAR, STRUCT(rows_before DOUBLE, rows_after DOUBLE))",
             "filled": "MAP(VARCHAR, DOUBLE)"},
}  # fmt: skip
PARTS = ("score", "leads", "speed", "money", "claims", "actions", "data")
"""What a whole audit.json holds; an older one may lack some."""

_READ = f"""
create table audits as
with parsed as (
    select file, folder, period_folder,
        case when json_valid(text) and json_type(text) = 'OBJECT' then from_json(text, '{json.dumps(_SHAPE)}') end as j
    from files
)
select file, folder as slug, period_folder, j is not null as is_object, j.schema as schema, j.slug as written_slug,
    left(trim(j.client), 200) as client, j.lang as lang, upper(j.currency) as currency,
    try_cast(j.period[1] as date) as first, try_cast(j.period[2] as date) as last,
    try_cast(j.as_of as date) as as_of, coalesce(j.peers, true) as peers,
    j.score.total as total, j.score.interval[1] as total_low, j.score.interval[2] as total_high, j.score.band as band,
    j.score.missing as missing, j.score.criteria_version as version,
    {", ".join(f"j.score.dimensions.{one} as dimension_{one}" for one in DIMENSIONS)},
    j.leads.qualified_share.share as qualified, j.leads.qualified_share.interval[1] as qualified_low,
    j.leads.qualified_share.interval[2] as qualified_high,
    j.speed.working_hours as working_hours, j.speed.limit_min as limit_min, j.speed.median_min as median_min,
    j.speed.within_limit as in_time, j.speed.interval[1] as in_time_low, j.speed.interval[2] as in_time_high,
    j.five.cac as cac, j.aims.cac as cac_aim,
    list_sum(list_transform(list_filter(j.money.campaigns, lambda c: c.spend > 0 and c.leads > 0), lambda c: c.won))
        as cac_won,
    case when j.money.spend > 0 then j.money.spend_matched / j.money.spend end as matched,
    try_cast(j.actions.next_audit as date) as next_audit,
    list_sum(list_transform(map_values(j.data.tables), lambda t: t.rows_before)) as rows_before,
    list_sum(list_transform(map_values(j.data.tables), lambda t: t.rows_after)) as rows_after,
    len(list_filter(map_values(j.data.filled), lambda share: share < 0.5)) as fields_poor,
    {", ".join(f"j.{part} is null as lacks_{part}" for part in PARTS)},
    j.score.criteria as score_criteria, j.claims.criteria as claim_criteria, j.actions.stakes as stakes
from parsed
"""
_REASONS = f"""
select file, case
    when not is_object then 'json'
    when schema is distinct from '{SCHEMA}' then 'schema'
    when client is null or client = '' or currency is null or not regexp_full_match(currency, '[A-Z]{{3}}') then 'who'
    when first is null or last is null or as_of is null or last < first then 'when'
    when written_slug is distinct from slug or period_folder is distinct from first || '_' || last then 'place'
    when total is not null and not (total between 20 and 100) then 'total'
    when total_low is not null and not coalesce(total between total_low and total_high, false) then 'total'
end as reason, schema as detail
from audits
"""
_CRITERIA = """
select slug, last, criterion, answer.score as score, answer.gap as gap, answer.dont_know as dont_know,
    claim.verdict as verdict
from (select slug, last, score_criteria, claim_criteria, unnest(list_distinct(list_concat(
        coalesce(map_keys(score_criteria), []), coalesce(map_keys(claim_criteria), [])))) as criterion,
        score_criteria[criterion] as answer, claim_criteria[criterion] as claim
    from good)
order by slug, last, criterion
"""
_STAKES = """
select slug, last, driver, stake.state as state, stake.money as money, stake.interval[1] as low,
    stake.interval[2] as high
from (select slug, last, unnest(map_keys(stakes)) as driver, stakes[driver] as stake from good)
order by slug, last, driver
"""


@dataclass(frozen=True)
class Unusable:
    """A file that is left out, or (``reason`` "lacks") used although parts of it are not there."""

    file: str
    """Relative to the folder of reports."""
    reason: str
    """json: is no JSON object; unreadable; schema: of another version; who, when: names nobody, no period; place: lies
    in a folder of another client or period; total: a score that cannot be; lacks: an older one without some parts."""
    detail: str = ""

    @property
    def left_out(self) -> bool:
        """False: it is used as far as it goes."""
        return self.reason != "lacks"

    def said(self, say: Language) -> str:
        """Why a file is left out, or what it lacks."""
        return {
            "json": say("is damaged: no JSON"),
            "unreadable": say("cannot be read: look at its permissions"),
            "schema": say("was written by another version (schema {found})", found=self.detail or "?"),
            "who": say("names no client or no currency"),
            "when": say("holds no period or no day of the data"),
            "place": say("lies in a folder of another client or period: a copy?"),
            "total": say("holds a score that cannot be"),
            "lacks": say("is older: lacks {parts}; used as far as it goes", parts=_parts_text(self.detail, say)),
        }[self.reason]


@dataclass(frozen=True)
class Ledger:
    """All audits of a folder of reports."""

    audits: pd.DataFrame
    """A row per audit, by client and last day: ``slug client currency first last as_of`` (dates), ``total`` with
    ``_low`` and ``_high`` (20-100), ``band missing version dimension_A``..., ``qualified in_time`` (shares 0-1, with
    ends), ``median_min limit_min working_hours``, ``cac cac_aim cac_won``, ``matched`` (share of spend joined with
    leads), ``rows_before rows_after fields_poor next_audit peers``."""
    criteria: pd.DataFrame
    """``slug last criterion score gap dont_know verdict``."""
    stakes: pd.DataFrame
    """``slug last driver state money low high``, money a month."""
    unusable: tuple[Unusable, ...] = ()

    @property
    def latest(self) -> pd.DataFrame:
        """The newest audit of each client."""
        return self.audits.groupby("slug", sort=True).tail(1).reset_index(drop=True)

    @property
    def pairs(self) -> pd.DataFrame:
        """The newest audit of each client beside its last one before it, whose columns end in ``_then``.

        The last one ends before the newest begins, as for "what has changed" in the client's own report; clients
        without one are left out.
        """
        both = self.latest.merge(self.audits, on="slug", suffixes=("", "_then"))
        earlier = both[both["last_then"] < both["first"]]
        return earlier.groupby("slug", sort=True).tail(1).reset_index(drop=True)


def _parts_text(keys: str, say: Language) -> str:
    """Parts of audit.json as chapters are called."""
    known = {
        "score": say("the score"),
        "leads": say("the leads"),
        "speed": say("the first answer"),
        "money": say("the money"),
        "claims": say("the comparison of answers and data"),
        "actions": say("the actions"),
        "data": say("the state of the data"),
    }
    return say.list([known.get(key, key) for key in keys.split(", ")])


def read_ledger(reports: Path) -> Ledger:
    """The ledger of a folder of reports; without any audit it is empty.

    Raises:
        ReportError: there is no such folder.
    """
    import duckdb
    import pyarrow as pa

    if not reports.is_dir():
        raise ReportError(f"{reports} is no folder - name a folder of reports, as `audit run --out` writes it")
    files, unusable = _texts(reports)
    with duckdb.connect(":memory:") as con:
        con.register("files", pa.table(files, schema=pa.schema([(name, pa.string()) for name in files])))
        con.execute(_READ)
        wrong = con.execute(f"select * from ({_REASONS}) where reason is not null").fetchall()
        unusable += [
            Unusable(file, reason, str(detail or "")[:20] if reason == "schema" else "")
            for file, reason, detail in wrong
        ]
        con.execute(
            f"create table good as select * from audits where file in (select file from ({_REASONS}) "
            "where reason is null)"
        )
        audits = con.execute(
            "select * exclude (score_criteria, claim_criteria, stakes, is_object, written_slug, period_folder, schema) "
            "from good order by slug, last, as_of, first"
        ).df()
        criteria, stakes = con.execute(_CRITERIA).df(), con.execute(_STAKES).df()
    for row in audits.to_dict("records"):
        lacking = [part for part in PARTS if row[f"lacks_{part}"]]
        if lacking:
            unusable.append(Unusable(str(row["file"]), "lacks", ", ".join(lacking)))
    audits = audits.drop(columns=["file", *(f"lacks_{part}" for part in PARTS)])
    return Ledger(
        _dated(_finite(audits), "first", "last", "as_of", "next_audit"),
        _dated(_finite(criteria), "last"),
        _dated(_finite(stakes), "last"),
        tuple(sorted(unusable, key=lambda one: one.file)),
    )


def _texts(reports: Path) -> tuple[dict[str, list[str]], list[Unusable]]:
    """The text of every audit.json, and the files that are none."""
    files: dict[str, list[str]] = {"file": [], "folder": [], "period_folder": [], "text": []}
    unusable = []
    for path in sorted(reports.glob(f"[!.]*/[!.]*/{FIGURES_FILE}")):
        name = path.relative_to(reports).as_posix()
        try:
            text = path.read_bytes().decode("utf-8")
        except OSError:
            unusable.append(Unusable(name, "unreadable"))
            continue
        except UnicodeDecodeError:
            unusable.append(Unusable(name, "json"))
            continue
        for key, value in zip(files, (name, path.parent.parent.name, path.parent.name, text), strict=True):
            files[key].append(value)
    return files, unusable


def _finite(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers without infinities, which no figure of ours is."""
    numbers = frame.select_dtypes("float").columns
    frame[numbers] = frame[numbers].where(frame[numbers].abs() < float("inf"))
    return frame


def _dated(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Days as ``datetime.date`` (None: unknown): later days than 2262 are days too."""
    for column in columns:
        values = [None if pd.isna(day) else _day(day) for day in frame[column]]
        frame[column] = pd.Series(values, index=frame.index, dtype=object)
    return frame


def _day(value: Any) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value
