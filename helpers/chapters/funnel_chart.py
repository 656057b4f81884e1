"""The two pictures of the funnel chapter: the funnel with what each department sees, and conversion by month."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from helpers.chapters.funnel_counts import ADVERTISING, AFTERWARDS
from helpers.chapters.funnel_visibility import DEPARTMENTS
from helpers.language import UNKNOWN, share_digits
from helpers.report import model, theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from helpers.chapters.funnel_cohorts import Maturity
    from helpers.chapters.funnel_measure import MeasuredFunnel, Step
    from helpers.chapters.funnel_visibility import Visibility
    from helpers.client import Client
    from helpers.language import Language

_ROW = 0.45
"""Height of a stage, inches."""
_HEAD, _FOOT = 0.5, 0.28
_SMALL = 7.5
_BAR = 0.62
_SIGHT = 32
"""Points that a column of dots takes at least."""
_VISIBLE = 0.06
"""An unknown stage is drawn at least so wide, in parts of the longest bar."""


def share_text(value: float, say: Language) -> str:
    """A conversion with as many digits as it needs: 42 %, 4.2 %, 0.42 %, 0.042 %."""
    return say.share(value, share_digits(value))


def interval_text(interval: tuple[float, float], say: Language) -> str:
    """Both ends, with as many digits as tell them apart."""
    return interval_cell(interval, say).text


def interval_cell(interval: tuple[float, float], say: Language, share: float | None = None) -> model.Quantity:
    """The same in a table; with the ``share`` itself before it, if it is given."""
    low, high = interval
    digits = 0 if high >= 0.1 else 1 if high >= 0.01 else 2
    # A narrow interval is not a point.
    while digits < 3 and say.share(low, digits) == say.share(high, digits):
        digits += 1
    text = say.interval(low, high, lambda value: say.share(value, digits))
    if share is not None:
        text = f"{share_text(share, say)} ({text})"
    return model.Quantity(text=text, kind="share", digits=max(digits, 1), value=share, low=low, high=high)


def money_text(value: float, currency: str, say: Language) -> str:
    """Money per one: with decimals only where it is small; an impression has its price, be it below a kopeck."""
    small = 0 < abs(value) < 0.1
    return say.money(value, currency, 1 - math.floor(math.log10(abs(value))) if small else 2 if abs(value) < 10 else 0)


def rate_lines(step: Step, say: Language) -> tuple[str, str]:
    """What stands in the column "of the previous stage": the rate, or why there is none; then how sure it is."""
    ratio = step.step
    if step.count is None:
        return UNKNOWN, ""
    if step.previous is None:
        return "", ""
    over = say.plural("over {n} unknown step", "over {n} unknown steps", step.skipped) if step.skipped else ""
    if ratio is None or not ratio.possible:
        return UNKNOWN, over
    if ratio.share is None or ratio.interval is None:
        return say("too few to judge"), over
    share, interval = share_text(ratio.share, say), interval_text(ratio.interval, say)
    return (f"{share} ({interval})", over) if over else (share, interval)


def draw_funnel(
    funnel: MeasuredFunnel, visibility: Visibility, client: Client, say: Language, alt: str
) -> model.Figure:
    """Bars of the stages, to one scale from the leads on; the rates, the costs and who sees what beside them."""
    rows = len(funnel.steps)
    height = _HEAD + rows * _ROW + _FOOT
    fig, ax = theme.figure(height=height)
    theme.margins(ax)
    wide = 72 * theme.WIDTH
    names = [theme.shorten(client.stage_label(step.stage, say), 20, lines=2) for step in funnel.steps]
    left = max(theme.width(name, 8.5) for name in names) + 10
    sights = [max(_SIGHT, theme.width(_sight_head(department, say), _SMALL) + 8) for department in DEPARTMENTS]
    sight = wide - sum(sights)
    cost = sight - max(theme.width(text) for text in [*_costs(funnel, client, say), _cost_head(say)]) / 2 - 12
    rate = 2 * cost - sight - _rates_width(funnel, say) / 2
    right = rate - _rates_width(funnel, say) / 2 - 8
    ax.set_position((left / wide, _FOOT / height, (right - left) / wide, rows * _ROW / height))
    ax.set(ylim=(rows - 0.5, -0.5), xticks=[])
    ax.set_yticks(range(rows), names)
    for spine in ax.spines.values():
        spine.set_visible(False)
    _draw_bars(ax, funnel, client, say, right - left)
    _draw_texts(ax, funnel, client, say, rate / wide, cost / wide)
    for place, department in enumerate(DEPARTMENTS):
        x = sight + sum(sights[:place]) + sights[place] / 2
        _draw_sight(ax, x / wide, department, funnel, visibility, say)
    return theme.picture(fig, name="funnel", alt=alt)


def _costs(funnel: MeasuredFunnel, client: Client, say: Language) -> list[str]:
    """Cost per one who reached each stage; "≤" where only a lower bound of the number is known."""
    return [
        ""
        if step.cost is None
        else ("" if step.count is not None else "≤ ") + money_text(step.cost, client.currency, say)
        for step in funnel.steps
    ]


def _cost_head(say: Language) -> str:
    return say("cost\nper one")


def _wrapped(step: Step, say: Language) -> tuple[str, str]:
    """``rate_lines`` with words instead of a rate on two lines."""
    first, second = rate_lines(step, say)
    if step.step is not None and step.step.possible and step.step.share is None and step.count is not None:
        # How many unknown steps lie between matters where a rate is read; the table says it here.
        return theme.shorten(first, 13, lines=2), ""
    if step.skipped and " (" in first:
        # The range below its share: the bars need the width.
        share, interval = first.removesuffix(")").split(" (")
        return share, f"{interval}\n{second}"
    return first, theme.shorten(second, 18, lines=2) if step.skipped else second


def _rates_width(funnel: MeasuredFunnel, say: Language) -> float:
    lines = [_wrapped(step, say) for step in funnel.steps]
    firsts = [theme.width(first) for first, _ in lines] + [theme.width(second, _SMALL) for _, second in lines]
    return max([*firsts, theme.width(say("of the previous\nstage"), 8)])


def _draw_bars(ax: Axes, funnel: MeasuredFunnel, client: Client, say: Language, room: float) -> None:
    """Bars and counts; the longest bar takes what its count leaves of ``room`` points."""
    owners = {stage.key: stage.owner for stage in client.stages}
    scale = (
        max([step.count or step.at_least or 0 for step in funnel.steps if step.stage not in ADVERTISING] or [0]) or 1
    )
    # An unknown stage can hold as many as the last known one (what comes after a purchase, as many as bought); before
    # the first known one there is no limit.
    most = sold = 1.0
    ends: list[tuple[float, bool]] = []
    for row, step in enumerate(funnel.steps):
        known = step.count if step.count is not None else step.at_least
        colour = _owner_colour(owners.get(step.stage, ()))
        end = 1.0
        if step.stage in ADVERTISING and known is not None:
            # Not to scale: pale and broken.
            ax.broken_barh([(0, 0.74), (0.77, 0.23)], (row - _BAR / 2, _BAR), color=colour, alpha=0.4)
        else:
            length = (known or 0) / scale
            ax.barh(row, length, height=_BAR, color=colour)
            end = length
            limit = max(sold if step.stage in AFTERWARDS else most, length + _VISIBLE)
            if step.count is None:
                theme.hatch(ax.barh(row, limit - length, left=length, height=_BAR))
                end = limit
            most = length if step.count is not None else most
            sold = length if step.stage == "won" else sold
        pale = step.stage in ADVERTISING and known is not None
        ends.append((end, pale))
    texts = [_count_text(step, say) for step in funnel.steps]
    # What a bar of length 1 may take, so that each count has room behind its bar.
    longest = [
        (room - theme.width(text, bold=True) - 6) / max(end, 0.01) for text, (end, _) in zip(texts, ends, strict=True)
    ]
    one = min([room, *(most for most, (_, pale) in zip(longest, ends, strict=True) if not pale)])
    # A pale bar is not to scale and holds its count, unless that is longer.
    held = [pale and theme.width(text, bold=True) + 10 < one for text, (_, pale) in zip(texts, ends, strict=True)]
    one = min(
        [one, *(most for most, (_, pale), within in zip(longest, ends, held, strict=True) if pale and not within)]
    )
    for row, (text, (end, _), within) in enumerate(zip(texts, ends, held, strict=True)):
        ax.annotate(text, (0 if within else end, row), (5, 0), textcoords="offset points", va="center_baseline",
                    fontweight="bold")  # fmt: skip
    ax.set_xlim(0, room / max(one, 1))


def _owner_colour(owner: tuple[str, ...]) -> str:
    """The colour of the department that owns a stage; of both together; grey for others."""
    sides = set(owner) & set(DEPARTMENTS)
    if len(sides) == 2:
        return theme.COLOURS["joint"]
    return theme.COLOURS[sides.pop()] if sides else theme.COLOURS["neutral"]


def _count_text(step: Step, say: Language) -> str:
    if step.count is not None:
        return say.count(step.count)
    if step.at_least is None:
        return UNKNOWN
    return f"≥ {say.count(step.at_least)}"


def _draw_texts(ax: Axes, funnel: MeasuredFunnel, client: Client, say: Language, rate: float, cost: float) -> None:
    """The columns of rates and costs: x in parts of the figure, y in rows."""
    muted = theme.COLOURS["muted"]
    head: dict[str, Any] = {"va": "bottom", "color": muted, "fontsize": 8}
    _text(ax, rate, -0.6, say("of the previous\nstage"), **head)
    _text(ax, cost, -0.6, _cost_head(say), **head)
    for row, (step, money) in enumerate(zip(funnel.steps, _costs(funnel, client, say), strict=True)):
        first, second = _wrapped(step, say)
        lines = second.count("\n") + 1 if second else 0
        _text(ax, rate, row - 0.17 * lines, first)
        _text(ax, rate, row + (0.21 if lines == 1 else 0.17), second, color=muted, fontsize=_SMALL)
        _text(ax, cost, row, money)


def _text(ax: Axes, x: float, y: float, text: str, **style: Any) -> None:
    ax.text(x, y, text, transform=_beside(ax), **{"ha": "center", "va": "center", **style})


def _beside(ax: Axes) -> Any:
    """x in parts of the figure, y in rows."""
    from matplotlib.transforms import blended_transform_factory

    return blended_transform_factory(ax.get_figure().transFigure, ax.transData)  # type: ignore[union-attr]


def _sight_head(department: str, say: Language) -> str:
    return {"marketing": say("marketing\nsees"), "sales": say("sales\nsee")}[department]


def _draw_sight(
    ax: Axes, x: float, department: str, funnel: MeasuredFunnel, visibility: Visibility, say: Language
) -> None:
    """A column of dots: full where the stage is known and seen, joined where the step between two is visible."""
    colour, muted = theme.COLOURS[department], theme.COLOURS["muted"]
    sight = visibility.departments[department]
    _text(ax, x, -0.6, _sight_head(department, say), va="bottom", color=colour, fontsize=_SMALL)
    visible = [step.count is not None and step.stage in sight.stages for step in funnel.steps]
    style: dict[str, Any] = {"transform": _beside(ax), "clip_on": False, "markersize": 8}
    for row, seen in enumerate(visible):
        if sight.share is None:
            _text(ax, x, row, UNKNOWN, color=muted)
        elif seen:
            ax.plot(x, row, "o", color=colour, **style)
            if row and visible[row - 1]:
                ax.plot([x, x], [row - 1, row], color=colour, linewidth=3.2, **style)
        else:
            ax.plot(x, row, "o", markerfacecolor="none", markeredgecolor=theme.COLOURS["neutral"], **style)
    share = UNKNOWN if sight.share is None else say.share(sight.share)
    _text(ax, x, len(funnel.steps) - 0.42, share, va="top", color=colour, fontweight="bold")


def draw_months(maturity: Maturity, say: Language, alt: str) -> model.Figure:
    """Conversion of lead to customer by month of the lead: so far with its interval, and expected by age."""
    months = maturity.months
    fig, ax = theme.figure(height=3.0)
    colour = theme.COLOURS["joint"]
    tops = [0.01]
    # Values over many bars would run into each other.
    written = len(months) <= 13
    for place, month in enumerate(months):
        ratio = month.so_far
        if ratio.share is None or ratio.interval is None:
            ax.annotate(UNKNOWN, (place, 0), (0, 3), textcoords="offset points", ha="center", va="bottom",
                        color=theme.COLOURS["muted"])  # fmt: skip
            continue
        bar = ax.bar(place, ratio.share, width=0.62, color=colour)
        if not month.ripe:
            bar[0].set(facecolor="none", edgecolor=colour, linewidth=1, hatch="////")
        theme.whiskers(ax, [place], [ratio.interval[0]], [ratio.interval[1]], across=False)
        end = ratio.interval[1]
        expected = None if month.ripe else month.expected
        if expected is not None and month.final_range is not None:
            # Beside the bar's own line, so that both ranges can be read.
            aside = place + 0.2
            theme.whiskers(ax, [aside], [month.final_range[0]], [month.final_range[1]], across=False, colour=colour)
            ax.plot(aside, expected, "D", markersize=5, color=colour, markerfacecolor=theme.COLOURS["paper"], zorder=5)
            end = max(end, month.final_range[1])
        tops.append(end)
        if written:
            text = share_text(ratio.share, say)
            if expected is not None:
                text = f"◇ {share_text(expected, say)}\n{text}"
            ax.annotate(text, (place, end), (0, 5), textcoords="offset points", ha="center", va="bottom")
    every = 1 if written else 3
    names = [_month_name(place, maturity, say) for place in range(0, len(months), every)]
    ax.set_xticks(range(0, len(months), every), names)
    ax.set(xlim=(-0.6, max(len(months), 4) - 0.4), ylim=(0, max(tops) * 1.22))
    theme.share_axis(ax.yaxis, say)
    ax.set_xlabel(say("Month of the lead, and how many leads it brought"))
    theme.margins(ax)
    return theme.picture(fig, name="funnel-months", alt=alt)


def _month_name(place: int, maturity: Maturity, say: Language) -> str:
    """Month, its number of leads, and the year where it begins."""
    month = maturity.months[place].month
    lines = [say.month_short(month, year=False), say.count_short(maturity.months[place].leads)]
    if place == 0 or maturity.months[place - 1].month.year != month.year:
        lines.append(str(month.year))
    return "\n".join(lines)
