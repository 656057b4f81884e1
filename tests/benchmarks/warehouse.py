"""What counting costs where the rows are, against doing the same by hand:

    uv run --group bench python tests/benchmarks/warehouse.py --rows 1 5 20 --runs 3
    uv run python tests/benchmarks/warehouse.py --rows 20 --only "audit, all facts" --format parquet --memory 2GB

Leads of an invented firm (20 columns, of which 12 are needed) as one typed CSV and as Parquet, read by reference
(`connection: duckdb://`). Compared are four of the counted tables, those of `TABLES`, from file to frame:

- "bare": DuckDB reads the needed columns and counts their values, nothing else: the limit
- "audit": `load` with all its decisions and notices, then these tables by the functions of `helpers/facts/core.py`
- "audit, all facts": `load` and `count`: all counted tables, which the others do not count
- "pandas", "pandas pyarrow" (reader and types), "polars" (lazy, collected together)

Each run has a process of its own, in turn; medians are shown with their ratio to "bare" and what each takes as a
multiple of "audit". The tables of all are compared with each other first: who counts something else is no measure.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

CLIENT = """\
client: Firm
currency: EUR
period: {{from: 2026-01-01, to: 2026-03-31}}
compare_with: {{from: 2025-10-01, to: 2025-12-31}}
as_of: 2026-04-30
margin: 1
stages: [{{key: leads}}, {{key: contacted}}, {{key: qualified}}, {{key: won}}]
outcomes: {{"*": {{New: {{stage: leads}}, Talk: {{stage: contacted}}, Good: {{stage: qualified}},
                 Sold: {{outcome: won}}, Gone: {{outcome: lost}}}}}}
sources:
  - {{table: leads, connection: "duckdb://{options}", file: {file}}}
"""
STAGES = {"New": (0, "open"), "Talk": (1, "open"), "Good": (2, "open"), "Sold": (3, "won"), "Gone": (0, "lost")}
AS_OF = dt.datetime(2026, 4, 30)
SPANS = {"now": ("2026-01-01", "2026-04-01"), "before": ("2025-10-01", "2026-01-01")}
LEAD = """
SELECT 'L' || (29000000 + i) AS lead_id, made AS created_at,
    CASE WHEN stage IN ('Sold', 'Gone') THEN made + to_days(pick(i, 1, 25)) END AS closed_at,
    CASE WHEN pick(i, 2, 4) > 0 THEN made + to_seconds(pick(i, 3, 40000)) END AS first_answer_at,
    ['yandex', 'vk', 'telegram', 'google', 'referral', 'direct'][1 + pick(i, 4, 6)] AS channel,
    'campaign ' || pick(i, 5, 40) AS campaign, 'manager ' || pick(i, 6, 12) AS manager,
    ['windows', 'doors', 'balconies'][1 + pick(i, 7, 3)] AS product, stage,
    CASE WHEN stage = 'Gone' THEN ['price', 'no answer', 'other firm', 'later'][1 + pick(i, 8, 4)] END AS reason,
    CASE WHEN pick(i, 9, 3) > 0 THEN pick(i, 10, 2) = 0 END AS qualified,
    CASE WHEN pick(i, 11, 5) > 0 THEN 1 + pick(i, 12, 5) END AS rating,
    'Lead #' || i AS name, 'Town ' || i % 90 AS town, 'called, will think about it until ' || i % 28 AS note,
    i % 7 AS pages, 'https://firm.example/?id=' || i AS page, 'robot' AS made_by, i % 100000 AS visit, 'tag' AS tags
FROM (SELECT i, ['New', 'Talk', 'Good', 'Sold', 'Gone'][1 + pick(i, 13, 5)] AS stage,
        TIMESTAMP '2025-07-01' + to_seconds(pick(i, 14, 24000000)) AS made FROM range({rows}) AS numbers(i))
"""
"""The same numbers always give the same rows."""
COLUMNS = [
    "lead_id", "created_at", "closed_at", "first_answer_at", "channel", "campaign", "manager", "product", "stage",
    "reason", "qualified", "rating",
]  # fmt: skip
MOMENTS = ["created_at", "closed_at", "first_answer_at"]
KEYS = ["span", "month", "channel", "campaign", "manager", "product", "stage", "exact", "outcome"]
TABLES = {
    "leads": (KEYS, ["leads", "answered", "qualified", "rated", "rating_sum"]),
    "ages": (["span", "month", "outcome", "age_days"], ["leads"]),
    "open_ages": (["span", "channel", "campaign", "age_days"], ["leads"]),
    "reasons": (["span", "outcome", "reason"], ["leads"]),
}
Counted = dict[str, pd.DataFrame]


def bare(path: Path, _: str) -> None:
    import duckdb

    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    con.execute(f"SELECT {', '.join(f'max({name})' for name in COLUMNS)} FROM '{path}'").fetchall()


def _loaded(path: Path, options: str) -> Any:
    from helpers.client import read_client
    from helpers.sources import load

    folder = Path(tempfile.mkdtemp(prefix="firm-", dir=path.parent))
    (folder / "client.yml").write_text(CLIENT.format(file=path, options=options), encoding="utf-8")
    return load(read_client(folder))


def audit(path: Path, options: str) -> Counted:
    from helpers.facts import core
    from helpers.sources.asking import answered, together

    with _loaded(path, options) as data:
        leads = data.engine.keep("counted_leads", core._leads(data, None))
        asked = (core._lead_counts, core._ages, core._open_ages, core._reasons)
        found = answered(data.engine, together(*(count(leads) for count in asked)))
    return dict(zip(TABLES, found, strict=True))


def audit_all(path: Path, options: str) -> None:
    from helpers.facts import count

    with _loaded(path, options) as data:
        count(data)


def _by_pandas(frame: pd.DataFrame) -> Counted:
    stage = frame["stage"].astype("str")
    frame["outcome"] = stage.map({name: outcome for name, (_, outcome) in STAGES.items()})
    frame["stage"] = stage.map({name: at for name, (at, _) in STAGES.items()})
    frame["exact"] = frame["outcome"] != "lost"
    day = frame["created_at"].astype("datetime64[us]").dt.normalize()
    frame["span"] = "other"
    for name, (first, after) in SPANS.items():
        frame.loc[(day >= first) & (day < after), "span"] = name
    frame["month"] = day - pd.to_timedelta(day.dt.day - 1, unit="D")
    end = frame["closed_at"].astype("datetime64[us]").dt.normalize().where(frame["outcome"] != "open", AS_OF)
    frame["age_days"] = (end - day).dt.days
    frame["reason"] = frame["reason"].fillna("")
    frame["answered"] = frame["first_answer_at"].notna()
    frame["qualified"] = frame["qualified"].fillna(False).astype(bool)
    frame["rated"] = frame["rating"].notna()
    cube = frame.groupby(KEYS, dropna=False, sort=False).agg(
        leads=("answered", "size"), answered=("answered", "sum"), qualified=("qualified", "sum"),
        rated=("rated", "sum"), rating_sum=("rating", "sum"),
    )  # fmt: skip
    ages = frame.groupby(TABLES["ages"][0], dropna=False, sort=False).size().rename("leads")
    still = frame[frame["outcome"] == "open"]
    weeks = still.assign(age_days=still["age_days"] // 7 * 7)
    open_ages = weeks.groupby(TABLES["open_ages"][0], dropna=False, sort=False).size().rename("leads")
    reasons = frame.groupby(TABLES["reasons"][0], dropna=False, sort=False).size().rename("leads")
    return {name: one.reset_index() for name, one in zip(TABLES, (cube, ages, open_ages, reasons), strict=True)}


def pandas_default(path: Path, _: str) -> Counted:
    if path.suffix == ".csv":
        return _by_pandas(pd.read_csv(path, usecols=COLUMNS, parse_dates=MOMENTS))
    return _by_pandas(pd.read_parquet(path, columns=COLUMNS))


def pandas_pyarrow(path: Path, _: str) -> Counted:
    if path.suffix == ".csv":
        return _by_pandas(pd.read_csv(path, usecols=COLUMNS, engine="pyarrow", dtype_backend="pyarrow"))
    return _by_pandas(pd.read_parquet(path, columns=COLUMNS, dtype_backend="pyarrow"))


def polars_lazy(path: Path, _: str) -> Counted:
    import polars as pl

    rows = pl.scan_csv(path, try_parse_dates=True) if path.suffix == ".csv" else pl.scan_parquet(path)
    at, outcome = ({name: one[k] for name, one in STAGES.items()} for k in (0, 1))
    day, stage = pl.col("created_at").dt.date(), pl.col("stage")
    spans = pl.lit("other")
    for name, (first, after) in SPANS.items():
        inside = (day >= dt.date.fromisoformat(first)) & (day < dt.date.fromisoformat(after))
        spans = pl.when(inside).then(pl.lit(name)).otherwise(spans)
    rows = rows.select(COLUMNS).with_columns(
        stage=stage.replace_strict(at), outcome=stage.replace_strict(outcome), span=spans, month=day.dt.truncate("1mo"),
        reason=pl.col("reason").fill_null(""),
    )  # fmt: skip
    end = pl.when(pl.col("outcome") == "open").then(pl.lit(AS_OF.date())).otherwise(pl.col("closed_at").dt.date())
    rows = rows.with_columns(age_days=(end - day).dt.total_days(), exact=pl.col("outcome") != "lost")
    cube = rows.group_by(KEYS).agg(
        leads=pl.len(), answered=pl.col("first_answer_at").count(),
        qualified=pl.col("qualified").fill_null(False).sum(),
        rated=pl.col("rating").count(), rating_sum=pl.col("rating").sum(),
    )  # fmt: skip
    ages = rows.group_by(TABLES["ages"][0]).agg(leads=pl.len())
    still = rows.filter(pl.col("outcome") == "open").with_columns(age_days=pl.col("age_days") // 7 * 7)
    open_ages = still.group_by(TABLES["open_ages"][0]).agg(leads=pl.len())
    reasons = rows.group_by(TABLES["reasons"][0]).agg(leads=pl.len())
    found = pl.collect_all([cube, ages, open_ages, reasons])
    return {name: one.to_pandas() for name, one in zip(TABLES, found, strict=True)}


WAYS: dict[str, Callable[[Path, str], Counted | None]] = {
    "bare": bare, "audit": audit, "audit, all facts": audit_all, "pandas": pandas_default,
    "pandas pyarrow": pandas_pyarrow, "polars": polars_lazy,
}  # fmt: skip


def digest(counted: Counted | None) -> dict[str, tuple[Any, ...]] | None:
    """What the tables hold, in one order and in the same types."""
    if counted is None:
        return None
    told = {}
    for name, (keys, sums) in TABLES.items():
        frame = pd.DataFrame({key: _plain(counted[name][key]) for key in keys})
        for one in sums:
            frame[one] = counted[name][one].astype("float64")
        frame = frame.sort_values(keys, ignore_index=True)
        told[name] = (len(frame), *frame[sums].sum(), int(pd.util.hash_pandas_object(frame, index=False).sum() % 2**61))
    return told


def _plain(column: pd.Series) -> pd.Series:
    if "date" in str(column.dtype) or "time" in str(column.dtype):
        return pd.to_datetime(column).dt.strftime("%Y-%m-%d").astype("object")
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return column.astype("float64")
    return column.astype("object").astype("str").astype("object")


def _timed(name: str, path: Path, options: str) -> tuple[float, float, float, Any]:
    # Imports are paid once by whoever counts much: they are not what is measured.
    import helpers.facts.core
    import helpers.sources.reference  # noqa: F401

    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    counted = WAYS[name](path, options)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, after.ru_maxrss / 1024, digest(counted)


def measure(name: str, path: Path, options: str) -> tuple[float, float, float, Any]:
    """Wall seconds, CPU seconds, peak MB and the digest of one run in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_timed, name, path, options).result()


def write(folder: Path, rows: int, kind: str) -> Path:
    """The leads as one file."""
    import duckdb

    path = folder / f"leads-{rows}.{kind}"
    options = "HEADER" if kind == "csv" else "FORMAT parquet"
    con = duckdb.connect()
    con.execute("SET preserve_insertion_order = false")
    con.execute("CREATE MACRO pick(i, nth, n) AS (hash(i, nth) % n)::INTEGER")
    con.execute(f"COPY ({LEAD.format(rows=rows)}) TO '{path}' ({options})")
    return path


def compare(path: Path, names: list[str], runs: int, options: str) -> None:
    """One line a way."""
    taken: dict[str, list[tuple[float, float, float, Any]]] = {name: [] for name in names}
    for _ in range(runs):
        for name in names:
            taken[name].append(measure(name, path, options))
    told = {repr(run[3]) for many in taken.values() for run in many if run[3]}
    assert len(told) <= 1, f"not the same tables: {told}"
    middle = {name: [statistics.median(run[at] for run in many) for at in range(3)] for name, many in taken.items()}
    sys.stdout.write(f"{path.name}, {path.stat().st_size / 2**20:.0f} MB\n")
    for name, (wall, cpu, memory) in middle.items():
        ratios = [f"{wall / middle[one][0]:.2f} x {one}" for one in ("bare", "audit") if one in middle]
        sys.stdout.write(
            f"  {name:17} wall {wall:6.2f} s  CPU {cpu:6.2f} s  peak {memory:5.0f} MB  {', '.join(ratios)}\n"
        )
    sys.stdout.flush()


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, nargs="+", default=[1], help="millions")
    parser.add_argument("--format", choices=["csv", "parquet"], nargs="+", default=["csv", "parquet"])
    parser.add_argument("--only", choices=list(WAYS), nargs="+", default=list(WAYS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", default="", help="memory_limit of DuckDB, as 2GB")
    parser.add_argument("--folder", type=Path, help="where the files are made: 20 million rows take 4 GB as CSV")
    given = parser.parse_args()
    options = f"?memory_limit={given.memory}" if given.memory else ""
    for millions in given.rows:
        for kind in given.format:
            with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
                path = write(Path(scratch), int(millions * 1_000_000), kind)
                compare(path, given.only, given.runs, options)


if __name__ == "__main__":
    main()
