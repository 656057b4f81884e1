"""The first sentence of the report: what is lost a month and where. And the opening of the chapter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.chapters.actions_stakes import Stake
from helpers.chapters.base import inside

if TYPE_CHECKING:
    from helpers.chapters.actions_base import Base
    from helpers.chapters.actions_order import Step
    from helpers.chapters.actions_words import Words

ALSO = 2
"""Further losses that the opening names."""


def told(stakes: Sequence[Stake]) -> list[Stake]:
    """Stakes that are more than chance, the largest first."""
    return sorted((stake for stake in stakes if stake.state == "told"), key=lambda stake: -stake.middle)


def headline(stakes: Sequence[Stake], base: Base, words: Words) -> str:
    """What is lost a month and where; where chance or the data forbid to say it, that."""
    say = words.say
    if found := told(stakes):
        return _loss(found[0], words)
    known = [stake for stake in stakes if stake.known]
    # The price of a lead alone does not tell where money is lost when no sale could be weighed.
    if any(stake.driver not in ("lead_cost", "losing") for stake in known):
        most = max(known, key=lambda stake: stake.high)
        if most.high <= 0:
            return say("No figure lies below the company's own best quarter: nothing can be told to be lost")
        return say(
            "What is lost a month cannot be told from chance; at most {money}: {figure}",
            money=words.money(most.high), figure=inside(words.label(most.driver)),
        )  # fmt: skip
    if not base.leads:
        return say("What is lost a month cannot be counted: the data hold no leads of the period")
    if not base.ripe:
        return say("What is lost a month cannot be counted yet: the leads of the period are too young")
    return say("What is lost between the lead and the sale cannot be said in money: too few sales with an amount")


def _loss(stake: Stake, words: Words) -> str:
    say = words.say
    money = say.interval(stake.low, stake.high, words.money)
    return {
        "answer": say("Late first answers may cost about {money} a month", money=money),
        "untouched": say("Leads that nobody answers cost about {money} a month", money=money),
        "qualified": say(
            "Beyond chance most is lost on the way to a qualified lead: about {money} a month", money=money
        ),
        "win_rate": say(
            "Beyond chance most is lost between the qualified lead and the sale: about {money} a month", money=money
        ),
        "conversion": say(
            "Beyond chance most is lost between the lead and the sale: about {money} a month", money=money
        ),
        "deal": say("Beyond chance most is lost on the size of a sale: about {money} a month", money=money),
        "lead_cost": say("Beyond chance most is lost on the price of a lead: about {money} a month", money=money),
        "losing": say("Campaigns that do not pay back cost about {money} a month", money=money),
    }[stake.driver]


def lead(stakes: Sequence[Stake], base: Base, words: Words, steps: Sequence[Step]) -> tuple[str, ...]:
    """The opening of the chapter: the loss, what stands beside it, what to start with."""
    say = words.say
    out = [headline(stakes, base, words) + "."]
    if also := told(stakes)[1 : 1 + ALSO]:
        parts = [f"{inside(words.label(stake.driver))} - {say.interval(stake.low, stake.high, words.money)}"
                 for stake in also]  # fmt: skip
        out.append(
            say("Beside it, a month: {list}. The sums overlap and are not to be added up.", list="; ".join(parts))
        )
    if base.short and base.ripe:
        out.append(
            say("The period is younger than a usual sale takes: only sales within {days} of the lead are seen, so the "
                "money is a lower bound.", days=say.days(base.age))
        )  # fmt: skip
    if steps:
        out.append(say("Start with: {names}.", names=words.names(steps[:3])))
    else:
        out.append(say("No step stands out: neither the figures nor the answers lie below where they should be. Keep "
                       "the joint meeting and look again at the next audit."))  # fmt: skip
    return tuple(out)
