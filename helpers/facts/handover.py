"""What happens to leads on their way from marketing to sales: marks, refusals, repeats, pay (METHOD.md "Leads").

How many leads are qualified, accepted and refused stands in ``Facts.leads``; here is what goes with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.facts.exact import total
from helpers.facts.ground import Ground, empty, fetched
from helpers.facts.staff import teams
from helpers.sources.asking import together
from helpers.sources.names import canonical

if TYPE_CHECKING:
    import ibis.expr.types as ir

BANT = ("budget", "authority", "need", "timing")
PERSONS = ["leads", "named", "people"]
BETWEEN = "\x1f"
"""Between channels; no cell holds it."""
CELLS = ["both", "first_only", "second_only", "neither"]
MOST_PAIRS = 10
"""Pairs of people whose sorting is compared, those with most leads in common."""


@dataclass(frozen=True)
class Handover:
    """Counted tables; ``span`` is that of the lead's creation, money is in the client's currency."""

    marks: pd.DataFrame
    """span, mark (a name of BANT) | yes, no, unknown."""
    reasons: pd.DataFrame
    """span, kind, reason ("": none given) | leads. ``kind``: "rejected" (by sales), "lost" (lost, not refused)."""
    persons: pd.DataFrame
    """span, channel | leads, named (of them with a person), people (different persons among these)."""
    reported: pd.DataFrame
    """month, department | leads, qualified, customers as the department itself reports them (NaN: not said)."""
    sorting: pd.DataFrame
    """first, second (people) | CELLS: leads that both, only one, or neither of them calls qualified."""
    pay: pd.DataFrame
    """month, person, kind, team ("": not known) | leads (NaN: not said), amount."""

    @classmethod
    def empty(cls) -> Handover:
        """Nothing known."""
        return cls(
            marks=empty(["span", "mark"], ["yes", "no", "unknown"]),
            reasons=empty(["span", "kind", "reason"], ["leads"]),
            persons=empty(["span", "channel"], PERSONS),
            reported=empty(["month", "department"], ["leads", "qualified", "customers"]),
            sorting=empty(["first", "second"], CELLS),
            pay=empty(["month", "person", "kind", "team"], ["leads", "amount"]),
        )


async def count_handover(ground: Ground) -> Handover:
    """Count what a client has of it; the rest stays empty."""
    leads = ground.leads
    return Handover(
        *await together(
            _marks(ground, leads), _reasons(ground, leads), _persons(ground, leads),
            _reported(ground), _sorting(ground), _pay(ground),
        )
    )  # fmt: skip


async def _marks(ground: Ground, leads: ir.Table | None) -> pd.DataFrame:
    if leads is None:
        return Handover.empty().marks
    wish = ground.client.qualified
    names = wish.bant.columns if wish and wish.bant else BANT
    clean = ground.data.tables["leads"]
    marks = clean.select(of=clean.lead_id, **{name: clean[name] for name in names})
    joined = leads.select("lead_id", "span").inner_join(marks, [("lead_id", "of")])
    sums: dict[str, ir.Scalar] = {}
    for name in names:
        held = joined[name]
        sums |= {
            f"{name}:yes": held.fill_null(False).sum(),
            f"{name}:no": (~held).fill_null(False).sum(),
            f"{name}:unknown": held.isnull().sum(),
        }
    wide = await fetched(joined.group_by("span").agg(**sums), ["span"])
    rows = [
        {"span": row["span"], "mark": name, **{kind: row[f"{name}:{kind}"] for kind in ("yes", "no", "unknown")}}
        for row in wide.to_dict("records")
        for name in names
    ]
    frame = pd.DataFrame(rows, columns=["span", "mark", "yes", "no", "unknown"])
    # A column nobody ever fills says nothing about leads.
    known = frame.groupby("mark")[["yes", "no"]].transform("sum").sum(axis=1) > 0
    return frame[known].reset_index(drop=True)


def gone_leads(ground: Ground, leads: ir.Table) -> ir.Table:
    """Leads that sales refused (``kind`` "rejected") or that were lost, with the reason of the lead or of its deal."""
    refused = (~leads.accepted).fill_null(False)
    gone = leads.filter(refused | (leads.outcome == "lost"))
    gone = gone.mutate(kind=ibis.ifelse(refused, "rejected", "lost"))
    if ground.deals is not None:
        lost = ground.deals.filter((ground.deals.outcome == "lost") & (ground.deals.reason.fill_null("") != ""))
        engine = ground.engine
        told = lost.group_by("to_lead").agg(deal_reason=engine.restored(engine.ordered(lost.reason).min()))
        gone = gone.left_join(told, [("lead_id", "to_lead")])
        gone = gone.mutate(reason=ibis.ifelse(gone.reason == "", gone.deal_reason.fill_null(""), gone.reason))
    return gone


def one_wording(frame: pd.DataFrame) -> dict[str, str]:
    """Reason as found → as shown, by the counted table ``frame`` (reason | leads)."""
    words = frame.groupby("reason")["leads"].sum()
    return {"": "", **canonical({str(text): int(n) for text, n in words.items() if text}, {})}


async def _reasons(ground: Ground, leads: ir.Table | None) -> pd.DataFrame:
    if leads is None:
        return Handover.empty().reasons
    gone = gone_leads(ground, leads)
    keys = ["span", "kind", "reason"]
    frame = await fetched(gone.group_by(keys).agg(leads=gone.count()), keys)
    frame["reason"] = frame["reason"].map(one_wording(frame))
    return frame.groupby(keys, sort=True)["leads"].sum().reset_index()


async def _persons(ground: Ground, leads: ir.Table | None) -> pd.DataFrame:
    if leads is None:
        return Handover.empty().persons
    keys = ["span", "channel"]
    counts = leads.group_by(keys).agg(leads=leads.count(), named=leads.person.count(), people=leads.person.nunique())
    # The same person under two spellings of a channel is one: of those who came by several channels which these are.
    named = leads.filter(leads.person.notnull())
    each = named.group_by(["span", "person", "channel"]).agg(n=named.count())
    each = each.mutate(text=each.channel.concat(BETWEEN))
    people = each.group_by(["span", "person"]).agg(channels=each.text.group_concat(""), n=each.count())
    several = people.filter(people.n > 1).group_by(["span", "channels"]).agg(people=lambda t: t.count())
    frame, both = await together(fetched(counts, keys), fetched(several, ["span", "channels"]))
    frame = ground.one_spelling(frame, PERSONS)
    for span, channels, people_of_these in both.itertuples(index=False):
        found = [ground.channels.get(name, name) for name in channels.split(BETWEEN)[:-1]]
        for name in set(found):
            same = (frame["span"] == span) & (frame["channel"] == name)
            frame.loc[same, "people"] -= (found.count(name) - 1) * people_of_these
    return frame


async def _reported(ground: Ground) -> pd.DataFrame:
    figures = ground.table("figures")
    if figures is None:
        return Handover.empty().reported
    made = figures.mutate(
        month=figures.month.truncate("M"), department=ground.engine.stripped(figures.department).lower()
    )
    numbers = {name: made[name].sum().cast("float64") for name in ("leads", "qualified", "customers")}
    return await fetched(made.group_by(["month", "department"]).agg(**numbers), ["month", "department"])


async def _sorting(ground: Ground) -> pd.DataFrame:
    """Two people who sorted the same leads; who changed his mind is counted by what he said of it most firmly: yes."""
    sorting = ground.table("sorting")
    if sorting is None:
        return Handover.empty().sorting
    once = sorting.mutate(person=ground.engine.stripped(sorting.person))
    once = once.group_by(["lead_id", "person"]).agg(yes=once.qualified.any())
    once = once.mutate(rank=ground.engine.ordered(once.person))
    other = once.select(lead="lead_id", second="person", second_yes="yes", second_rank="rank")
    pairs = once.inner_join(other, [once.lead_id == other.lead, once.rank < other.second_rank])
    first, second = pairs.yes, pairs.second_yes
    table = pairs.group_by(first="person", second="second").agg(
        both=(first & second).sum(),
        first_only=(first & ~second).sum(),
        second_only=(~first & second).sum(),
        neither=(~first & ~second).sum(),
    )
    frame = await fetched(table, ["first", "second"])
    most = frame[CELLS].sum(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_PAIRS]
    return frame.loc[sorted(most)].reset_index(drop=True)


async def _pay(ground: Ground) -> pd.DataFrame:
    pay = ground.table("pay")
    if pay is None:
        return Handover.empty().pay
    person, kind = (ground.engine.stripped(text.fill_null("")) for text in (pay.person, pay.kind))
    made = pay.mutate(month=pay.month.truncate("M"), person=person, kind=kind)
    keys = ["month", "person", "kind"]
    table = made.group_by(keys).agg(leads=made.leads.sum().cast("float64"), amount=total(made.amount))
    frame = await fetched(table, keys)
    known = teams(ground)
    frame["person"] = [ground.managers.get(name, name) for name in frame["person"]]
    frame["team"] = [known.get(name, "") for name in frame["person"]]
    keys = [*keys, "team"]
    return frame.groupby(keys, sort=True)[["leads", "amount"]].sum(min_count=1).reset_index()
