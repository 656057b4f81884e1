"""All clients in one table: score, leads, first answer, cost of a customer, money at stake, data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.portfolio import clients_chart as chart
from helpers.portfolio.common import (
    FEW,
    Measured,
    band_text,
    described,
    driver_text,
    known,
    money_cell,
    range_cell,
)
from helpers.portfolio.measure import Aim, Stake, aim_of, records
from helpers.report.model import Box, Cell, Column, Exhibit, Finding, Quantity, Section, Table
from helpers.survey.criteria import questionnaire

if TYPE_CHECKING:
    from helpers.language import Language

ALT = 40
"""Clients that an alternative text names; all of them are in the table."""


def clients_section(measured: Measured, say: Language) -> Section:
    """The overview, money by currency, cost of a customer against the own aim, the state of the data."""
    exhibits = [
        _overview(measured, say),
        _table(measured, say),
        *_money(measured, say),
        _cac(measured, say),
        _data(measured, say),
    ]
    return Section(
        key="clients",
        title=say("The clients"),
        lead=(
            say("The newest audit of each client. Money stands in each client's own currency and is never added up or "
                "ranked across currencies."),
        ),
        boxes=_caution(measured, say),
        exhibits=tuple(exhibit for exhibit in exhibits if exhibit is not None),
    )  # fmt: skip


def scores_title(measured: Measured, say: Language) -> str:
    """How many clients have a score, and from where to where."""
    scored = measured.scored
    if scored.empty:
        return say("No client has a score yet")
    low, high = say.count(scored["total"].min()), say.count(scored["total"].max())
    if low == high:
        return say.plural("{n} client has a score: {score} of 100", "{n} clients have a score: {score} of 100",
                          len(scored), score=low)  # fmt: skip
    return say.plural(
        "{n} client has a score, from {low} to {high} of 100", "{n} clients have a score, from {low} to {high} of 100",
        len(scored), low=low, high=high,
    )  # fmt: skip


def findings(measured: Measured, say: Language) -> tuple[Finding, ...]:
    """For the first page: the scores and how many differ."""
    detail = _differ(measured, say)
    return (Finding(text=scores_title(measured, say), detail=detail, section="clients"),)


def _caution(measured: Measured, say: Language) -> tuple[Box, ...]:
    text = [
        say("Clients differ in trade, size and market. An average over them describes none of them, and what holds "
            "between clients need not hold inside one."),
    ]  # fmt: skip
    clients = len(measured.latest)
    if clients < FEW:
        text.insert(
            0,
            say.plural(
                "There is {n} client: nothing can be said of clients in general. Read it by itself.",
                "There are {n} clients: nothing can be said of clients in general. Read each by itself.",
                clients,
            ),
        )
    others = int((measured.scored["version"] != measured.version).sum())
    if others:
        text.append(
            say.plural(
                "{n} client answered another version of the questionnaire: its score is shown with a ring and is not "
                "compared.",
                "{n} clients answered another version of the questionnaire: their scores are shown with a ring and are "
                "not compared.",
                others,
            )
        )
    return (Box(title=say("Read with care"), text=tuple(text), tone="caution"),)


def _overview(measured: Measured, say: Language) -> Exhibit:
    title = scores_title(measured, say)
    reading = [
        say("Dot: the score. Line: its range (95 %); without a line, one person's view. The list is no league table: "
            "clients whose ranges overlap much are not surely different. Shaded: the four states."),
    ]  # fmt: skip
    reading += [text for text in (_differ(measured, say), _states(measured, say)) if text]
    figure = None
    if not measured.scored.empty:
        names = [
            say("{client}: {score}", client=measured.names[str(row["slug"])], score=say.count(row["total"]))
            for row in records(measured.scored.head(ALT))
        ]
        figure = chart.draw_scores(measured, say, described(title, names))
    return Exhibit(
        key="clients-all",
        title=title,
        figure=figure,
        reading=tuple(reading),
        note=_note(measured, say),
    )


def _table(measured: Measured, say: Language) -> Exhibit:
    """All clients in one table: an exhibit of its own, so that slides show it too."""
    return Exhibit(
        key="clients-table",
        title=say.plural("{n} client in one table: score, leads, answers, money, data",
                         "{n} clients in one table: score, leads, answers, money, data", len(measured.latest)),
        table=clients_table(measured, say),
        table_open=True,
        note=_note(measured, say),
    )  # fmt: skip


def _note(measured: Measured, say: Language) -> str:
    return say(
        "Source: the newest audit.json of {clients}, as of {day}.",
        clients=say.plural("{n} client", "{n} clients", len(measured.latest)), day=say.date(measured.as_of),
    )  # fmt: skip


def _differ(measured: Measured, say: Language) -> str:
    """How many pairs of clients surely differ; "" where none can be compared."""
    scored = measured.scored
    own = scored[(scored["version"] == measured.version) & scored["total_low"].notna()]
    n = len(own)
    if n < 2:
        return ""
    total, low, high = (own[name].to_numpy(dtype=float) for name in ("total", "total_low", "total_high"))
    # The lower end of the difference's interval for every higher client against every lower one.
    down = np.subtract.outer(total, total) - np.hypot.outer(total - low, high - total)
    sure, pairs = int((down > 0).sum()), n * (n - 1) // 2
    return say.plural(
        "Of {n} pair of clients {sure} surely differ in the score.",
        "Of {n} pairs of clients {sure} surely differ in the score.",
        pairs, sure=say.count(sure),
    )  # fmt: skip


def _states(measured: Measured, say: Language) -> str:
    counts = measured.scored["band"].value_counts()
    parts = [
        f"{band.label[say.code]} – {say.count(int(counts[band.key]))}"
        for band in questionnaire().bands
        if band.key in counts
    ]
    return say("Clients by state: {list}.", list=", ".join(parts)) if parts else ""


def clients_table(measured: Measured, say: Language) -> Table:
    """All clients in one table, by name."""
    asked = questionnaire()
    rows: list[tuple[Cell, ...]] = []
    several = len(set(measured.latest["version"].dropna())) > 1
    for row in measured.ordered():
        slug, currency = str(row["slug"]), str(row["currency"])
        label = band_text(row, asked)
        rows.append(
            (
                measured.names[slug],
                known(row["total"]),
                range_cell(row["total_low"], row["total_high"], say),
                label[say.code] if label else None,
                *((known(row["version"]),) if several else ()),
                known(row["qualified"]),
                known(row["median_min"]),
                money_cell(row["cac"], currency, say),
                money_cell(row["cac_aim"], currency, say),
                _stake_cell(measured, slug, currency, say),
                measured.checked.get(slug),
                row["last"].isoformat(),
            )
        )
    version = (Column(label=say("Questionnaire")),) if several else ()
    return Table(
        columns=(
            Column(label=say("Client")),
            Column(label=say("Score of 100"), kind="number", digits=0),
            Column(label=say("Range (95 %)")),
            Column(label=say("State")),
            *version,
            Column(label=say("Qualified leads"), kind="share"),
            Column(label=say("First answer, median"), kind="minutes"),
            Column(label=say("Cost of a customer (CAC)")),
            Column(label=say("Its own aim")),
            Column(label=say("At stake a month")),
            Column(label=say("Criteria with data, of 20"), kind="count"),
            Column(label=say("Audited until"), kind="date"),
        ),
        rows=tuple(rows),
        note=say(
            "Qualified leads by each client's own rule; first answer in working time where the client gave its hours. "
            "At stake: the largest sum that is more than chance, with its range."
        ),
    )


def _stake_cell(measured: Measured, slug: str, currency: str, say: Language) -> Quantity | None:
    stake = measured.stakes.get(slug)
    if stake is None:
        return None
    text = _range_of(stake, currency, say)
    return Quantity(text=text, kind="money", low=stake.low, high=stake.high, currency=currency)


def _range_of(stake: Stake, currency: str, say: Language) -> str:
    return say.interval(stake.low, stake.high, lambda value: say.money_short(value, currency))


def _money(measured: Measured, say: Language) -> Iterator[Exhibit]:
    """An exhibit per currency: sums of two currencies have no order."""
    for currency, group in measured.latest.groupby("currency", sort=True):
        found = [
            (measured.names[slug], measured.stakes[slug])
            for slug in sorted(map(str, group["slug"]))
            if slug in measured.stakes
        ]
        if not found:
            continue
        found.sort(key=lambda one: (-one[1].money, one[0]))
        name, most = found[0]
        money = _range_of(most, str(currency), say)
        title = say("{currency}: most is at stake at “{client}”, {money} a month",
                    currency=str(currency), client=name, money=money)  # fmt: skip
        silent = len(group) - len(found)
        reading = [
            say("The largest sum of each client that is more than chance, with its range (95 %). A client's sums "
                "overlap and are not added up; ranges of two clients that overlap do not tell which loses more."),
        ]  # fmt: skip
        if silent:
            reading.append(
                say.plural(
                    "At {n} more client with this currency no sum can be told from chance.",
                    "At {n} more clients with this currency no sum can be told from chance.",
                    silent,
                )
            )
        drawn = [f"{one}: {say.money_short(stake.money, str(currency))}" for one, stake in found[:ALT]]
        key = f"clients-money-{str(currency).lower()}"
        yield Exhibit(
            key=key,
            title=title,
            figure=chart.draw_money(found, str(currency), key, say, described(title, drawn)),
            reading=tuple(reading),
            table=Table(
                columns=(
                    Column(label=say("Client")),
                    Column(label=say("Where")),
                    *(
                        Column(label=f"{head}, {currency}", kind="number", digits=0)
                        for head in (say("At stake a month"), say("95 % from"), say("95 % to"))
                    ),
                ),
                rows=tuple(
                    (one, driver_text(stake.driver, say), stake.money, stake.low, stake.high) for one, stake in found
                ),
            ),
            note=_note(measured, say),
        )


def _cac(measured: Measured, say: Language) -> Exhibit | None:
    """Cost of a customer against the client's own aim; None where no client has one."""
    rows: list[tuple[Cell, ...]] = []
    verdicts: list[Aim] = []
    for row in measured.ordered():
        verdict = aim_of(row["cac"], row["cac_aim"], row["cac_won"])
        if not verdict:
            continue
        verdicts.append(verdict)
        cac, aim = (money_cell(row[name], row["currency"], say) for name in ("cac", "cac_aim"))
        rows.append((measured.names[str(row["slug"])], cac, aim, int(row["cac_won"]), _aim_text(verdict, say)))
    if not rows:
        return None
    above = verdicts.count("above")
    if above:
        title = say.plural("{n} client pays more for a customer than it aims at",
                           "{n} clients pay more for a customer than they aim at", above)  # fmt: skip
    else:
        title = say("No client surely pays more for a customer than it aims at")
    return Exhibit(
        key="clients-cac",
        title=title,
        reading=(
            say("Each client against its own aim: that of client.yml, else what its aim in revenue per 100 of spend "
                "allows a customer to cost. Above or within is said beyond chance and from 30 sales on."),
        ),
        table=Table(
            columns=(
                Column(label=say("Client")),
                Column(label=say("Cost of a customer (CAC)")),
                Column(label=say("Its own aim")),
                Column(label=say("Customers"), kind="count"),
                Column(label=say("Against the aim")),
            ),
            rows=tuple(rows),
        ),
        table_open=True,
        note=_note(measured, say),
    )  # fmt: skip


def _aim_text(verdict: Aim, say: Language) -> str:
    return {
        "within": say("within the aim"),
        "above": say("above the aim"),
        "near": say("cannot be told from the aim"),
        "few": say("too few to judge"),
        "": "",
    }[verdict]


def _data(measured: Measured, say: Language) -> Exhibit:
    rows: list[tuple[Cell, ...]] = []
    for row in measured.ordered():
        used = row["rows_after"] / row["rows_before"] if row["rows_before"] > 0 else None
        fields = known(row["fields_poor"])
        rows.append(
            (
                measured.names[str(row["slug"])],
                measured.checked.get(str(row["slug"])),
                used,
                known(row["matched"]),
                None if fields is None else int(fields),
            )
        )
    checked = pd.Series([row[1] for row in rows], dtype=float)
    half = int((checked < 10).sum())
    title = say.plural(
        "At {n} client the data can check fewer than half of the criteria",
        "At {n} clients the data can check fewer than half of the criteria",
        half,
    )
    if not half:
        title = say("At every client the data can check at least half of the criteria")
    if checked.isna().all():
        title = say("What the data of the clients can check is not known")
    return Exhibit(
        key="clients-data",
        title=title,
        reading=(
            say("What the figures above stand on: the fewer rows are used and the less spend is joined with leads, the "
                "more a client's figures are a lower bound."),
        ),
        table=Table(
            columns=(
                Column(label=say("Client")),
                Column(label=say("Criteria with data, of 20"), kind="count"),
                Column(label=say("Rows used"), kind="share", digits=1),
                Column(label=say("Spend joined with leads"), kind="share"),
                Column(label=say("Fields less than half filled in"), kind="count"),
            ),
            rows=tuple(rows),
        ),
        table_open=True,
        note=_note(measured, say),
    )  # fmt: skip
