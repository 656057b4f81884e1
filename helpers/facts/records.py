"""The client's records beside CRM and advertising, counted: meetings, decisions, promotions, goals, weekly figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.exact import total
from helpers.facts.ground import Ground, empty, fetched, span_of
from helpers.sources.asking import asked_row, together

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.facts.workdays import Workdays

BRIEF_DAYS = 3
"""Working days before its start by which sales must know of a promotion."""
MARKETING = "market|маркет|реклам"
SALES = "sale|продаж|сбыт|збут|коммерч|комерц|(^|[ ,;+/])(роп|рвп)([ ,;+/]|$)"
RETENTION = "repeat|retention|referral|churn|повтор|удерж|утрим|рекоменд|реферал|відтік|отток"

FIGURES = (
    ("retention", RETENTION),
    ("manager_max", r"manager_max|(best|highest|max|лучш|высш|макс|найкращ|найвищ).*(manag|конверс|менедж)"),
    ("manager_min", r"manager_min|(worst|lowest|min|худш|низш|мин|найгірш|найнижч|мін).*(manag|конверс|менедж)"),
    ("run_rate", "run.?rate|forecast|прогноз|темп"),
    ("pipeline", "pipeline|in work|в работе|в роботі|пайплайн"),
    ("qualified_share", "qualif|квалиф|кваліф|целев|цільов|якісн"),
    ("cac", "(^|[^a-z])cac([^a-z]|$)|customer cost|cost of a customer|(цена|стоимость|ціна|вартість).*(клиент|клієнт)"),
)
"""Which of the five common figures a row of kpis is, by words of ``kpi``; the first that fits."""


@dataclass(frozen=True)
class Records:
    """Counted tables; each is empty where the client does not have it."""

    weeks: pd.DataFrame
    """week (its Monday) | meetings, joint (both departments present), told (with a text of decisions), decisions (with
    owner and date), due (tasks due by ``as_of``), in_time. Weeks of meetings and of decisions."""
    promotions: pd.DataFrame
    """span of the start | promotions, told (day of the brief known), ahead (told BRIEF_DAYS working days before)."""
    goals: pd.DataFrame
    """campaign, noted_at, until (NaT: not given) | money."""
    kpis: pd.DataFrame
    """week (its Monday), kpi (see FIGURES; "other") | value: the last one noted."""
    reviewed: pd.DataFrame
    """kpi (name as compared) | last: the last week with a value, value: that of the last week."""
    kept_clients: int
    """Decisions that speak of keeping clients or of recommendations."""

    @classmethod
    def empty(cls) -> Records:
        """No records."""
        days = {"noted_at": "datetime64[us]", "until": "datetime64[us]"}
        return cls(
            weeks=empty(["week"], ["meetings", "joint", "told", "decisions", "due", "in_time"]),
            promotions=empty(["span"], ["promotions", "told", "ahead"]),
            goals=empty(["campaign", "noted_at", "until"], ["money"]).astype(days),
            kpis=empty(["week", "kpi"], ["value"]),
            reviewed=empty(["kpi"], ["last", "value"]).astype({"last": "datetime64[us]"}),
            kept_clients=0,
        )


async def count_records(ground: Ground, workdays: Workdays) -> Records:
    """Count the optional tables of a client."""
    return Records(
        *await together(
            _weeks(ground), _promotions(ground, workdays), _goals(ground), _kpis(ground), _reviewed(ground),
            _kept_clients(ground),
        )
    )  # fmt: skip


def _word(text: ir.StringValue, words: tuple[tuple[str, str], ...], other: str) -> ir.StringValue:
    low = text.fill_null("").lower()
    return ibis.cases(*[(low.re_search(pattern), name) for name, pattern in words], else_=other)


def _past(table: ir.Table, column: str, ground: Ground) -> ir.Table:
    return table.filter(table[column] <= ibis.literal(ground.data.as_of))


async def _weeks(ground: Ground) -> pd.DataFrame:
    sums = ["meetings", "joint", "told", "decisions", "due", "in_time"]
    parts = []
    meetings, tasks = ground.table("meetings"), ground.table("tasks")
    if meetings is not None:
        held = _past(meetings, "date", ground)
        present = held.present.fill_null("").lower()
        both = present.re_search(MARKETING) & present.re_search(SALES)
        named = held.mutate(week=held.date.truncate("W"), both=both, said=held.decision.notnull())
        parts.append(named.group_by("week").agg(meetings=named.count(), joint=named.both.sum(), told=named.said.sum()))
    if tasks is not None:
        noted = _past(tasks, "date", ground)
        today = ibis.literal(ground.data.as_of)
        noted = noted.mutate(
            week=noted.date.truncate("W"),
            full=noted.owner.notnull() & noted.due.notnull(),
            ripe=(noted.due <= today).fill_null(False),
            quick=((noted.due <= today) & (noted.done <= noted.due)).fill_null(False),
        )
        parts.append(
            noted.group_by("week").agg(decisions=noted.full.sum(), due=noted.ripe.sum(), in_time=noted.quick.sum())
        )
    if not parts:
        return Records.empty().weeks
    wide = [
        part.select(
            "week",
            **{name: part[name].cast("int64") if name in part.columns else ibis.literal(0, "int64") for name in sums},
        )
        for part in parts
    ]
    every = wide[0] if len(wide) == 1 else ibis.union(*wide)
    table = every.group_by("week").agg(**{name: every[name].sum() for name in sums})
    return await fetched(table, ["week"])


async def _promotions(ground: Ground, workdays: Workdays) -> pd.DataFrame:
    promotions = ground.table("promotions")
    if promotions is None:
        return Records.empty().promotions
    begun = _past(promotions, "starts", ground)
    begun = begun.mutate(span=span_of(begun.starts, ground.data))
    begun = workdays.numbered(workdays.numbered(begun, "starts", "n_to", -1), "brief_at", "n_from", -1)
    # A brief from before the calendar begins came early enough.
    days = begun.n_to - begun.n_from.fill_null(0)
    ahead = begun.brief_at.notnull() & (begun.brief_at < begun.starts) & (days >= BRIEF_DAYS)
    table = begun.group_by("span").agg(
        promotions=begun.count(), told=begun.brief_at.count(), ahead=ahead.fill_null(False).sum()
    )
    return await fetched(table, ["span"])


async def _goals(ground: Ground) -> pd.DataFrame:
    goals = ground.table("goals")
    if goals is None:
        return Records.empty().goals
    keys = ["campaign", "noted_at", "until"]
    noted = _past(goals, "noted_at", ground)
    return await fetched(noted.group_by(keys).agg(money=total(noted.money)), keys)


async def _kpis(ground: Ground) -> pd.DataFrame:
    kpis = ground.table("kpis")
    if kpis is None:
        return Records.empty().kpis
    keys = ["week", "kpi"]
    noted = _past(kpis, "week", ground)
    noted = noted.mutate(day=noted.week, week=noted.week.truncate("W"), kpi=_word(noted.kpi, FIGURES, "other"))
    return await fetched(_last(noted, keys).group_by(keys).agg(value=ibis._.value.max()), keys)


async def _reviewed(ground: Ground) -> pd.DataFrame:
    kpis = ground.table("kpis")
    if kpis is None:
        return Records.empty().reviewed
    noted = _past(kpis, "week", ground)
    noted = _last(noted.mutate(kpi=ground.engine.stripped(noted.kpi).lower(), day=noted.week), ["kpi"])
    return await fetched(noted.group_by("kpi").agg(last=noted.day.max(), value=noted.value.max()), ["kpi"])


def _last(noted: ir.Table, keys: list[str]) -> ir.Table:
    """The rows of the last ``day`` of each; of several values of one day the largest is taken."""
    last = noted.mutate(_last=noted.day.max().over(ibis.window(group_by=keys)))
    return last.filter(last.day == last["_last"])


async def _kept_clients(ground: Ground) -> int:
    tasks = ground.table("tasks")
    if tasks is None:
        return 0
    noted = _past(tasks, "date", ground)
    found = await asked_row(noted.aggregate(n=noted.decision.lower().re_search(RETENTION).sum()))
    return int(found["n"] or 0)
