"""The journey map as a picture: stages from top to bottom, teams from left to right, joints between them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from helpers.chapters import journey_words as words
from helpers.language import UNKNOWN
from helpers.report import model, theme

if TYPE_CHECKING:
    from helpers.chapters.journey_measure import Joint, JourneyMap, Kpi
    from helpers.client import Client
    from helpers.language import Language

_ROW, _HEAD, _FOOT = 0.34, 0.45, 0.16
_JOINT = 0.95
"""Height of a joint in rows."""
_TEAM = 62
"""Points of a team's column."""
_LETTER = 5.1
"""Points that a letter of a KPI takes, on average."""
_VALUE, _DAY = 0.865, 0.99
"""Where values and days end, in parts of the width."""


def draw_map(journey: JourneyMap, client: Client, say: Language) -> model.Figure:
    """Each stage in the column of its owner, its KPI with value and date beside it; "?" where something is missing."""
    teams = list(dict.fromkeys(team for stage in journey.stages for team in stage.owners))
    teams += [team for joint in journey.joints for team in joint.teams if team not in teams]
    teams = list(dict.fromkeys(teams)) or ["marketing"]
    places, rows = _places(journey)
    height = _HEAD + _ROW * rows + _FOOT
    fig, ax = theme.figure(height=height)
    theme.margins(ax)
    wide = 72 * theme.WIDTH
    names = [theme.shorten(words.stage_name(stage, client, say), 20, lines=2) for stage in journey.stages]
    left = max(theme.width(name, 8.5) for name in names) + 10
    column = min(_TEAM, (0.46 * wide) / len(teams))
    right = left + column * len(teams)
    ax.set_position((left / wide, _FOOT / height, (right - left) / wide, _ROW * rows / height))
    ax.set(xlim=(-0.5, len(teams) - 0.5), ylim=(rows - 0.5, -0.5), xticks=[])
    ax.set_yticks(places, names)
    for spine in ax.spines.values():
        spine.set_visible(False)
    for place, team in enumerate(teams):
        head = theme.shorten(words.team_name(team, say), 11, lines=2)
        ax.text(place, -0.62, head, ha="center", va="bottom", fontsize=8, color=_colour(team))
    _draw_path(ax, journey, teams, places)
    for y, stage in zip(places, journey.stages, strict=True):
        _draw_stage(ax, y, stage.owners, teams)
        _write(ax, y, right, stage.kpis, client, say, say("no KPI"))
    for joint, y in _joint_places(journey, places):
        _draw_joint(ax, y, joint, teams)
        _write(ax, y, right, joint.kpis, client, say, say("no common KPI"), joint=True)
    return theme.picture(fig, name="journey-map", alt=words.map_alt(journey, client, say))


def _places(journey: JourneyMap) -> tuple[list[float], float]:
    """Height of each stage in rows, joints having taken their room; and the rows in all."""
    places, y = [], 0.0
    for place in range(len(journey.stages)):
        y += _JOINT * sum(joint.before == place for joint in journey.joints)
        places.append(y)
        y += 1
    return places, y


def _joint_places(journey: JourneyMap, places: list[float]) -> list[tuple[Joint, float]]:
    found = []
    for before, y in enumerate(places):
        of = [joint for joint in journey.joints if joint.before == before]
        found += [(joint, y - 0.5 - _JOINT * (len(of) - i - 0.5)) for i, joint in enumerate(of)]
    return found


def _colour(team: str) -> str:
    return theme.COLOURS.get(team, theme.COLOURS["muted"])


def _draw_path(ax: Any, journey: JourneyMap, teams: list[str], places: list[float]) -> None:
    """The client's way from owner to owner; it breaks where nobody is responsible."""
    points = [
        (sum(teams.index(owner) for owner in stage.owners) / len(stage.owners) if stage.owners else None, y)
        for stage, y in zip(journey.stages, places, strict=True)
    ]
    for (a, y0), (b, y1) in pairwise(points):
        if a is not None and b is not None:
            ax.plot([a, b], [y0, y1], color=theme.COLOURS["edge"], linewidth=3, zorder=1, clip_on=False)


def _draw_stage(ax: Any, y: float, owners: tuple[str, ...], teams: list[str]) -> None:
    if not owners:
        (bar,) = ax.barh(y, len(teams) - 0.3, left=-0.35, height=0.6).patches
        theme.hatch(bar)
        ax.text((len(teams) - 1) / 2, y, UNKNOWN, ha="center", va="center_baseline", fontweight="bold",
                color=theme.COLOURS["muted"], zorder=5)  # fmt: skip
        return
    for owner in owners:
        ax.barh(y, 0.62, left=teams.index(owner) - 0.31, height=0.6, color=_colour(owner), zorder=3)
    if len(owners) > 1:
        # Two owners are none: the rule is broken.
        at = [teams.index(owner) for owner in owners]
        ax.text(sum(at) / len(at), y, UNKNOWN, ha="center", va="center_baseline", fontweight="bold",
                color=theme.COLOURS["bad"], zorder=5)  # fmt: skip


def _draw_joint(ax: Any, y: float, joint: Joint, teams: list[str]) -> None:
    ends = sorted(teams.index(team) for team in joint.teams)
    whole = bool(joint.kpis) and set(joint.teams) <= set(joint.owners)
    style = "-" if whole else (0, (2, 2))
    colour = theme.COLOURS["joint" if whole else "bad"]
    ax.plot(ends, [y, y], color=colour, linewidth=1.6, linestyle=style, zorder=4, clip_on=False)
    ax.plot(sum(ends) / 2, y, "D", color=colour, markersize=7, zorder=5,
            markerfacecolor=colour if whole else theme.COLOURS["paper"])  # fmt: skip


def _write(
    ax: Any, y: float, right: float, kpis: tuple[Kpi, ...], client: Client, say: Language, none: str,
    *, joint: bool = False,
) -> None:  # fmt: skip
    """The KPI, its value and the day of it; what is missing or old stands in red."""
    from matplotlib.transforms import blended_transform_factory

    beside = blended_transform_factory(ax.get_figure().transFigure, ax.transData)
    style: dict[str, Any] = {"transform": beside, "va": "center", "fontsize": 8.5}
    start = (right + 10) / (72 * theme.WIDTH)
    bad, ink, muted = (theme.COLOURS[name] for name in ("bad", "ink", "muted"))
    if not kpis:
        ax.text(start, y, none, color=bad, **style)
        return
    # Of several KPIs the freshest one is drawn; the others stand in audit.json.
    kpi = max(kpis, key=lambda one: (one.fresh, one.on is not None, one.on or 0))
    more = f" (+{len(kpis) - 1})" if len(kpis) > 1 else ""
    value = words.kpi_value(kpi, client, say) or UNKNOWN
    # The name may be as long as the value leaves room for it.
    room = 72 * theme.WIDTH * _VALUE - right - 20 - theme.width(value, 8.5, bold=True)
    name = theme.shorten(words.kpi_name(kpi, say) + more, max(10, int(room / _LETTER)), lines=2)
    ax.text(start, y, name, color=theme.COLOURS["joint"] if joint else ink, linespacing=1.1, **style)
    day = say.date_short(kpi.on) if kpi.on is not None else say("no value")
    # "no value" says it all, and in a long language it reaches to where the question mark would stand.
    if kpi.on is not None or value != UNKNOWN:
        ax.text(_VALUE, y, value, ha="right", fontweight="bold", color=ink if kpi.fresh else bad, **style)
    ax.text(_DAY, y, day, ha="right", color=muted if kpi.fresh else bad, **{**style, "fontsize": 8})
