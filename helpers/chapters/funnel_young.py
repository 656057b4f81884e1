"""How cohorts ripen: the share of leads won by their age, month by month, and where the young ones will end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.chapters.funnel_chart import interval_text, share_text
from helpers.report import model, theme
from helpers.report.model import Cell, Column, Exhibit, Table

if TYPE_CHECKING:
    from helpers.chapters.funnel_cohorts import Curve, Maturity, Month
    from helpers.language import Language

WEEK = 7
UNDATED = 0.05
"""More purchases without a date than this part are said aloud."""
REACH = 1.6
"""The curves are drawn up to so many cycles: later hardly anything comes."""


def young_exhibit(maturity: Maturity, say: Language, note: str) -> Exhibit | None:
    """The curves of the cohorts; None where no cohort has 30 leads or nobody has bought yet."""
    if not maturity.curves or not maturity.won:
        return None
    # Cohorts are compared at the age that all of them have reached, but for those of the last days.
    common = min((curve.seen for curve in maturity.curves if curve.seen >= WEEK), default=0)
    return Exhibit(
        key="funnel-ripening",
        title=_title(maturity, say),
        figure=_draw(maturity, say, _alt(maturity, common, say)),
        reading=_reading(maturity, say),
        table=_table(maturity, common, say),
        note=note,
    )


def cohort_name(curve: Curve, say: Language, *, year: bool = True) -> str:
    """'June 2026', '2026 Q2' or '2026': the months a curve is made of."""
    if curve.first == curve.last:
        return say.month(curve.first) if year else say.month_short(curve.first, year=False)
    if curve.last.month - curve.first.month > 2:
        return str(curve.first.year)
    return say("Q{quarter} {year}", quarter=(curve.first.month + 2) // 3, year=str(curve.first.year))


def _title(maturity: Maturity, say: Language) -> str:
    young = maturity.youngest
    if young is not None and young.final_range is not None and young.so_far.share is not None:
        return say(
            "{month}: {share} of leads bought so far, {range} are to be expected in the end",
            month=_capital(say.month(young.month)),
            share=share_text(young.so_far.share, say),
            range=interval_text(young.final_range, say),
        )
    if maturity.cycle_days is not None and all(month.ripe for month in maturity.months):
        return say("Every month is old enough: the sales of its leads are in")
    return say("The data are too short to say where the young months will end")


def _capital(text: str) -> str:
    """A title does not begin with a small letter, as months do in ru and uk."""
    return text[:1].upper() + text[1:]


def _reading(maturity: Maturity, say: Language) -> tuple[str, ...]:
    out = [
        say("A line is a cohort: the leads of one month or quarter. It shows what part of them had bought by which "
            "age. Lost leads stay in the count, leads still open leave it at their age."),
    ]  # fmt: skip
    if any(not curve.ripe for curve in maturity.curves):
        out.append(
            say("Dashed: a cohort that is not ripe; it is drawn as far as half of its leads have come. Compare lines "
                "at one age, not at their ends.")
        )  # fmt: skip
    if maturity.youngest is not None:
        out.append(
            say("The mark at the right is where the youngest month will end with 95 % probability, if its open leads "
                "go on as leads of their age did before.")
        )  # fmt: skip
    if maturity.undated > UNDATED * maturity.won:
        out.append(
            say("{n} of {all} purchases have no sound closing date; they are counted as if they had taken as long as "
                "the others.", n=say.count(maturity.undated), all=say.count(maturity.won))
        )  # fmt: skip
    return tuple(out)


def _draw(maturity: Maturity, say: Language, alt: str) -> model.Figure:
    fig, ax = theme.figure(height=3.0)
    cycle = maturity.cycle_days
    longest = max(curve.drawn for curve in maturity.curves)
    right = min(longest, REACH * cycle) if cycle else longest
    ends, labels, colours, tops = [], [], [], [0.01]
    for curve in maturity.curves:
        stop = min(curve.drawn, right)
        days = [day for day in curve.by_age.days if day <= stop]
        share = [float(curve.by_age.won_at(day)) for day in days]
        colour = theme.COLOURS["neutral"] if curve.ripe else theme.COLOURS["joint"]
        style = "-" if curve.ripe else (0, (4, 2))
        ax.step([*days, stop], [*share, share[-1]], where="post", color=colour, linestyle=style, linewidth=1.6)
        if stop < right:
            ax.plot([stop, right], [share[-1]] * 2, color=theme.COLOURS["edge"], linewidth=0.7, linestyle=(0, (1, 3)))
        ends.append((right, share[-1]))
        # The end of a line that is not ripe is no result: a number there would contradict that of its month.
        name = cohort_name(curve, say, year=False)
        labels.append(f"{name} {share_text(share[-1], say)}" if curve.ripe else name)
        colours.append(theme.COLOURS["muted"] if curve.ripe else colour)
        tops.append(share[-1])
    young = maturity.youngest
    if young is not None and young.final_range is not None and young.expected is not None:
        tops.append(young.final_range[1])
    ax.set(xlim=(0, right), ylim=(0, max(tops) * 1.12))
    theme.share_axis(ax.yaxis, say)
    theme.count_axis(ax.xaxis, say, ticks=7)
    ax.set_xlabel(say("Age of the lead, days"))
    theme.margins(ax, right_labels=[f"{label}    " for label in labels], top_lines=1.6)
    theme.label_lines(ax, ends, labels, colours)
    if cycle and cycle < right:
        ax.axvline(cycle, color=theme.COLOURS["muted"], linewidth=0.9, linestyle=(0, (2, 2)))
        ax.annotate(
            say("nine of ten purchases: {days}", days=say.days(cycle)), (cycle, 1), xytext=(0, 3),
            xycoords=("data", "axes fraction"), textcoords="offset points", ha="center", va="bottom",
            color=theme.COLOURS["muted"], fontsize=8, annotation_clip=False,
        )  # fmt: skip
    if young is not None and young.final_range is not None and young.expected is not None:
        low, high = young.final_range
        place = right * 0.985
        theme.whiskers(ax, [place], [low], [high], across=False, colour=theme.COLOURS["joint"], linewidth=1.6)
        ax.plot(place, young.expected, "D", markersize=5.5, color=theme.COLOURS["joint"],
                markerfacecolor=theme.COLOURS["paper"], zorder=6)  # fmt: skip
    return theme.picture(fig, name="funnel-ripening", alt=alt)


def _table(maturity: Maturity, common: int, say: Language) -> Table:
    columns = (
        Column(label=say("Cohort")),
        Column(label=say("Leads"), kind="count"),
        Column(label=say("Bought by the age of {days}", days=say.days(common)), kind="share", digits=1),
        Column(label=say("Followed for at least"), kind="days"),
        Column(label=say("Ripe?")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            cohort_name(curve, say),
            curve.leads,
            float(curve.by_age.won_at(common)) if common and curve.seen >= common else None,
            curve.seen,
            say("ripe") if curve.ripe else say("not ripe yet"),
        )
        for curve in maturity.curves
    )
    note = say("Cumulative incidence by Aalen and Johansen; lost leads compete.")
    return Table(columns=columns, rows=rows, note=note)


def _alt(maturity: Maturity, common: int, say: Language) -> str:
    parts = [
        say("{cohort}: {share} at the age of {days}", cohort=cohort_name(curve, say),
            share=share_text(float(curve.by_age.won_at(common)), say), days=say.days(common))
        for curve in maturity.curves
        if common and curve.seen >= common
    ]  # fmt: skip
    young = maturity.youngest
    if young is not None:
        parts.append(_end(young, say))
    return "; ".join(parts) or _title(maturity, say)


def _end(month: Month, say: Language) -> str:
    """Where a young month will end, with its range."""
    if month.final_range is None or month.expected is None:
        return ""
    return say(
        "{month} is expected to end at {share} ({range})",
        month=say.month(month.month),
        share=share_text(month.expected, say),
        range=interval_text(month.final_range, say),
    )
