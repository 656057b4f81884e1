"""The exhibit of one stage: conversion into it by month and by channel, and the time it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpers.chapters.funnel_chart import interval_cell, interval_text, share_text
from helpers.chapters.funnel_counts import ADVERTISING
from helpers.language import UNKNOWN
from helpers.report import model, theme
from helpers.report.model import Cell, Column, Exhibit, Table

if TYPE_CHECKING:
    from helpers.chapters.funnel_stages import Panel, Part, Stages, Wait
    from helpers.client import Client
    from helpers.language import Language

_WRITTEN = 7
"""More months than these leave no room for their rates."""
_ROW = 0.27
_NAME = 20
"""Letters of a channel's name."""
SURE = 0.01
"""Months or channels are said to differ when chance alone does so more rarely than this."""


def stage_exhibits(stages: Stages, client: Client, say: Language, note: str) -> list[Exhibit]:
    """One exhibit per known stage, then one for all stages that nobody knows."""
    open_ = [any(part.unfinished for part in panel.months) for panel in stages.panels]
    made = [
        # The sign is explained where it is met first, once.
        _exhibit(panel, client, say, note, explained=any(open_[:place]))
        for place, panel in enumerate(stages.panels)
    ]
    return made + ([_unknown(stages, client, say, note)] if stages.unknown else [])


def _exhibit(panel: Panel, client: Client, say: Language, note: str, *, explained: bool) -> Exhibit:
    judged = any(part.ratio.share is not None for part in (*panel.months, *panel.channels))
    return Exhibit(
        key=f"funnel-stage-{_key(panel.step.stage)}",
        title=_title(panel, client, say),
        figure=_draw(panel, client, say) if judged else None,
        reading=_reading(panel, client, say, explained),
        table=_table(panel, client, say),
        table_open=not judged,
        note=note,
    )


def _key(stage: str) -> str:
    return stage.replace("_", "-")


def _names(panel: Panel, client: Client, say: Language) -> dict[str, str]:
    return {
        "before": client.stage_label(str(panel.step.previous), say),
        "stage": client.stage_label(panel.step.stage, say),
    }


def _title(panel: Panel, client: Client, say: Language) -> str:
    ratio, names = panel.step.step, _names(panel, client, say)
    if ratio is None or ratio.share is None or ratio.interval is None:
        return say("From “{before}” to “{stage}”: too few to judge", **names)
    share, interval = share_text(ratio.share, say), interval_text(ratio.interval, say)
    if panel.step.skipped:
        return say.plural(
            "From “{before}” to “{stage}” over {n} unknown step: {share} ({range})",
            "From “{before}” to “{stage}” over {n} unknown steps: {share} ({range})",
            panel.step.skipped, share=share, range=interval, **names,
        )  # fmt: skip
    if panel.wait is not None and panel.wait.hours is not None:
        return say("From “{before}” to “{stage}”: {share} ({range}), half of them within {time}",
                   share=share, range=interval, time=_time(panel.wait, say), **names)  # fmt: skip
    return say("From “{before}” to “{stage}”: {share} ({range})", share=share, range=interval, **names)


def _time(wait: Wait, say: Language) -> str:
    """A wait that is counted by the hour or by the day, as a limit: "within 4 hours"."""
    hours = wait.hours or 0.0
    if wait.by_day or hours >= 72:
        return say.days(int(hours // 24) + 1)
    return say.minutes((hours + 1) * 60)


def _reading(panel: Panel, client: Client, say: Language, explained: bool) -> tuple[str, ...]:
    out = []
    if (apart := _apart(panel.channels)) is not None:
        low, high = apart
        out.append(
            say("Channels differ by more than chance: from {low} ({worst}) to {high} ({best}).",
                low=share_text(low.ratio.share or 0, say), worst=_channel(low, say),
                high=share_text(high.ratio.share or 0, say), best=_channel(high, say))
        )  # fmt: skip
    elif sum(part.ratio.enough for part in panel.channels) > 1:
        out.append(say("The channels differ no more than chance would explain."))
    if (apart := _apart(panel.months)) is not None and not any(part.unfinished for part in apart):
        low, high = apart
        out.append(
            say("Months differ by more than chance: lowest in {worst} ({low}), highest in {best} ({high}).",
                low=share_text(low.ratio.share or 0, say), worst=_month(low, say),
                high=share_text(high.ratio.share or 0, say), best=_month(high, say))
        )  # fmt: skip
    if not explained and any(part.unfinished for part in panel.months):
        out.append(say("Hollow: so many leads are still open there that the share may yet rise above its range."))
    if panel.wait is not None:
        out.append(_wait(panel.wait, client, say))
        if panel.step.stage == "contacted" and client.working_hours and not panel.wait.by_day:
            out.append(say("Here nights and weekends count, too; the chapter on the first answer counts working time."))
    return tuple(out)


def _wait(wait: Wait, client: Client, say: Language) -> str:
    after = client.stage_label(wait.after, say)
    counts = {"passed": say.count(wait.passed), "waiting": say.count(wait.waiting)}
    if wait.hours is None:
        return say(
            "Time since “{after}”: half of the leads that are not lost have not gone on yet ({passed} have, {waiting} "
            "wait).",
            after=after, **counts,
        )  # fmt: skip
    if wait.waiting:
        return say(
            "Time since “{after}”: half of the leads go on within {time}; {passed} have gone on, {waiting} are open "
            "and still wait.",
            after=after, time=_time(wait, say), **counts,
        )  # fmt: skip
    return say("Time since “{after}”: half of the leads that went on did so within {time}.",
               after=after, time=_time(wait, say))  # fmt: skip


def _apart(parts: tuple[Part, ...]) -> tuple[Part, Part] | None:
    """Lowest and highest of the parts, where they differ by more than chance: Pearson's test at 1 %, and the ranges of
    these two do not touch."""
    from scipy.stats import chi2_contingency

    known = [(part, part.ratio.share, part.ratio.interval) for part in parts if part.channel or part.month]
    judged = [(share, range_, part) for part, share, range_ in known if share is not None and range_ is not None]
    if len(judged) < 2:
        return None
    (_, lowest, low), (_, highest, high) = min(judged, key=lambda x: x[0]), max(judged, key=lambda x: x[0])
    if lowest[1] >= highest[0]:
        return None
    counts = [[part.ratio.part, part.ratio.whole - part.ratio.part] for _, _, part in judged]
    return (low, high) if chi2_contingency(counts).pvalue < SURE else None


def _channel(part: Part, say: Language) -> str:
    if part.channel is None:
        return say("other channels")
    return part.channel or say("channel unknown")


def _month(part: Part, say: Language) -> str:
    return say.month(part.month) if part.month is not None else ""


# The picture ---------------------------------------------------------------------------------------------------------


def _draw(panel: Panel, client: Client, say: Language) -> model.Figure:
    channels = [theme.shorten(_channel(part, say), _NAME) for part in panel.channels]
    height = max(1.9, 0.75 + _ROW * len(channels))
    fig, (left, right) = theme.figure(height=height, ncols=2)
    theme.margins([left, right], left_labels=[""], bottom_labels=["0\n0"], top_lines=1)
    wide, foot, head = 72 * theme.WIDTH, 34 / (72 * height), 22 / (72 * height)
    start = 0.5 + (max((theme.width(name, 8.5) for name in channels), default=0) + 12) / wide
    left.set_position((44 / wide, foot, 0.47 - 44 / wide, 1 - foot - head))
    right.set_position((start, foot, 0.98 - start, 1 - foot - head))
    colour = _colour(panel, client)
    _draw_months(left, panel, colour, say)
    _draw_channels(right, panel, channels, colour, say)
    style: dict[str, Any] = {"fontsize": 8.5, "color": theme.COLOURS["muted"], "va": "bottom"}
    months = say("by month") if panel.step.stage in ADVERTISING else say("by month of the lead")
    left.text(0, 1.03, months, transform=left.transAxes, ha="left", **style)
    right.text(0, 1.03, say("by channel"), transform=right.transAxes, ha="left", **style)
    return theme.picture(fig, name=f"funnel-stage-{_key(panel.step.stage)}", alt=_alt(panel, client, say))


def _colour(panel: Panel, client: Client) -> str:
    owner = next((stage.owner for stage in client.stages if stage.key == panel.step.stage), ())
    sides = set(owner) & {"marketing", "sales"}
    return theme.COLOURS["joint" if len(sides) == 2 else sides.pop() if sides else "neutral"]


def _draw_months(ax: Any, panel: Panel, colour: str, say: Language) -> None:
    months = panel.months
    tops = _points(ax, months, colour, across=False)
    slot = 72 * theme.WIDTH * ax.get_position().width / max(len(months), 3)
    if len(months) <= _WRITTEN:
        known = [(place, part.ratio.interval[1], share_text(part.ratio.share, say)) for place, part in enumerate(months)
                 if part.ratio.share is not None and part.ratio.interval is not None]  # fmt: skip
        # "0,0097 %" stands beside its neighbours in smaller letters.
        widest = max((theme.width(text, 8) for _, _, text in known), default=0)
        size = max(6.0, min(8.0, 8 * (slot - 4) / max(widest, 1)))
        for place, high, text in known:
            ax.annotate(text, (place, high), (0, 3), textcoords="offset points", ha="center", va="bottom",
                        fontsize=size)  # fmt: skip
    for place, part in enumerate(months):
        if part.ratio.share is None or part.ratio.interval is None:
            ax.annotate(UNKNOWN, (place, 0), (0, 3), textcoords="offset points", ha="center", va="bottom",
                        color=theme.COLOURS["muted"])  # fmt: skip
    every = -(-len(months) // _WRITTEN)
    shown = range(0, len(months), every)
    names = [say.month_short(months[place].month or "", year=False) for place in shown]
    counts = [say.count_short(months[place].ratio.whole) for place in shown]
    if max(map(theme.width, counts)) < every * slot - 6:
        names = [f"{name}\n{count}" for name, count in zip(names, counts, strict=True)]
    ax.set_xticks([*shown], names)
    ax.set(xlim=(-0.6, max(len(months), 3) - 0.4), ylim=(0, max(tops) * 1.22))
    _shares(ax.yaxis, say)


def _points(ax: Any, parts: tuple[Part, ...], colour: str, *, across: bool) -> list[float]:
    """A point with its range for each part that can be judged, hollow where it is unfinished; the ends of the ranges.

    All at once: each call of matplotlib costs more than what it draws.
    """
    known = [(i, part.ratio.share, part.ratio.interval, part.unfinished) for i, part in enumerate(parts)]
    judged = [
        (i, share, range_, open_) for i, share, range_, open_ in known if share is not None and range_ is not None
    ]
    if not judged:
        return [0.001]
    places, shares = [i for i, *_ in judged], [share for _, share, *_ in judged]
    low, high = ([range_[end] for _, _, range_, _ in judged] for end in (0, 1))
    theme.whiskers(ax, places, low, high, across=across, colour=colour)
    faces = [theme.COLOURS["paper"] if open_ and not across else colour for *_, open_ in judged]
    x, y = (shares, places) if across else (places, shares)
    ax.scatter(x, y, s=30, c=faces, edgecolors=colour, linewidths=1.2, zorder=5)
    return [0.001, *high]


def _shares(axis: Any, say: Language) -> None:
    """Ticks of shares: the axis is longer than the whole for the sake of the labels, its ticks are not."""
    theme.share_axis(axis, say, ticks=4)
    low, high = axis.get_view_interval()
    axis.set_ticks([tick for tick in axis.get_major_locator().tick_values(low, high) if low <= tick <= min(high, 1)])


def _draw_channels(ax: Any, panel: Panel, names: list[str], colour: str, say: Language) -> None:
    rights, texts = _points(ax, panel.channels, colour, across=True), []
    for place, part in enumerate(panel.channels):
        if part.ratio.share is None or part.ratio.interval is None:
            texts.append((0.0, place, say("too few to judge")))
        else:
            text = f"{share_text(part.ratio.share, say)} · {say.count_short(part.ratio.whole)}"
            texts.append((part.ratio.interval[1], place, text))
    box, inches = ax.get_position(), ax.get_figure().get_size_inches()[0]
    room = max((theme.width(text, 8) for _, _, text in texts), default=0) + 8
    ax.set_xlim(0, max(rights) / max(1 - room / (72 * inches * box.width), 0.4))
    for high, place, text in texts:
        ax.annotate(text, (high, place), (5, 0), textcoords="offset points", va="center_baseline", fontsize=8,
                    color=theme.COLOURS["ink" if high else "muted"], annotation_clip=False)  # fmt: skip
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(max(len(names), 3) - 0.5, -0.5)
    _shares(ax.xaxis, say)


def _alt(panel: Panel, client: Client, say: Language) -> str:
    parts = []
    for part in (*panel.months, *panel.channels):
        name = _month(part, say) or _channel(part, say)
        share = part.ratio.share
        parts.append(
            say("{name}: {share} of {n}", name=name, n=say.count(part.ratio.whole),
                share=say("too few to judge") if share is None else share_text(share, say))
        )  # fmt: skip
    return say("{title}. {list}.", title=_title(panel, client, say), list="; ".join(parts))


# Tables --------------------------------------------------------------------------------------------------------------


def _table(panel: Panel, client: Client, say: Language) -> Table:
    names = _names(panel, client, say)
    ads = panel.step.previous in ADVERTISING
    columns = [
        Column(label=say("Month or channel")),
        Column(label=names["before"], kind="count"),
        Column(label=names["stage"], kind="count"),
        Column(label=say("Share"), kind="share", digits=1),
        Column(label=say("Interval 95 %")),
    ]
    if not ads:
        columns.append(Column(label=say("Still open here"), kind="count"))
    rows = []
    for part in (*panel.months, *panel.channels):
        interval = part.ratio.interval
        row: list[Cell] = [
            _month(part, say) or _channel(part, say),
            part.ratio.whole,
            part.ratio.part,
            part.ratio.share,
            say("too few to judge") if interval is None else interval_cell(interval, say),
        ]
        rows.append(tuple(row if ads else [*row, part.open]))
    return Table(columns=tuple(columns), rows=tuple(rows))


def _unknown(stages: Stages, client: Client, say: Language, note: str) -> Exhibit:
    """The stages nobody knows, with the bounds between which their numbers lie."""
    rows: list[tuple[Cell, ...]] = []
    for bound in stages.unknown:
        low, high = bound.low or None, bound.high
        rows.append((client.stage_label(bound.step.stage, say), low, high))
    n = len(stages.unknown)
    return Exhibit(
        key="funnel-unknown",
        title=say.plural(
            "{n} stage cannot be shown by month and channel: nobody knows who reached it",
            "{n} stages cannot be shown by month and channel: nobody knows who reached them",
            n,
        ),
        reading=(
            say("Where the data leave bounds, the true number lies between them; a rate counted from either end would "
                "be a guess."),
        ),
        table=Table(
            columns=(
                Column(label=say("Stage")),
                Column(label=say("At least"), kind="count"),
                Column(label=say("At most"), kind="count"),
            ),
            rows=tuple(rows),
        ),
        table_open=True,
        note=note,
    )  # fmt: skip
