"""What if? Sliders that move the company's own figures, and the profit that follows, with its interval. Notebook only.

audit.WhatIf.measure(facts, client, say)
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from helpers.chapters.whatif_measure import Dials, Measured, Outcome, measure_whatif, turned

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language

STEPS = 200
"""Positions of a slider."""
TENTH = 1.1
"""What the printed table turns each figure by."""


@dataclass(frozen=True)
class WhatIf:
    """The sliders; ``measure`` makes them. Shows itself in a notebook; where none runs, as a table."""

    say: Language
    client: Client
    measured: Measured
    margin_known: bool
    """False: no margin was given, and profit is revenue less spend."""

    @classmethod
    def measure(cls, facts: Facts, client: Client, say: Language) -> WhatIf:
        """Today's figures of the ripe months of the audited period."""
        known = client.margin_given or "deals.margin" in facts.has
        return cls(say, client, measure_whatif(facts, client), known)

    def __repr__(self) -> str:
        """The state in one sentence: today's profit, or why there is none."""
        return self.missing() or self.told(self.measured.outcome(self.measured.today))

    # Words -----------------------------------------------------------------------------------------------------------

    def label(self, name: str) -> str:
        """A figure as the slider calls it."""
        say = self.say
        limit = say.minutes(self.client.limits.first_answer_min)
        return {
            "kept": say("First answers within {limit}", limit=limit),
            "qualified": say("Share of qualified leads"),
            "win_rate": say("Customers of qualified leads")
            if self.measured.marked
            else say("Conversion of lead to customer"),
            "deal": say("Average deal"),
            "spend": say("Spend a month"),
        }[name]

    def written(self, name: str, value: float) -> str:
        """Its value."""
        if name in ("deal", "spend"):
            return self.say.money_short(value, self.client.currency)
        return self.say.share(value, 0 if value >= 0.1 else 1)

    def missing(self) -> str:
        """Why there is nothing to turn; empty where there is."""
        say = self.say
        return {
            "": "",
            "no_leads": say("What if: the data hold no leads of the period."),
            "too_young": say("What if: all leads of the period are too young to know what they bring."),
            "too_few": say("What if: fewer than 30 ripe leads, too few to judge."),
            "no_sales": say("What if: no sale with an amount is known; write the amounts of deals into the CRM."),
        }[self.measured.missing]

    def told(self, outcome: Outcome) -> str:
        """Profit a month and its change in a sentence."""
        say, currency = self.say, self.client.currency

        def money(value: float) -> str:
            return say.money_short(value, currency)

        now = {"profit": money(outcome.profit), "range": say.interval(outcome.low, outcome.high, money)}
        if abs(outcome.change) < 1e-9 and abs(outcome.change_high - outcome.change_low) < 1e-9:
            return say("Profit a month as it is today: {profit} (95 %: {range}).", **now)
        return say(
            "Profit a month: {profit} (95 %: {range}); {change} against today (95 %: {moved}).",
            change=say.money_short(outcome.change, currency, signed=True),
            moved=say.interval(outcome.change_low, outcome.change_high, money),
            **now,
        )

    def cautions(self) -> tuple[str, ...]:
        """What the sliders cannot know."""
        say, measured = self.say, self.measured
        out = [
            say("Counted from leads of the ripe months, with sales within {days} of the lead. Everything that is not "
                "turned stays as it is: more spend buys leads at today's price, which a growing campaign rarely does.",
                days=say.days(measured.age.days)),
        ]  # fmt: skip
        if not self.margin_known:
            out.append(say("No margin was given, so profit here is revenue less spend. The real profit is lower."))
        if "kept" in measured.today.known():
            if measured.effect != measured.effect:
                out.append(
                    say("Too few leads were answered in time, or late, to see what goes with it: this slider does not "
                        "move profit.")
                )  # fmt: skip
            elif measured.effect_low > 0:
                out.append(
                    say("Of leads answered in time {more} more became customers than of leads of the same channel "
                        "answered later (95 %: {range}). Quick answers also go to hot leads: this goes together, it is "
                        "not proof.",
                        more=say.points(measured.effect, 1), range=self._points())
                )  # fmt: skip
            else:
                out.append(
                    say("The data do not show that leads answered in time become customers more often ({range} within "
                        "a channel): this slider moves profit by no more than that.", range=self._points())
                )  # fmt: skip
        return tuple(out)

    def _points(self) -> str:
        say, measured = self.say, self.measured
        return say.interval(measured.effect_low, measured.effect_high, lambda value: say.points(value, 1))

    # What is seen ----------------------------------------------------------------------------------------------------

    def html(self) -> str:
        """Today's figures, and what one tenth more of each would bring: for where no notebook runs."""
        say, measured = self.say, self.measured
        if self.missing():
            return _framed(f"<p>{escape(self.missing())}</p>")
        heads = (say("Figure"), say("Today"), say("If it were"), say("Profit a month then"), say("Change (95 %)"))
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in self._tenths())
        head = "".join(f"<th>{escape(text)}</th>" for text in heads)
        words = "".join(f"<p>{escape(text)}</p>" for text in (repr(self), *self.cautions()))
        return _framed(
            f"<p><strong>{escape(say('What if one figure were better?'))}</strong></p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{words}"
            f"<p>{escape(say('In a running notebook these figures are sliders.'))}</p>"
        ) if measured.today.known() else _framed(words)  # fmt: skip

    def _tenths(self) -> list[tuple[str, ...]]:
        say, measured, currency = self.say, self.measured, self.client.currency
        rows: list[tuple[str, ...]] = []
        for name in measured.today.known():
            value = float(getattr(measured.today, name))
            # Answers in time are turned by ten percentage points: a tenth of little is nothing.
            more = value + 0.1 if name == "kept" else TENTH * value
            dials = turned(measured.today, name, more)
            found = measured.outcome(dials)
            moved = say.interval(found.change_low, found.change_high, lambda money: say.money_short(money, currency))
            rows.append(
                (
                    self.label(name),
                    self.written(name, value),
                    self.written(name, float(getattr(dials, name))),
                    say.money_short(found.profit, currency),
                    f"{say.money_short(found.change, currency, signed=True)} ({moved})",
                )
            )
        return rows

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        static = {"text/html": self.html(), "text/plain": repr(self)}
        if self.missing() or not self.measured.today.known():
            return static
        # A notebook that runs shows the sliders, all others the table.
        return {**Sliders(self).box._repr_mimebundle_(**kwargs), **static}


class Sliders:
    """The live part: a slider for each figure, the profit below."""

    def __init__(self, whatif: WhatIf) -> None:
        import ipywidgets

        self._whatif = whatif
        self._today = whatif.measured.today
        # As wide as the questionnaire's form; a long label takes the line above on a narrow screen.
        wide = ipywidgets.Layout(width="100%", max_width="46rem")
        style = {"description_width": "16rem"}
        self.sliders: dict[str, Any] = {}
        self._values: dict[str, Any] = {}
        rows = []
        for name in self._today.known():
            low, high = self._today.limits(name)
            value = float(getattr(self._today, name))
            slider = ipywidgets.FloatSlider(
                value=value, min=low, max=high, step=(high - low) / STEPS, readout=False, style=style,
                description=whatif.label(name), layout=ipywidgets.Layout(flex="1 1 20rem"),
            )  # fmt: skip
            slider.observe(self._turned, "value")
            self.sliders[name] = slider
            # No Label: that one reads "$5,066 → $5,572" as a formula.
            self._values[name] = ipywidgets.HTML(layout=ipywidgets.Layout(width="10rem"))
            rows.append(ipywidgets.HBox([slider, self._values[name]], layout=wide))
        self.button = ipywidgets.Button(description=whatif.say("Back to today"))
        self.button.on_click(self._back)
        self.result = ipywidgets.HTML()
        words = ipywidgets.HTML("".join(f"<p>{escape(text)}</p>" for text in whatif.cautions()))
        self.box = ipywidgets.VBox([*rows, self.button, self.result, words], layout=wide)
        self._turned(None)

    def dials(self) -> Dials:
        """The figures as the sliders stand."""
        dials = self._today
        for name, slider in self.sliders.items():
            # Where a slider has not been touched the figure is today's to the last digit, whatever the step.
            value = float(slider.value)
            today = float(getattr(self._today, name))
            dials = turned(dials, name, today if abs(value - today) <= slider.step / 2 else value)
        return dials

    def _turned(self, _: Any) -> None:
        dials, whatif = self.dials(), self._whatif
        for name, label in self._values.items():
            now, today = (float(getattr(one, name)) for one in (dials, self._today))
            text = whatif.written(name, now)
            label.value = escape(text if now == today else f"{whatif.written(name, today)} → {text}")
        told = whatif.told(whatif.measured.outcome(dials))
        self.result.value = f'<p role="status"><strong>{escape(told)}</strong></p>'

    def _back(self, _: Any) -> None:
        for name, slider in self.sliders.items():
            slider.value = float(getattr(self._today, name))


def _framed(html: str) -> str:
    # Jupyter must not read $...$ as a formula.
    return f'<div class="audit tex2jax_ignore mathjax_ignore">{html}</div>'
