"""The funnel of the last audit beside today's: what has become visible, and which conversions have really changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.chapters.funnel_ahead import View, draw_views, funnel_height, views
from helpers.chapters.funnel_chart import share_text
from helpers.chapters.funnel_visibility import DEPARTMENTS
from helpers.chapters.funnel_words import department_name
from helpers.report import model, theme
from helpers.report.model import Cell, Column, Exhibit, Quantity, Table
from helpers.stats.change import difference_interval, is_real

if TYPE_CHECKING:
    from helpers.chapters.funnel_measure import MeasuredFunnel
    from helpers.chapters.funnel_visibility import Visibility
    from helpers.client import Client
    from helpers.language import Language

SMALLEST = 0.02
"""A share that has at its most been smaller than this cannot be read off the picture: the table holds it."""


@dataclass(frozen=True)
class Change:
    """Conversion into a stage from the stage just before, in both audits; 0-1."""

    stage: str
    then: float
    then_range: tuple[float, float]
    now: float
    now_range: tuple[float, float]

    @property
    def range(self) -> tuple[float, float]:
        """95 % interval of now - then."""
        return difference_interval(self.now, self.now_range, self.then, self.then_range)

    @property
    def real(self) -> bool:
        """More than chance."""
        return is_real(self.range)


@dataclass(frozen=True)
class Then:
    """The funnel of the last audit."""

    until: str
    """Last day of its period, ISO."""
    view: View
    changes: tuple[Change, ...]


def measure_then(earlier: Mapping[str, Any] | None, funnel: MeasuredFunnel) -> Then | None:
    """What audit.json of the last audit says of these stages; None without one, or where it holds no funnel."""
    if not earlier or not earlier.get("funnel"):
        return None
    steps = {entry["stage"]: entry for entry in earlier["funnel"]}
    stages = tuple(step.stage for step in funnel.steps)
    known = frozenset(stage for stage in stages if steps.get(stage, {}).get("count") is not None)
    told = earlier.get("funnel_seen") or {}
    sees = {name: None if told.get(name) is None else frozenset(told[name]) & known for name in DEPARTMENTS}
    changes = []
    for step in funnel.steps:
        before, ratio = steps.get(step.stage, {}), step.of_previous
        if before.get("of_previous") is None or before.get("interval") is None:
            continue
        if ratio is not None and ratio.share is not None and ratio.interval is not None:
            low, high = before["interval"]
            changes.append(Change(step.stage, before["of_previous"], (low, high), ratio.share, ratio.interval))
    return Then(str(earlier["period"][1]), View("then", known, sees, stages), tuple(changes))


def then_exhibit(
    then: Then | None, funnel: MeasuredFunnel, visibility: Visibility, client: Client, say: Language, note: str
) -> Exhibit | None:
    """Then and now; None without an earlier audit."""
    if then is None or len(funnel.steps) < 2:
        return None
    now = views(funnel.steps, visibility)[0]
    return Exhibit(
        key="funnel-then",
        title=_title(then, now, client, say),
        figure=_draw(then, now, client, say),
        reading=(
            say("Left the last audit (until {day}), then this one. A real change is one beyond chance; each audit "
                "counted outcomes up to its own day, so that a younger period looks a little worse.",
                day=say.date(then.until)),
        ),
        table=_table(then, now, client, say),
        note=note,
    )  # fmt: skip


def _title(then: Then, now: View, client: Client, say: Language) -> str:
    real = [change for change in then.changes if change.real]
    if real:
        most = max(real, key=lambda change: abs(change.now - change.then))
        return say(
            "Since the last audit the conversion into “{stage}” went from {then} to {now}: a real change",
            stage=client.stage_label(most.stage, say), then=share_text(most.then, say), now=share_text(most.now, say),
        )  # fmt: skip
    if now.share() != then.view.share():
        return say("Since the last audit the known part of the funnel went from {then} to {now}",
                   then=say.share(then.view.share()), now=say.share(now.share()))  # fmt: skip
    return say("Since the last audit no conversion has changed by more than chance")


def _draw(then: Then, now: View, client: Client, say: Language) -> model.Figure:
    fig, axes = theme.figure(height=funnel_height(now), ncols=3)
    heads = [say("Until {day}", day=say.date_short(then.until)), say("Now")]
    draw_views(axes[:2], (then.view, now), heads, client, say, right=0.6)
    # The rows of the conversions are those of the funnels.
    ax, beside = axes[2], axes[1].get_position()
    texts = [f"{share_text(change.then, say)} → {share_text(change.now, say)}" for change in then.changes]
    room = (max((theme.width(text, 8, bold=True) for text in texts), default=0) + 10) / (72 * theme.WIDTH)
    ax.set_position((0.63, beside.y0, 0.36 - room, beside.height))
    ax.set(ylim=(len(now.stages) - 0.5, -0.5))
    ax.set_yticks([])
    drawn = [change for change in then.changes if max(change.then_range[1], change.now_range[1]) >= SMALLEST]
    ax.set_xlim(0, max([1.05 * max(c.then_range[1], c.now_range[1]) for c in drawn], default=1))
    for change, text in zip(then.changes, texts, strict=True):
        row = now.stages.index(change.stage)
        colour = theme.COLOURS["ink" if change.real else "neutral"]
        if change in drawn:
            theme.whiskers(ax, [row - 0.16], [change.then_range[0]], [change.then_range[1]], colour=colour)
            theme.whiskers(ax, [row + 0.16], [change.now_range[0]], [change.now_range[1]], colour=colour)
            ax.plot(change.then, row - 0.16, "o", color=colour, markersize=4.5, markerfacecolor=theme.COLOURS["paper"])
            ax.plot(change.now, row + 0.16, "o", color=colour, markersize=4.5)
        ax.annotate(
            text, (1, row), (4, 0),
            xycoords=("axes fraction", "data"), textcoords="offset points", va="center_baseline", fontsize=8,
            color=colour, fontweight="bold" if change.real else "normal", annotation_clip=False,
        )  # fmt: skip
    theme.share_axis(ax.xaxis, say, ticks=3)
    ax.text(0, -0.75, say("of the previous\nstage"), va="bottom", ha="left", fontsize=8, color=theme.COLOURS["muted"])
    return theme.picture(fig, name="funnel-then", alt=_alt(then, client, say))


def _alt(then: Then, client: Client, say: Language) -> str:
    parts = [
        say("{stage}: {then}, now {now}", stage=client.stage_label(change.stage, say),
            then=share_text(change.then, say), now=share_text(change.now, say))
        for change in then.changes
    ]  # fmt: skip
    return say("Conversions from the previous stage in the last audit and now. {list}.", list="; ".join(parts) or "–")


def _table(then: Then, now: View, client: Client, say: Language) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for change in then.changes:
        low, high = change.range
        rows.append(
            (
                client.stage_label(change.stage, say),
                change.then,
                change.now,
                change.now - change.then,
                Quantity(
                    text=say.interval(low, high, lambda value: say.points(value, 1)),
                    kind="points",
                    digits=1,
                    low=low,
                    high=high,
                ),
                say("real change") if change.real else say("within chance"),
            )
        )
    seen = [(say("Known steps of the funnel"), then.view.share(), now.share())]
    seen += [
        (say("Seen: {department}", department=department_name(name, say)), then.view.share(name), now.share(name))
        for name in DEPARTMENTS
    ]
    for name, before, after in seen:
        moved = None if before is None or after is None else after - before
        rows.append((name, before, after, moved, None, None))
    columns = (
        Column(label=say("Stage")),
        Column(label=say("Last audit"), kind="share", digits=1),
        Column(label=say("This audit"), kind="share", digits=1),
        Column(label=say("Change"), kind="points", digits=1),
        Column(label=say("Interval 95 %")),
        Column(label=say("How sure")),
    )
    return Table(columns=columns, rows=tuple(rows))
