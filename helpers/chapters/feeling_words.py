"""Sentences about feeling against money: where they contradict each other, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.chapters import money_words as words
from helpers.chapters.campaigns import lines
from helpers.chapters.feeling import FEWEST_CAMPAIGNS, NOTICEABLE, QUADRANTS, Feeling
from helpers.chapters.feeling_chart import POINTS

if TYPE_CHECKING:
    from helpers.language import Language


WIDE = 0.6
"""An interval of a correlation wider than this holds both "no relation" and a plain one."""


@dataclass(frozen=True)
class FeelingWords:
    """Says what the comparison of ratings and profit shows."""

    feeling: Feeling
    currency: str
    say: Language

    def _money(self, value: float) -> str:
        return self.say.money_short(value, self.currency)

    def _name(self, row: Any) -> str:
        return words.campaign_name(row, self.say)

    def title(self) -> str:
        """Title: where feeling and money contradict each other."""
        say = self.say
        liked, disliked = self.feeling.contradictions()
        if self.feeling.campaigns.empty:
            return say("Feeling against money: too few rated leads to judge")
        if liked is not None and disliked is not None:
            return self._both(liked, disliked)
        if liked is not None:
            name, loss = self._name(liked), self._money(-liked.profit)
            if liked.verdict == "loses":
                return say("Sales like “{name}”, and it has lost {loss}", name=name, loss=loss)
            return say("Sales like “{name}”, which is {loss} short so far: too early to judge", name=name, loss=loss)
        if disliked is not None:
            name, profit = self._name(disliked), self._money(disliked.profit)
            if disliked.verdict == "earns":
                return say("Sales do not like “{name}”, and it has earned {profit}", name=name, profit=profit)
            return say("Sales do not like “{name}”, which is {profit} ahead so far: too early to judge",
                       name=name, profit=profit)  # fmt: skip
        return say("No campaign plainly contradicts the feeling of sales")

    def _both(self, liked: Any, disliked: Any) -> str:
        """Two contradictions in a sentence; a loss or a profit is called one only where the verdict is."""
        say = self.say
        values = {
            "liked": self._name(liked), "loss": self._money(-liked.profit),
            "disliked": self._name(disliked), "profit": self._money(disliked.profit),
        }  # fmt: skip
        if liked.verdict == "loses" and disliked.verdict == "earns":
            return say(
                "Sales like “{liked}”, and it has lost {loss}; they do not like “{disliked}”, and it has earned "
                "{profit}",
                **values,
            )
        if disliked.verdict == "earns":
            return say(
                "Sales do not like “{disliked}”, and it has earned {profit}; “{liked}”, which they like, is {loss} "
                "short so far: too early to judge",
                **values,
            )
        if liked.verdict == "loses":
            return say(
                "Sales like “{liked}”, and it has lost {loss}; “{disliked}”, which they do not like, is {profit} "
                "ahead so far: too early to judge",
                **values,
            )
        return say(
            "Sales like “{liked}”, {loss} short so far, and not “{disliked}”, {profit} ahead so far: too early to "
            "judge either",
            **values,
        )

    def reading(self) -> tuple[str, ...]:
        """How to read the quadrants, how sure the contradictions are, the rank correlation."""
        say, feeling = self.say, self.feeling
        if feeling.campaigns.empty:
            return (
                say(
                    "At least 30 rated leads of one campaign are needed; rated so far: {n}.", n=say.count(feeling.rated)
                ),
            )
        out = [
            say("Right of the line are campaigns whose leads sales rate above their average of {mean}; above it those "
                "that are expected to earn. A good feeling is about talking with the lead, not yet about money.",
                mean=say.number(feeling.middle, 1))
        ]  # fmt: skip
        if len(feeling.campaigns) > POINTS:
            out.append(say("The chart shows the {n} campaigns with the largest expected profit or loss.", n=POINTS))
        found = self.feeling.contradictions()
        if not any(row is not None for row in found):
            out.append(say("Plainly: the rating differs from the average by {points} or more and by more than chance, "
                           "and both the money so far and the expected money say the opposite.",
                           points=say.number(NOTICEABLE, 1)))  # fmt: skip
        for row in found:
            if row is not None:
                out.append(
                    say("“{name}”: rated {rating} of 5, profit so far {profit}, verdict: {verdict}.",
                        name=self._name(row), rating=say.number(row.rating, 1), profit=self._money(row.profit),
                        verdict=words.verdict_text(row.verdict, say))
                )  # fmt: skip
        if math.isnan(feeling.spearman):
            out.append(
                say("Too few campaigns ({n} of at least {need}) to say whether liked campaigns earn more.",
                    n=len(feeling.campaigns), need=FEWEST_CAMPAIGNS)
            )  # fmt: skip
        else:
            out.append(self._correlation())
        return tuple(out)

    def _correlation(self) -> str:
        say, (low, high) = self.say, self.feeling.interval
        numbers = {
            "rho": say.number(self.feeling.spearman, 2),
            "interval": say.interval(low, high, lambda value: say.number(value, 2)),
        }
        if low > 0:
            return say("Better liked campaigns do earn more: rank correlation {rho} (95 %: {interval}).", **numbers)
        if high < 0:
            return say("Better liked campaigns earn less: rank correlation {rho} (95 %: {interval}).", **numbers)
        if high - low > WIDE:
            return say(
                "Whether better liked campaigns earn more cannot be told from these: rank correlation {rho} (95 %: "
                "{interval}).",
                **numbers,
            )
        return say("Feeling does not tell what earns: rank correlation {rho} (95 %: {interval}).", **numbers)

    def alt(self) -> str:
        """Quadrant by quadrant, the campaigns in it."""
        parts = []
        for quadrant in QUADRANTS:
            found = self.feeling.campaigns[self.feeling.campaigns["quadrant"] == quadrant]
            if len(found):
                names = self.say.quoted([self._name(row) for row in lines(found.head(3))])
                parts.append(f"{words.quadrant_text(quadrant, self.say)} ({len(found)}): {names}")
        return self.say("Rating by sales against expected profit per lead. {list}.", list="; ".join(parts))
