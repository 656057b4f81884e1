"""The exhibit "spend by verdict and where it would go instead"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.chapters import money_words as words
from helpers.chapters.campaigns import lines
from helpers.chapters.money_moves import ACTIONS, GROW, Moves
from helpers.report.model import Cell, Column, Exhibit, Figure, Table

if TYPE_CHECKING:
    from helpers.chapters.money_measure import Measured
    from helpers.language import Language

COLOUR = {"scale": "good", "hold": "marketing", "wait": "neutral", "fix": "sales", "stop": "bad"}
ROW = 0.36
NAMED = 3


def moves_exhibit(moves: Moves, measured: Measured, say: Language, currency: str, note: str) -> Exhibit | None:
    """None without spend."""
    if not any(moves.spend.values()):
        return None
    alt = _alt(moves, say, currency)
    return Exhibit(
        key="money-moves",
        title=_title(moves, measured, say, currency),
        figure=_draw(moves, measured, say, currency, alt),
        reading=_reading(moves, say, currency),
        table=_table(moves, measured, say),
        table_open=bool(moves.to),
        note=note,
    )


def _names(moves: Moves, measured: Measured, say: Language) -> list[str]:
    places = [move.place for move in moves.to]
    return [words.campaign_name(row, say) for row in lines(measured.campaigns.loc[places])]


def _title(moves: Moves, measured: Measured, say: Language, currency: str) -> str:
    whole, losing = sum(moves.spend.values()), say.money_short(moves.losing, currency)
    if moves.to:
        names = say.quoted(_names(moves, measured, say)[:NAMED])
        return say(
            "{losing} of {whole} spent is in campaigns that lose; {money} of it could go to {names} at once",
            losing=losing, whole=say.money_short(whole, currency), money=say.money_short(moves.moved, currency),
            names=names,
        )  # fmt: skip
    if moves.losing:
        return say("{losing} of {whole} spent is in campaigns that lose; none has shown yet that it should grow",
                   losing=losing, whole=say.money_short(whole, currency))  # fmt: skip
    most = max(ACTIONS, key=lambda action: moves.spend[action])
    return say("{share} of the spend is in campaigns to “{action}”; none is sure to lose",
               share=say.share(moves.spend[most] / whole), action=words.action_text(most, say))  # fmt: skip


def _reading(moves: Moves, say: Language, currency: str) -> tuple[str, ...]:
    out = []
    if moves.to:
        out.append(
            say("Where it is now, {hundred} of this money brings back {back} of gross profit. Moved, it would make the "
                "profit of the period larger by {gain} at most: if it earned there as these campaigns do today.",
                hundred=say.money(100, currency), back=say.money(moves.losing_per_100, currency),
                gain=say.money_short(moves.gain, currency))
        )  # fmt: skip
        out.append(
            say("A campaign that grows finds more expensive leads. The moved money pays for itself as long as it earns "
                "{share} of today's return. So no campaign gets more than {cap} of its spend at once; look again after "
                "one cycle.",
                share=say.share(moves.even), cap=say.share(GROW))
        )  # fmt: skip
    if moves.spend["stop"]:
        out.append(
            say("To stop ({money}): even at half of its price a lead would lose; what finds no better place is saved.",
                money=say.money_short(moves.spend["stop"], currency))
        )  # fmt: skip
    if moves.spend["fix"]:
        out.append(
            say("To fix ({money}): first see which leads this money brings, or where they are lost and what they may "
                "cost; stop it if that does not help within one cycle.",
                money=say.money_short(moves.spend["fix"], currency))
        )  # fmt: skip
        if moves.no_leads:
            out.append(say("Of the money to fix {money} was spent without any lead that names its campaign: connect it "
                           "first.", money=say.money_short(moves.no_leads, currency)))  # fmt: skip
    if moves.spend["wait"]:
        out.append(
            say("To wait ({money}): leave it as it is until there are enough leads to judge.",
                money=say.money_short(moves.spend["wait"], currency))
        )  # fmt: skip
    return tuple(out)


def _alt(moves: Moves, say: Language, currency: str) -> str:
    parts = [
        say(
            "{action}: {money}", action=words.action_text(name, say), money=say.money_short(moves.spend[name], currency)
        )
        for name in ACTIONS
        if moves.spend[name]
    ]
    return say("Spend by what to do with the campaign. {list}.", list="; ".join(parts))


def _draw(moves: Moves, measured: Measured, say: Language, currency: str, alt: str) -> Figure:
    from helpers.report import theme

    kept = [name for name in ACTIONS if moves.spend[name]]
    names = [words.action_text(name, say) for name in kept]
    texts = [
        f"{say.money_short(moves.spend[name], currency)} · "
        + say.plural("{n} campaign", "{n} campaigns", moves.campaigns[name])
        for name in kept
    ]
    places, colours = [float(i) for i in range(len(kept))], [theme.COLOURS[COLOUR[name]] for name in kept]
    spend = [moves.spend[name] for name in kept]
    for i, (move, name) in enumerate(zip(moves.to[:6], _names(moves, measured, say), strict=False)):
        names.append(theme.shorten(name, 30))
        texts.append(say.money_short(move.more, currency, signed=True))
        places.append(len(kept) + 0.9 + i)
        colours.append(theme.COLOURS["good"])
        spend.append(move.more)
    fig, ax = theme.figure(height=0.55 + ROW * (places[-1] + 1))
    theme.margins(ax, left_labels=names, bottom_labels=["0"])
    bars = ax.barh(places, spend, height=0.6, color=colours)
    for patch, name in zip(bars.patches, kept, strict=False):
        if name == "wait":
            theme.hatch(patch)
    ax.set_yticks(places, names)
    ax.set_ylim(places[-1] + 0.6, -0.6)
    theme.label_bars(ax, bars, texts)
    if moves.to:
        # Beside the axis, whose line would cross the first letter.
        ax.annotate(say("from campaigns that lose, moved to:"), (0, len(kept) + 0.1), xytext=(4, 0),
                    textcoords="offset points", va="center_baseline", ha="left", fontsize=8.5,
                    color=theme.COLOURS["muted"])  # fmt: skip
    theme.money_axis(ax.xaxis, say, currency)
    return theme.picture(fig, "money-moves", alt)


def _table(moves: Moves, measured: Measured, say: Language) -> Table | None:
    """Where the money would go; without a move, nothing."""
    if not moves.to:
        return None
    rows: list[tuple[Cell, ...]] = [
        (name, move.spend, move.more, move.spend + move.more, move.per_100)
        for name, move in zip(_names(moves, measured, say), moves.to, strict=True)
    ]
    columns = (
        Column(label=say("Campaign to scale")),
        Column(label=say("Spend today"), kind="money"),
        Column(label=say("In addition"), kind="money"),
        Column(label=say("Spend then"), kind="money"),
        Column(label=say("Gross profit per 100 of spend, expected"), kind="number", digits=0),
    )
    return Table(columns=columns, rows=tuple(rows[:50]))
