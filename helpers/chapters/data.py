"""Data quality: what came in, what was left out and why, how much of each field is filled. Measure → chart → words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from helpers.chapters.base import Chapter
from helpers.chapters.campaigns import named, named_among
from helpers.chapters.data_files import files_exhibit
from helpers.chapters.data_fix import GOOD, POOR, Gap, fix_exhibit, gaps
from helpers.chapters.data_rewritten import rewritten_exhibit, rewritten_figures
from helpers.chapters.data_totals import in_data, kinds_exhibit, terms_exhibit, totals_exhibit
from helpers.chapters.data_tracking import Tracking, measure_tracking, tracking_exhibit
from helpers.report import theme
from helpers.report.model import Box, Column, Exhibit, Finding, Section, Table
from helpers.sources.names import key
from helpers.sources.notices import Code, Ledger, Notice, TableLedger, answer_notices
from helpers.sources.noticetexts import notice_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language
    from helpers.report.model import Figure
    from helpers.survey.answers import Answers


@dataclass(frozen=True)
class DataQuality(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "data"

    say: Language
    client: Client
    tables: tuple[TableLedger, ...]
    notices: tuple[Notice, ...]
    filled: pd.DataFrame
    """field | known, leads, share - over leads of the period; ``field`` is a key of ``_labels``."""
    note: str
    ledger: Ledger
    tracking: Tracking | None
    """How far leads can be followed; None where the exports hold no source."""
    gaps: tuple[Gap, ...]
    """What to repair, the widest first."""
    facts: Facts

    @classmethod
    def measure(
        cls, ledger: Ledger, facts: Facts, client: Client, say: Language, answers: Answers | None = None
    ) -> DataQuality:
        """The account of the load and of the questionnaire's files, and how complete the leads of the period are."""
        note = say("Leads created in {period}.", period=say.period(facts.period.from_, facts.period.to))
        notices = (*ledger.notices, *unmatched_campaigns(facts), *loose_deals(facts), *answer_notices(answers))
        filled, tracking = filled_fields(facts), measure_tracking(facts)
        return cls(
            say,
            client,
            tuple(ledger.tables.values()),
            notices,
            filled,
            note,
            ledger,
            tracking,
            tuple(gaps(facts, notices, filled, tracking, client.currency, say)),
            facts,
        )

    def figures(self) -> dict[str, Any]:
        """``data`` of audit.json; texts in English, so that it is the same in every language."""
        from helpers.language import language

        english = language("en")
        return {
            "data": {
                "tables": {
                    table.table: {
                        "rows_before": table.rows_before,
                        "rows_after": table.rows_after,
                        "money_before": _money(table.money_before),
                        "money_after": _money(table.money_after),
                    }
                    for table in self.tables
                },
                "notices": [
                    {
                        "code": notice.code.value,
                        "table": notice.table,
                        "rows": notice.rows,
                        "money": _money(notice.money),
                        "text": notice_text(notice, english, self.client.currency),
                        "file": notice.file,
                    }
                    for notice in self.notices
                ],
                "rewritten": rewritten_figures(self.ledger.rewritten),
                "filled": {row["field"]: round(float(row["share"]), 4) for row in self.filled.to_dict("records")},
                "tracking": self.tracking.figures() if self.tracking is not None else {},
                "repair": [gap.key for gap in self.gaps],
                "counted": {
                    name: value if value is None else round(value, 2) for name, value in in_data(self.facts).items()
                },
            }
        }

    def findings(self) -> tuple[Finding, ...]:
        """Nothing for the first page: what is wrong with the data is said beside each figure it touches."""
        return ()

    def section(self) -> Section:
        """Balance of rows and money, completeness of fields, all notices."""
        say = self.say
        exhibits = [
            fix_exhibit(self.gaps, say),
            self._balance(),
            tracking_exhibit(self.tracking, say, self.note) if self.tracking is not None else None,
            self._completeness() if not self.filled.empty else None,
            totals_exhibit(self.facts, self.client, say),
            terms_exhibit(self.facts, self.client, say),
            kinds_exhibit(self.facts, say, self.client.margin),
        ]
        if self.notices:
            exhibits.append(self._notices())
        exhibits.append(rewritten_exhibit(self.ledger.rewritten, say, self._table_name))
        # Last: on paper its many columns turn the page.
        exhibits.append(files_exhibit(self.ledger, say, self._table_name))
        return Section(
            key=self.key,
            title=say("Data: what came in, what was left out"),
            lead=(
                say(
                    "Every row and amount of the exports is accounted for: what came in equals what is used plus what "
                    "is listed as left out. Nothing is dropped silently."
                ),
            ),
            boxes=self._missing(),
            exhibits=tuple(exhibit for exhibit in exhibits if exhibit is not None),
        )

    def _missing(self) -> tuple[Box, ...]:
        say, poor = self.say, self.filled[self.filled["share"] < POOR]
        if poor.empty:
            return ()
        labels = self._labels()
        asked = say.quoted([labels[field] for field in poor["field"]])
        return (
            Box(
                title=say("What to collect"),
                text=(say("Fewer than half of the leads have these fields filled in: {fields}.", fields=asked),),
                tone="missing",
            ),
        )

    def _labels(self) -> dict[str, str]:
        say = self.say
        return {
            "channel": say("Channel or source"),
            "campaign": say("Campaign"),
            "manager": say("Manager in charge"),
            "answered": say("Time of the first answer"),
            "rated": say("Rating by sales"),
            "marked": say("Qualified or not"),
            "decided": say("Accepted or rejected"),
            "priced": say("Amount of a won deal"),
        }

    def _balance(self) -> Exhibit:
        say = self.say
        before, after = sum(t.rows_before for t in self.tables), sum(t.rows_after for t in self.tables)
        lost = [t for t in self.tables if t.money_before is not None and t.money_before != t.money_after]
        if before == after:
            title = say("All {n} rows of the exports are used", n=say.count(before))
        else:
            title = say(
                "{n} of {m} rows are used, {lost} are left out with a reason",
                n=say.count(after), m=say.count(before), lost=say.count(before - after),
            )  # fmt: skip
        reading = [
            say("No money is lost on the way: the sums before and after are equal to the last digit.")
            if not lost
            else say(
                "The money left out is listed with its reason below; "
                "before equals after plus left out, to the last digit."
            )
        ]
        rows = tuple(
            (
                self._table_name(t.table), t.rows_before, t.rows_after, t.rows_before - t.rows_after,
                _money(t.money_before), _money(t.money_after),
                None if t.money_before is None or t.money_after is None else _money(t.money_before - t.money_after),
            )
            for t in self.tables
        )  # fmt: skip
        return Exhibit(
            key="data-balance",
            title=title,
            reading=tuple(reading),
            table=Table(
                columns=(
                    Column(label=say("Table")),
                    Column(label=say("Rows read"), kind="count"),
                    Column(label=say("Rows used"), kind="count"),
                    Column(label=say("Rows left out"), kind="count"),
                    Column(label=say("Money read"), kind="money", digits=2),
                    Column(label=say("Money used"), kind="money", digits=2),
                    Column(label=say("Money left out"), kind="money", digits=2),
                ),
                rows=rows,
            ),
            table_open=True,
        )

    def _table_name(self, key: str) -> str:
        say = self.say
        return {
            "answers": say("Questionnaire"),
            "spend": say("Advertising spend"),
            "leads": say("Leads"),
            "deals": say("Deals"),
            "stage_events": say("Stage history"),
            "touches": say("Calls and messages"),
            "people": say("People"),
            "tasks": say("Tasks"),
            "meetings": say("Meetings"),
            "notes": say("Meeting notes"),
            "promotions": say("Promotions"),
            "goals": say("Campaign goals"),
            "pay": say("Pay"),
            "events": say("Events"),
            "figures": say("Departments' own figures"),
            "kpis": say("Weekly figures"),
            "sorting": say("Blind sorting of leads"),
            "files": say("Files"),
        }.get(key, key)

    def _completeness(self) -> Exhibit:
        say = self.say
        worst = self.filled.sort_values("share").iloc[0]
        labels = self._labels()
        good = int((self.filled["share"] >= GOOD).sum())
        title = say(
            "{n} of {m} fields are filled in for nine leads of ten; the weakest is “{field}” with {share}",
            n=good, m=len(self.filled), field=labels[worst["field"]], share=filled_text(worst["share"], say),
        )  # fmt: skip
        if worst["known"] == worst["leads"]:
            title = say.plural(
                "The {n} field that the chapters rest on is filled in for every lead",
                "All {n} fields that the chapters rest on are filled in for every lead",
                good,
            )
        rows = tuple(
            (labels[row["field"]], int(row["known"]), int(row["leads"]), float(row["share"]))
            for row in self.filled.to_dict("records")
        )
        return Exhibit(
            key="data-filled",
            title=title,
            figure=self._chart(labels, title),
            reading=(
                say(
                    "A figure that rests on a field is as good as the field is complete: "
                    "what is empty cannot be judged."
                ),
            ),
            table=Table(
                columns=(
                    Column(label=say("Field")),
                    Column(label=say("Filled in"), kind="count"),
                    Column(label=say("Of"), kind="count"),
                    Column(label=say("Share"), kind="share"),
                ),
                rows=rows,
            ),
            note=self.note,
        )

    def _chart(self, labels: dict[str, str], title: str) -> Figure:
        say, data = self.say, self.filled.iloc[::-1]
        names = [labels[str(field)] for field in data["field"]]
        fig, ax = theme.figure(height=0.6 + 0.34 * len(data))
        theme.margins(ax, left_labels=names)
        ax.barh(names, [1.0] * len(data), color=theme.COLOURS["unknown"], height=0.62)
        colours = [
            theme.COLOURS["good"]
            if share >= GOOD
            else theme.COLOURS["bad"]
            if share < POOR
            else theme.COLOURS["neutral"]
            for share in data["share"]
        ]
        bars = ax.barh(names, data["share"], color=colours, height=0.62)
        theme.label_bars(ax, bars, [filled_text(share, say) for share in data["share"]])
        ax.set_xlim(0, 1.12)
        ax.set_xticks([])
        parts = [f"{labels[row['field']]} {filled_text(row['share'], say)}" for row in self.filled.to_dict("records")]
        return theme.picture(fig, name="data-filled", alt=f"{title}: {'; '.join(parts)}.")

    def _notices(self) -> Exhibit:
        say = self.say
        groups = {
            "dropped": say("Left out"),
            "kept": say("Kept, worth knowing"),
            "assumed": say("Assumed"),
            "dress": say("Not data"),
        }
        ordered = sorted(_together(self.notices), key=lambda n: (list(groups).index(n.group), n.table, -(n.rows or 0)))
        rows = tuple(
            (
                groups[notice.group],
                self._table_name(notice.table),
                notice_text(notice, say, self.client.currency),
                notice.code.value,
            )
            for notice in ordered
        )
        return Exhibit(
            key="data-notices",
            title=say.plural(
                "{n} thing worth knowing about the data", "{n} things worth knowing about the data", len(rows)
            ),
            table=Table(
                columns=(
                    Column(label=say("What happened")),
                    Column(label=say("Table")),
                    Column(label=say("Why")),
                    Column(label=say("Code")),
                ),
                rows=rows,
            ),
            table_open=True,
        )


def _together(notices: Sequence[Notice]) -> list[Notice]:
    """Notices that say the same of several files are one line, their rows and money added up."""
    found: dict[tuple[object, ...], Notice] = {}
    for one in notices:
        same = (one.code, one.table, one.column, one.detail, one.rows is None, one.money is None)
        if (first := found.get(same)) is not None:
            rows = None if one.rows is None else one.rows + (first.rows or 0)
            money = None if one.money is None else one.money + (first.money or Decimal(0))
            one = replace(first, rows=rows, money=money)
        found[same] = one
    return list(found.values())


def filled_text(share: float, say: Language) -> str:
    """A share as written: with decimals where rounding would carry it over a limit, 89.6 % is not nine of ten."""
    digits = 0
    while digits < 3 and any(share < limit <= round(share, digits + 2) for limit in (GOOD, POOR)):
        digits += 1
    return say.share(share, digits)


def filled_fields(facts: Facts) -> pd.DataFrame:
    """How many leads of the period have each field filled in; fields that the export does not have at all are left out.

    Returns:
        Columns field, known, leads (counts) and share (0-1); ``priced`` is over won leads.
    """
    leads = facts.leads[facts.leads["span"] == "now"]
    total = float(leads["leads"].sum())
    won = leads[leads["outcome"] == "won"]
    counted = [
        ("channel", leads.loc[leads["channel"] != "", "leads"].sum(), total, "leads.channel"),
        (
            "campaign",
            leads.loc[(leads["campaign"] != "") | (leads["campaign_id"] != ""), "leads"].sum(),
            total,
            "leads.campaign",
        ),
        ("manager", leads.loc[leads["manager"] != "", "leads"].sum(), total, "leads.manager"),
        ("answered", leads["answered"].sum(), total, "leads.first_answer_min"),
        ("rated", leads["rated"].sum(), total, "leads.rating"),
        ("marked", leads["marked"].sum(), total, "leads.qualified"),
        ("decided", leads["accepted"].sum() + leads["rejected"].sum(), total, "leads.accepted"),
        ("priced", won["priced"].sum(), float(won["leads"].sum()), "deals.amount"),
    ]
    rows = [
        (field, float(known), of, float(known) / of) for field, known, of, needs in counted if of and needs in facts.has
    ]
    return pd.DataFrame(rows, columns=["field", "known", "leads", "share"])


def loose_deals(facts: Facts) -> list[Notice]:
    """Deals of the period that belong to no lead, with the revenue of those that were won."""
    loose = facts.loose[facts.loose["span"] == "now"]
    deals, revenue = int(loose["deals"].sum()), Decimal(str(round(float(loose["revenue"].sum()), 2)))
    return [Notice(Code.DEAL_WITHOUT_LEAD, "deals", deals, revenue)] if deals else []


def unmatched_campaigns(facts: Facts) -> list[Notice]:
    """Campaigns of the period that only spend names, and those that only leads name - by id or by name, any channel.

    Money by campaign matches within a channel; here a name counts wherever it stands, so these are surely unmatched.
    """
    spend, leads = facts.spend[facts.spend["span"] == "now"], facts.leads[facts.leads["span"] == "now"]
    if spend.empty or leads.empty:
        return []
    alone = spend[named(spend) & ~named_among(spend, leads)]
    unpaid = leads[named(leads) & ~named_among(leads, spend)]
    return [
        notice
        for notice in (
            Notice(
                Code.CAMPAIGN_WITHOUT_LEADS,
                "spend",
                int(alone["rows"].sum()),
                Decimal(str(round(alone["spend"].sum(), 2))),
                detail=str(len(_identities(alone))),
            ),
            Notice(
                Code.CAMPAIGN_WITHOUT_SPEND, "leads", int(unpaid["leads"].sum()), detail=str(len(_identities(unpaid)))
            ),
        )
        if notice.rows
    ]


def _identities(frame: pd.DataFrame) -> set[str]:
    return set(frame["campaign_id"].where(frame["campaign_id"] != "", frame["campaign"]).map(key))


def _money(value: Any) -> float | None:
    return None if value is None else round(float(value), 2)
