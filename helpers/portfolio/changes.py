"""Each client against its own last audit: what has really changed, what is within chance, what cannot be compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from helpers.portfolio.common import Measured, brief, described
from helpers.portfolio.measure import FIGURES, Change, Figure, State, of_figure
from helpers.report import model
from helpers.report.model import Box, Column, Exhibit, Finding, Quantity, Section, Table

if TYPE_CHECKING:
    from helpers.language import Language

LINES = 25
"""Clients that are drawn; all of them are in the table."""
ROW = 0.3
MANY = 20
"""Comparisons from which some are called real by chance alone."""


def changes_section(measured: Measured, say: Language) -> Section:
    """The score, the share of qualified leads and the share answered in time, each where two audits hold it."""
    exhibits = [_exhibit(measured, figure, say) for figure in FIGURES]
    boxes: tuple[Box, ...] = ()
    if not measured.changes:
        boxes = (
            Box(
                title=say("Nothing to compare yet"),
                text=(
                    say(
                        "A change can be told when a client has two audits and the first ends before the second begins."
                    ),
                ),
                tone="missing",
            ),
        )
    alone = say.plural(
        "{n} client has no earlier audit to be compared with.",
        "{n} clients have no earlier audit to be compared with.",
        measured.alone,
    )
    return Section(
        key="changes",
        title=say("Since the last audit"),
        lead=(
            say("Each client against itself. A change is called real only beyond the ranges of both audits; everything "
                "else may be chance."),
            *((alone,) if measured.alone else ()),
        ),
        boxes=boxes,
        exhibits=tuple(exhibit for exhibit in exhibits if exhibit is not None),
    )  # fmt: skip


def findings(measured: Measured, say: Language) -> tuple[Finding, ...]:
    """For the first page: how many clients have really changed."""
    found = of_figure(measured.changes, "total")
    if not found:
        return ()
    return (Finding(text=_title(found, "total", say), detail=_by_chance(found, say), section="changes"),)


def figure_text(figure: Figure, say: Language) -> str:
    """What the figure is called."""
    return {
        "total": say("Score"),
        "qualified": say("Share of qualified leads"),
        "in_time": say("First answer within the client's own limit"),
    }[figure]


def _title(found: Sequence[Change], figure: Figure, say: Language) -> str:
    judged = [one for one in found if one.state in ("real", "chance")]
    what = figure_text(figure, say)
    if not judged:
        return say("{what}: no change since the last audit can be judged", what=what)
    up = sum(one.state == "real" and one.now > one.then for one in judged)
    down = sum(one.state == "real" and one.now < one.then for one in judged)
    if not up and not down:
        return say.plural(
            "{what}: at {n} client nothing has changed beyond chance",
            "{what}: at {n} clients nothing has changed beyond chance",
            len(judged), what=what,
        )  # fmt: skip
    return say.plural(
        "{what}: of {n} client {up} really rose and {down} really fell",
        "{what}: of {n} clients {up} really rose and {down} really fell",
        len(judged), what=what, up=say.count(up), down=say.count(down),
    )  # fmt: skip


def _by_chance(found: Sequence[Change], say: Language) -> str:
    """That of many comparisons some look real although nothing has changed; "" for few."""
    judged = sum(one.state in ("real", "chance") for one in found)
    if judged < MANY:
        return ""
    return say("If nothing had changed anywhere, up to about {n} of {all} would still be called real: one in twenty.",
               n=say.count(judged / 20), all=say.count(judged))  # fmt: skip


def _exhibit(measured: Measured, figure: Figure, say: Language) -> Exhibit | None:
    found = of_figure(measured.changes, figure)
    if not found:
        return None
    title = _title(found, figure, say)
    reading = [
        say("Ring: the last audit; dot: the newest one, each with its range (95 %). Bold: more than chance."),
    ]
    if figure == "total":
        reading.append(
            say("Answers of the same people are compared as if they were others': rather too careful than not.")
        )
    if chance := _by_chance(found, say):
        reading.append(chance)
    judged = [one for one in found if one.state in ("real", "chance")]
    drawn = judged[:LINES]
    if len(judged) > len(drawn):
        reading.append(
            say.plural(
                "{n} more client is in the table only.", "{n} more clients are in the table only.",
                len(judged) - len(drawn),
            )
        )  # fmt: skip
    write = writer(figure, say)
    alt = described(
        title,
        [say("{client}: {then}, now {now}", client=x.client, then=write(x.then), now=write(x.now)) for x in drawn],
    )
    return Exhibit(
        key=f"changes-{figure.replace('_', '-')}",
        title=title,
        figure=_draw(drawn, figure, say, alt) if drawn else None,
        reading=tuple(reading) if drawn else (),
        table=_table(found, figure, say),
        table_open=len(found) <= LINES,
        note=say("Source: audit.json of both audits."),
    )


def writer(figure: Figure, say: Language) -> Callable[[Any], str]:
    """How a value of the figure is written."""
    return say.count if figure == "total" else say.share


def _draw(drawn: Sequence[Change], figure: Figure, say: Language, alt: str) -> model.Figure:
    from helpers.report import theme

    names = [brief(one.client, 36) for one in drawn]
    write = writer(figure, say)
    texts = [f"{write(one.then)} → {write(one.now)}" for one in drawn]
    fig, ax = theme.figure(height=0.6 + ROW * len(drawn))
    theme.margins(ax, left_labels=names, right_labels=texts)
    lows, highs = [], []
    for place, (one, text) in enumerate(zip(drawn, texts, strict=True)):
        real = one.state == "real"
        colour = theme.COLOURS["neutral"] if not real else theme.COLOURS["good" if one.now > one.then else "bad"]
        assert one.now_range is not None
        assert one.then_range is not None
        (low, high), (then_low, then_high) = one.now_range, one.then_range
        theme.whiskers(ax, [place - 0.15], [then_low], [then_high], colour=theme.COLOURS["edge"])
        theme.whiskers(ax, [place + 0.15], [low], [high], colour=colour)
        ax.plot([one.then], [place - 0.15], "o", color=theme.COLOURS["neutral"], markersize=5,
                markerfacecolor=theme.COLOURS["paper"])  # fmt: skip
        ax.plot([one.now], [place + 0.15], "o", color=colour, markersize=5.5)
        lows += [low, then_low]
        highs += [high, then_high]
        ax.annotate(
            text, (1, place), (6, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
            va="center_baseline", fontsize=8.5, fontweight="bold" if real else "normal",
            color=theme.COLOURS["ink" if real else "muted"], annotation_clip=False,
        )  # fmt: skip
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(drawn) - 0.4, -0.6)
    if figure == "total":
        ax.set_xlim(20, 100)
        ax.set_xticks((20, 40, 60, 80, 100), [say.count(tick) for tick in (20, 40, 60, 80, 100)])
    else:
        room = 0.05 * (max(highs) - min(lows))
        ax.set_xlim(max(0, min(lows) - room), min(1, max(highs) + room))
        theme.share_axis(ax.xaxis, say)
    ax.grid(axis="x")
    return theme.picture(fig, f"changes-{figure.replace('_', '-')}", alt)


def _table(found: Sequence[Change], figure: Figure, say: Language) -> Table:
    kind, moved = ("number", "number") if figure == "total" else ("share", "points")
    digits = 0 if figure == "total" else 1

    def written(value: float) -> str:
        return say.number(value, 1) if figure == "total" else say.points(value, 1)

    def _range(interval: tuple[float, float]) -> Quantity:
        low, high = interval
        return Quantity(text=say.interval(low, high, written), kind=moved, digits=1, low=low, high=high)  # type: ignore[arg-type]

    return Table(
        columns=(
            Column(label=say("Client")),
            Column(label=say("Last audit until"), kind="date"),
            Column(label=say("Last audit"), kind=kind, digits=digits),  # type: ignore[arg-type]
            Column(label=say("This audit"), kind=kind, digits=digits),  # type: ignore[arg-type]
            Column(label=say("Change"), kind=moved, digits=1),  # type: ignore[arg-type]
            Column(label=say("Range (95 %)")),
            Column(label=say("How sure")),
        ),
        rows=tuple(
            (
                one.client, one.until.isoformat(), one.then, one.now, one.change,
                _range(one.interval) if one.interval else None, _state_text(one.state, say),
            )
            for one in found
        ),
    )  # fmt: skip


def _state_text(state: State, say: Language) -> str:
    return {
        "real": say("real change"),
        "chance": say("within chance"),
        "no_range": say("cannot be judged: no range"),
        "other_version": say("not compared: other questions were asked"),
        "other_limit": say("not compared: another limit or other hours"),
    }[state]
