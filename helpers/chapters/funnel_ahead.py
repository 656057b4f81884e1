"""Today's funnel, and the same funnel after each of the three steps: what becomes visible, and to whom.

Pay for qualified leads, a joint weekly meeting, shared statistics - in this order, each upon the one before.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from helpers.chapters.funnel_visibility import DEPARTMENTS
from helpers.chapters.funnel_words import department_name
from helpers.language import UNKNOWN
from helpers.report import model, theme
from helpers.report.model import Cell, Column, Exhibit, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from helpers.chapters.actions_stakes import Stake
    from helpers.chapters.funnel_measure import Step
    from helpers.chapters.funnel_visibility import Visibility
    from helpers.client import Client
    from helpers.language import Language

STEPS = ("today", "pay", "meeting", "statistics")
MOVES = {"pay": ("qualified",), "meeting": ("win_rate", "conversion"), "statistics": ("losing",)}
"""Step → figures of the chapter of actions that it is about: more of the leads are qualified where only these are paid
for; what sales and marketing settle together shows in sales; who sees what a customer costs moves the budget."""
_ROW = 0.3
_HEAD, _FOOT = 0.55, 0.6


@dataclass(frozen=True)
class View:
    """The funnel at one moment."""

    step: str
    """One of STEPS."""
    known: frozenset[str]
    """Stages whose number the company knows."""
    sees: Mapping[str, frozenset[str] | None]
    """Department → stages it sees; None: nobody has said."""
    stages: tuple[str, ...]

    def share(self, department: str | None = None) -> float | None:
        """Steps between stages that the company knows, or that a department sees, of all, 0-1."""
        if len(self.stages) < 2:
            return None
        seen = self.known if department is None else self.sees[department]
        if seen is None:
            return None
        return sum({a, b} <= seen for a, b in itertools.pairwise(self.stages)) / (len(self.stages) - 1)


def views(steps: Sequence[Step], visibility: Visibility) -> tuple[View, ...]:
    """Today and after each step.

    - Pay for qualified leads needs every lead marked, qualified or not, by sales, and marketing is paid by these marks:
      leads and qualified leads are known, and both departments see them.
    - In a weekly meeting with figures each department sees the known stages that the other one sees.
    - Shared statistics with the history of stages: every stage is known, and both see all of them.

    Source: METHOD.md "Funnel".
    """
    stages = tuple(step.stage for step in steps)
    known = frozenset(step.stage for step in steps if step.count is not None)
    sees = {
        name: None if sight.share is None else sight.stages & known for name, sight in visibility.departments.items()
    }
    today = View("today", known, sees, stages)
    counted = frozenset({"leads", "qualified"} & set(stages))
    pay = replace(
        today,
        step="pay",
        known=known | counted,
        sees={name: None if seen is None else seen | counted for name, seen in sees.items()},
    )
    # Where nobody has said what a department sees, it sees at the meeting what the other one shows.
    shown = frozenset().union(*(seen for seen in pay.sees.values() if seen is not None), counted)
    meeting = replace(pay, step="meeting", sees=dict.fromkeys(DEPARTMENTS, shown))
    everything = frozenset(stages)
    statistics = replace(meeting, step="statistics", known=everything, sees=dict.fromkeys(DEPARTMENTS, everything))
    return today, pay, meeting, statistics


def ahead_exhibit(
    steps: Sequence[Step],
    visibility: Visibility,
    client: Client,
    say: Language,
    worth: Mapping[str, model.Quantity],
    note: str,
) -> Exhibit | None:
    """The four funnels side by side; None where the funnel has fewer than two stages.

    ``worth``: what a step (one of STEPS) is estimated to bring, as written; steps without an estimate are left out.
    """
    seen = views(steps, visibility)
    if seen[0].share() is None:
        return None
    return Exhibit(
        key="funnel-ahead",
        title=_title(seen, say),
        figure=_draw(seen, client, say, _alt(seen, say)),
        reading=_reading(say, worth),
        table=_table(seen, say, worth),
        table_open=True,
        note=note,
    )


def worth_of_steps(stakes: Iterable[Stake], currency: str, say: Language) -> dict[str, model.Quantity]:
    """Step → what it is estimated to bring a month, as written: the range of the figure that the step is about."""
    found = {}
    for stake in stakes:
        for step, drivers in MOVES.items():
            if stake.driver in drivers and stake.known and stake.high > 0:
                text = say.interval(stake.low, stake.high, lambda money: say.money_short(money, currency))
                found[step] = model.Quantity(text=text, kind="money", low=stake.low, high=stake.high)
    return found


def step_name(step: str, say: Language) -> str:
    """A step as a heading."""
    return {
        "today": say("Today"),
        "pay": say("Pay for qualified leads"),
        "meeting": say("Weekly joint meeting"),
        "statistics": say("Shared statistics"),
    }[step]


def _title(seen: tuple[View, ...], say: Language) -> str:
    parts = {name: [view.share(name) for view in (seen[0], seen[-1])] for name in DEPARTMENTS}
    if all(now is not None for now, _ in parts.values()):
        return say(
            "Marketing sees {marketing} of the funnel and sales {sales}; after three steps both see all of it",
            marketing=say.share(parts["marketing"][0]), sales=say.share(parts["sales"][0]),
        )  # fmt: skip
    return say("The company knows {share} of the funnel; after three steps both departments see all of it",
               share=say.share(seen[0].share()))  # fmt: skip


def _reading(say: Language, worth: Mapping[str, model.Quantity]) -> tuple[str, ...]:
    out = [
        say("A filled row is a stage whose number is known, a hatched one with a question mark is known to nobody; the "
            "widths are drawn for the eye. Dots: the department sees the stage."),
        say("Pay: every lead gets its mark, qualified or not, because money depends on it. Meeting: each side shows "
            "the other what it sees. Statistics: one report with the history of stages, open to both."),
    ]  # fmt: skip
    if worth:
        out.append(
            say("What the steps bring is estimated from the company's own figures, in the chapter on what to do first.")
        )
    return tuple(out)


def _alt(seen: tuple[View, ...], say: Language) -> str:
    return say("Known and seen steps of the funnel. {list}.", list="; ".join(_line(view, say) for view in seen))


def _line(view: View, say: Language) -> str:
    return say(
        "{step}: the company knows {known}, marketing sees {marketing}, sales see {sales}",
        step=step_name(view.step, say),
        known=_share(view.share(), say),
        marketing=_share(view.share("marketing"), say),
        sales=_share(view.share("sales"), say),
    )


def _share(value: float | None, say: Language) -> str:
    return UNKNOWN if value is None else say.share(value)


def _table(seen: tuple[View, ...], say: Language, worth: Mapping[str, model.Quantity]) -> Table:
    columns = [
        Column(label=say("The funnel")),
        Column(label=say("Steps between stages that the company knows"), kind="share"),
        *(Column(label=department_name(name, say), kind="share") for name in DEPARTMENTS),
    ]
    if worth:
        columns.append(Column(label=say("Estimated, a month")))
    rows = []
    for view in seen:
        row: list[Cell] = [step_name(view.step, say), view.share(), *(view.share(name) for name in DEPARTMENTS)]
        rows.append(tuple([*row, worth.get(view.step)] if worth else row))
    return Table(columns=tuple(columns), rows=tuple(rows))


# The picture ---------------------------------------------------------------------------------------------------------


def _draw(seen: tuple[View, ...], client: Client, say: Language, alt: str) -> model.Figure:
    fig, axes = theme.figure(height=funnel_height(seen[0]), ncols=len(seen))
    heads = [step_name(view.step, say) for view in seen]
    heads = [heads[0], *(f"{place}. {head}" for place, head in enumerate(heads[1:], 1))]
    draw_views(axes, seen, heads, client, say, right=0.99)
    return theme.picture(fig, name="funnel-ahead", alt=alt)


def funnel_height(view: View) -> float:
    """Inches that the funnels side by side take."""
    return _HEAD + _ROW * len(view.stages) + _FOOT


def draw_views(
    axes: Any, seen: Sequence[View], heads: Sequence[str], client: Client, say: Language, right: float
) -> None:
    """Funnels side by side up to ``right`` (0-1 of the width), under their headings.

    A stage that was not known in the funnel before is framed.
    """
    stages, height = seen[0].stages, funnel_height(seen[0])
    theme.margins(axes, left_labels=[""], bottom_labels=[""], top_lines=1)
    names = [theme.shorten(client.stage_label(stage, say), 20, lines=2) for stage in stages]
    left = (max(theme.width(name, 8.5) for name in names) + 10) / (72 * theme.WIDTH)
    room = (right - left) / len(seen)
    colours = {stage.key: _colour(stage.owner) for stage in client.stages}
    for place, (ax, view) in enumerate(zip(axes, seen, strict=False)):
        ax.set_position((left + place * room, _FOOT / height, 0.9 * room, _ROW * len(stages) / height))
        ax.set(xlim=(-1.05, 1.75), ylim=(len(stages) - 0.5, -0.5), xticks=[])
        ax.set_yticks(range(len(stages)), names if place == 0 else [""] * len(stages), fontsize=8, linespacing=1)
        for spine in ax.spines.values():
            spine.set_visible(False)
        before = seen[place - 1] if place else None
        _draw_rows(ax, view, before, colours)
        _draw_dots(ax, view)
        ax.text(0, -0.75, theme.shorten(heads[place], 17, lines=3), ha="center", va="bottom", fontsize=8.5,
                fontweight="bold", color=theme.COLOURS["ink"])  # fmt: skip
        _draw_foot(ax, view, say)


def _draw_rows(ax: Any, view: View, before: View | None, colours: Mapping[str, str]) -> None:
    """The funnel: its width falls from stage to stage for the eye only."""
    rows = range(len(view.stages))
    half = [1 - 0.72 * row / max(len(view.stages) - 1, 1) for row in rows]
    bars = ax.barh(rows, [2 * one for one in half], left=[-one for one in half], height=0.72)
    for row, (stage, bar) in enumerate(zip(view.stages, bars.patches, strict=True)):
        bar.set_facecolor(colours.get(stage, theme.COLOURS["neutral"]))
        if stage not in view.known:
            theme.hatch(bar)
            ax.text(0, row, UNKNOWN, ha="center", va="center_baseline", fontsize=9, fontweight="bold",
                    color=theme.COLOURS["muted"])  # fmt: skip
        elif before is not None and stage not in before.known:
            bar.set(edgecolor=theme.COLOURS["ink"], linewidth=1.4)


def _draw_dots(ax: Any, view: View) -> None:
    rows = range(len(view.stages))
    for place, department in enumerate(DEPARTMENTS):
        x, colour = 1.28 + 0.32 * place, theme.COLOURS[department]
        seen = view.sees[department]
        if seen is None:
            ax.text(x, (len(rows) - 1) / 2, UNKNOWN, ha="center", va="center", color=theme.COLOURS["muted"])
            continue
        full = [row for row in rows if view.stages[row] in seen]
        joined = [row for row in full if row - 1 in full]
        ax.vlines([x] * len(joined), [row - 1 for row in joined], joined, color=colour, linewidth=2)
        faces = [colour if row in full else "none" for row in rows]
        edges = [colour if row in full else theme.COLOURS["edge"] for row in rows]
        ax.scatter([x] * len(rows), rows, s=20, c=faces, edgecolors=edges, linewidths=1, zorder=3)


def _draw_foot(ax: Any, view: View, say: Language) -> None:
    """Shares of the steps between stages: company, marketing, sales."""
    lines = [
        (say("known: {share}", share=_share(view.share(), say)), "ink"),
        (say("marketing: {share}", share=_share(view.share("marketing"), say)), "marketing"),
        (say("sales: {share}", share=_share(view.share("sales"), say)), "sales"),
    ]
    for place, (text, colour) in enumerate(lines):
        ax.text(0, len(view.stages) - 0.35 + 0.55 * place, text, ha="center", va="top", fontsize=8,
                color=theme.COLOURS[colour])  # fmt: skip


def _colour(owner: tuple[str, ...]) -> str:
    sides = set(owner) & set(DEPARTMENTS)
    return theme.COLOURS["joint" if len(sides) == 2 else sides.pop() if sides else "neutral"]
