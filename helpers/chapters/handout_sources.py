"""What the pages to hand out are filled with: counts of the period, figures of other chapters, blocks to write in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from helpers.chapters.five import five
from helpers.report.model import Block, Quantity, Table
from helpers.stats.shares import MINIMUM
from helpers.stats.survival import Survival, kaplan_meier

if TYPE_CHECKING:
    import pandas as pd

    from helpers.chapters.base import Chapter
    from helpers.chapters.money import Money
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language


@dataclass(frozen=True)
class Sources:
    """The client's own data, as counted by this and other chapters; each part may be missing."""

    facts: Facts
    client: Client
    say: Language
    money: Money | None
    chapters: Sequence[Chapter]

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Key figures of the other chapters."""
        out: dict[str, Any] = {}
        for chapter in self.chapters:
            out |= chapter.figures()
        return out

    @cached_property
    def five(self) -> dict[str, float | None]:
        """The five statistics, as far as they are known."""
        return five(self.figures)

    @cached_property
    def leads(self) -> pd.DataFrame:
        """``facts.leads`` of the period."""
        return self.facts.leads[self.facts.leads["span"] == "now"]

    def total(self, column: str) -> int:
        """Sum of a column over the leads of the period."""
        return int(self.leads[column].sum())

    @property
    def won(self) -> int:
        """Leads of the period that have bought so far."""
        return int(self.leads.loc[self.leads["outcome"] == "won", "leads"].sum())

    @property
    def marked(self) -> bool:
        """Whether leads are marked as qualified at all."""
        return "leads.qualified" in self.facts.has

    @cached_property
    def waiting(self) -> Survival | None:
        """How long the leads of the period wait for their first answer; None where nothing is recorded."""
        table = self.facts.speed.months
        table = table[table["span"] == "now"]
        if not self.facts.speed.clock.source or not len(table):
            return None
        return kaplan_meier(table["minutes"], table["answered"].astype(bool), table["leads"])

    def reasons(self) -> pd.DataFrame:
        """reason ("": none given) | leads that sales refused in the period, most frequent first."""
        table = self.facts.handover.reasons
        table = table[(table["span"] == "now") & (table["kind"] == "rejected")]
        return table.sort_values(["leads", "reason"], ascending=[False, True])[["reason", "leads"]]

    def share(self, part: float, whole: float) -> str:
        """A share as written; "too few to judge" under 30."""
        if whole < MINIMUM:
            return self.say("too few to judge")
        return self.say.share(part / whole, 1 if 0 < part / whole < 0.1 else 0)

    def money_text(self, value: float | None) -> str:
        """Money as written, '?' where it is not known."""
        if value is None or not math.isfinite(value):
            return "?"
        return self.say.money(value, self.client.currency)

    def share_cell(self, value: float | None) -> Quantity | str:
        """A share in a column of texts, '?' where it is not known."""
        if value is None:
            return "?"
        return Quantity(text=self.say.share(value, 1), kind="share", digits=1, value=value)

    def count_cell(self, value: int) -> Quantity:
        """A count in a column of texts."""
        return Quantity(text=self.say.count(value), kind="count", value=value)

    def money_cell(self, value: float | None) -> Quantity | str:
        """The same in a table."""
        text = self.money_text(value)
        return text if value is None or not math.isfinite(value) else Quantity(text=text, kind="money", value=value)

    def head(self, team: str) -> str:
        """Whom a line is signed by: the role, with the name where client.yml gives one."""
        role = {"marketing": self.say("Head of marketing"), "sales": self.say("Head of sales")}[team]
        name = self.client.heads.get(team)  # type: ignore[call-overload]
        return f"{role} ({name})" if name else role

    def signatures(self) -> tuple[Block, ...]:
        """Two lines for signatures and one for the day."""
        return (line(self.head("marketing")), line(self.head("sales")), line(self.say("Date")))

    def rule(self) -> str:
        """The client's own rule of a qualified lead in words; empty where none is given."""
        say = self.say
        own = next((stage.when for stage in self.client.stages if stage.key == "qualified" and stage.when), "")
        if own:
            return own
        wish = self.client.qualified
        if wish and wish.bant:
            names = say.list([self.mark(name) for name in wish.bant.columns])
            return say("at least {n} of {all}: {marks}", n=wish.bant.at_least, all=len(wish.bant.columns), marks=names)
        if wish and wish.mark:
            return say("the mark of the CRM that the lead is qualified")
        return ""

    def mark(self, name: str) -> str:
        """What a mark of BANT asks."""
        say = self.say
        return {
            "budget": say("has the money"),
            "authority": say("decides or takes part in the decision"),
            "need": say("needs what we sell"),
            "timing": say("wants to buy soon"),
        }[name]


def heading(text: str) -> Block:
    """A heading."""
    return Block(kind="heading", text=text)


def text(words: str) -> Block:
    """A paragraph."""
    return Block(kind="text", text=words)


def bullets(items: Sequence[str]) -> Block:
    """A list."""
    return Block(kind="bullets", items=tuple(items))


def steps(items: Sequence[str]) -> Block:
    """A numbered list."""
    return Block(kind="steps", items=tuple(items))


def table(rows: Table) -> Block:
    """A table."""
    return Block(kind="table", table=rows)


def line(label: str) -> Block:
    """A line to be filled in by hand."""
    return Block(kind="line", text=label)
