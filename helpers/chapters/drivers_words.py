"""What the drivers chapter says: which part of the change came with what. Parts name a place, not somebody's fault."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.chapters.base import inside
from helpers.chapters.campaigns import lines
from helpers.chapters.drivers_measure import OTHERS
from helpers.report.model import Column, Quantity, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.drivers_measure import MeasuredDrivers, Part
    from helpers.language import Language

FEW = 3
"""Causes that a paragraph names."""
MOST = 0.4
"""A part that makes so much of the change is its cause "above all"."""
CHANNELS = 7
"""Channels that a table names, each a column of it; the rest is in audit.json."""


def factor_name(factor: str, say: Language) -> str:
    """A factor as the name of a line."""
    return {
        "spend": say("Amount spent"),
        "free": say("Leads that cost nothing"),
        "leads": say("Number of leads"),
        "mix": say("Mix of channels"),
        "price": say("Price of a lead"),
        "quality": say("Share of qualified leads"),
        "closing": say("Conversion of qualified lead to customer"),
        "conversion": say("Conversion of lead to customer"),
        "repeat": say("Sales per customer"),
        "deal": say("Gross profit of a sale"),
        "per_qualified": say("Gross profit per qualified lead"),
        "per_lead": say("Gross profit per lead"),
    }[factor]


def owner_name(owner: str, say: Language) -> str:
    """Who answers for a factor."""
    return {
        "marketing": say("Marketing"),
        "sales": say("Sales"),
        "joint": say("Both departments"),
        "success": say("After the sale"),
        "product": say("Product and price"),
    }[owner]


@dataclass(frozen=True)
class DriverWords:
    """Says what the measure shows."""

    measured: MeasuredDrivers
    currency: str
    say: Language
    period: str
    """The compared months of the period, as written."""
    other: str
    """The compared months of the other period, or of the plan, as written."""

    @property
    def other_season(self) -> bool:
        """Whether the compared months are not the same months of the year."""
        months = {span: {month.month for month in self.measured.age.months[span]} for span in self.measured.age.months}
        return self.measured.basis == "before" and months["now"] != months["before"]

    def money(self, value: float, signed: bool = False) -> str:
        """Money as short as a headline wants it."""
        return self.say.money_short(value, self.currency, signed=signed)

    def signed(self, value: float) -> str:
        """Money with its sign."""
        return self.money(value, signed=True)

    def _profit(self) -> str:
        return self.say("Profit a month") if self.measured.spent else self.say("Gross profit a month")

    def cause(self, part: Part) -> str:
        """What happened, in words both departments can accept."""
        say, more = self.say, part.now > part.was
        if part.factor == "mix":
            return (
                say("money and leads moved to channels that earn more")
                if part.value > 0
                else say("money and leads moved to channels that earn less")
            )
        if self.measured.basis == "plan":
            return (
                say("{factor} above the plan", factor=inside(factor_name(part.factor, say)))
                if more
                else say("{factor} below the plan", factor=inside(factor_name(part.factor, say)))
            )
        phrases = {
            "spend": (say("more was spent on advertising"), say("less was spent on advertising")),
            "free": (say("more leads came without advertising"), say("fewer leads came without advertising")),
            "price": (say("leads became more expensive"), say("leads became cheaper")),
            "quality": (say("a larger share of leads was qualified"), say("a smaller share of leads was qualified")),
            "closing": (say("qualified leads became customers more often"),
                        say("qualified leads became customers less often")),
            "conversion": (say("leads became customers more often"), say("leads became customers less often")),
            "repeat": (say("customers came back more often"), say("customers came back less often")),
            "deal": (say("a sale brought more gross profit"), say("a sale brought less gross profit")),
        }  # fmt: skip
        return phrases[part.factor][0 if more else 1]

    # Sentences -------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        """The change and its largest sure cause."""
        say, measured, named = self.say, self.measured, self.measured.named()
        same = [part for part in named if part.value * measured.change > 0]
        change = self.money(abs(measured.change))
        if measured.basis == "plan":
            head = (
                say("{profit} is {change} below the plan", profit=self._profit(), change=change)
                if measured.change < 0
                else say("{profit} is {change} above the plan", profit=self._profit(), change=change)
            )
        else:
            head = (
                say("{profit} fell by {change}", profit=self._profit(), change=change)
                if measured.change < 0
                else say("{profit} grew by {change}", profit=self._profit(), change=change)
            )
        if not measured.enough:
            return say("{head}: too few leads to say why", head=head)
        if not measured.sure:
            return say("{head}: no more than luck alone would explain", head=head)
        if not same or abs(same[0].value) < MOST * abs(measured.change):
            return say("{head}: no single part explains most of it", head=head)
        return say("{head}, above all because {cause}: {money}",
                   head=head, cause=self.cause(same[0]), money=self.signed(same[0].value))  # fmt: skip

    def verdict(self) -> str:
        """One paragraph in words both departments can accept."""
        say, measured = self.say, self.measured
        first = say(
            "{profit}: {before} ({other}), now {after} ({period}). The change is {change}; allowing for luck, "
            "{interval}.",
            profit=self._profit(), before=self.money(measured.before), after=self.money(measured.after),
            other=self.other, period=self.period, change=self.signed(measured.change),
            interval=say.interval(measured.low, measured.high, self.signed),
        )  # fmt: skip
        named = measured.named()[:FEW]
        causes = [say("{cause} ({money})", cause=self.cause(part), money=self.signed(part.value)) for part in named]
        unsure = (
            say("No single part is larger than luck alone could make it.")
            if measured.enough
            else say("Under {n} leads in one of the periods: too few to say what took part.", n=MINIMUM)
        )
        middle = say("What played a part beyond chance: {list}.", list="; ".join(causes)) if causes else unsure
        shares = [
            say("{owner} {money}", owner=owner_name(owner, say), money=self.signed(value))
            for owner, (value, _, _) in measured.owners.items()
        ]
        return " ".join(
            [
                first,
                middle,
                say("By the stretch of the way on which the change arose: {list}.", list="; ".join(shares)),
                say("The parts add up to the change exactly. A part says where on the way from advertising to money "
                    "the change arose, not who is to blame: each stretch works with what the one before hands over."),
            ]
        )  # fmt: skip

    def reading(self) -> tuple[str, ...]:
        """How to read the picture."""
        say = self.say
        out = [
            say("Each bar begins where the one above it ends. Line: where the part lies with 95 % probability. Pale: "
                "the part may be luck."),
            say("Blue is marketing's stretch, orange that of sales, violet belongs to both."),
        ]  # fmt: skip
        if self.other_season:
            out.append(say("The two periods hold different months of the year: a season may hide in the parts."))
        return tuple(out)

    def alt(self) -> str:
        """The waterfall in words."""
        say, measured = self.say, self.measured
        parts = [
            f"{factor_name(part.factor, say)}: {self.signed(part.value)} "
            f"({say.interval(part.low, part.high, self.signed)})"
            for part in measured.parts
        ]
        return say(
            "{profit} before: {before}. {list}. Now: {after}.",
            profit=self._profit(), before=self.money(measured.before), list="; ".join(parts),
            after=self.money(measured.after),
        )  # fmt: skip

    # Tables ----------------------------------------------------------------------------------------------------------

    def table(self) -> Table:
        """Every factor: before, now, part of the change, interval, owner."""
        say, measured = self.say, self.measured
        plan = measured.basis == "plan"
        columns = (
            Column(label=say("Part")),
            Column(label=say("Whose stretch")),
            Column(label=say("Plan") if plan else say("Before")),
            Column(label=say("Now")),
            Column(label=say("Change of profit a month"), kind="money"),
            Column(label=say("Interval 95 %")),
            Column(label=say("How sure")),
        )
        rows = [
            (
                factor_name(part.factor, say),
                owner_name(part.owner, say),
                self._figure(part.factor, part.was),
                self._figure(part.factor, part.now),
                part.value,
                self._range(part),
                say("more than luck") if part.sure and measured.enough else say("may be luck"),
            )
            for part in measured.parts
        ]
        rows.append(
            (
                say("All together"),
                "",
                self._money_cell(measured.before),
                self._money_cell(measured.after),
                measured.change,
                self._range(measured),
                say("more than luck") if measured.sure else say("may be luck"),
            )
        )
        return Table(columns=columns, rows=tuple(rows), total=True)

    def _range(self, change: MeasuredDrivers | Part) -> Quantity:
        text = self.say.interval(change.low, change.high, self.signed)
        return Quantity(text=text, kind="money", low=change.low, high=change.high)

    def _money_cell(self, value: float) -> Quantity:
        return Quantity(text=self.money(value), kind="money", value=value)

    def _figure(self, factor: str, value: float) -> Quantity | None:
        """A factor of all channels together as it is written."""
        say = self.say
        if math.isnan(value):
            return None
        if factor in ("quality", "closing", "conversion"):
            return Quantity(text=say.share(value, 1), kind="share", digits=1, value=value)
        if factor == "repeat":
            return Quantity(text=say.number(value, 2), digits=2, value=value)
        if factor in ("free", "leads"):
            return Quantity(text=say.count(value), kind="count", value=value)
        return self._money_cell(value)

    def channels(self) -> Table:
        """Profit a month of each channel, and what its change came with."""
        say, table = self.say, self.measured.channels
        names = [part.factor for part in self.measured.parts]
        parts = (
            say("Profit a month before"),
            say("Profit a month now"),
            say("Change"),
            *(factor_name(name, say) for name in names),
        )
        # Tests and the like: no money before, none now.
        table = table[table[["before", "after", *names]].any(axis=1)]
        order = (table["after"] - table["before"]).abs().sort_values(ascending=False, kind="stable").index
        channels = [
            (self.channel(row), row.before, row.after, row.after - row.before, *(getattr(row, name) for name in names))
            for row in lines(table.loc[order[:CHANNELS]])
        ]
        rest = table.loc[order[CHANNELS:]]
        if len(rest):
            sums = rest.select_dtypes("number").sum()
            change = sums["after"] - sums["before"]
            label = say.plural("{n} more channel", "{n} more channels", len(rest))
            channels.append((label, sums["before"], sums["after"], change, *(sums[name] for name in names)))
        columns = (Column(label=say("Part")), *(Column(label=channel[0], kind="money") for channel in channels))
        rows = ((part, *(channel[i] for channel in channels)) for i, part in enumerate(parts, 1))
        return Table(columns=columns, rows=tuple(rows))

    def channel(self, row: object) -> str:
        """Name of a line."""
        say, name, paid = self.say, str(getattr(row, "channel")), bool(getattr(row, "paid"))  # noqa: B009
        if name == OTHERS:
            return say("small channels with spend") if paid else say("small channels without spend")
        twice = self.measured.channels["channel"].eq(name).sum() > 1
        label = name or say("channel unknown")
        if not twice:
            return label
        return say("{channel}, with spend", channel=label) if paid else say("{channel}, without spend", channel=label)
