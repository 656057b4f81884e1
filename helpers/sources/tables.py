"""The clean tables: column, type, unit, meaning, required. The data dictionary is generated from here.

Types: ``id`` text that is never a number; ``text``; ``person`` (raw e-mail or phone, leaves the loader only as a keyed
hash); ``moment`` date with time where the export has it; ``day``; ``money`` decimal with six digits; ``number``;
``count``; ``flag`` true/false/unknown; ``rating`` 1-5; ``minutes``; ``seconds``; ``title`` (the name of a lead or deal,
leaves the loader only as a mark: test, auto).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal[
    "id", "text", "person", "moment", "day", "money", "number", "count", "flag", "rating", "minutes", "seconds", "title"
]


@dataclass(frozen=True)
class Column:
    """One column of a clean table."""

    name: str
    type: ColumnType
    meaning: str
    required: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """One clean table. ``money`` names the column whose sum is accounted for row by row."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: str = ""
    """Column that tells one row from another; empty: rows have no identity of their own."""
    date: str = ""
    """Column by which a row belongs to a period."""
    money: str = ""
    optional: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


def _table(name: str, meaning: str, columns: str, **options: str | bool) -> Table:
    """``columns``: one per line, 'name[*] | type | unit | meaning'; * marks a required one."""
    parsed = []
    for line in columns.strip().splitlines():
        head, kind, unit, text = (part.strip() for part in line.split("|"))
        parsed.append(Column(head.rstrip("*"), kind, text, head.endswith("*"), unit))  # type: ignore[arg-type]
    return Table(name, meaning, tuple(parsed), **options)  # type: ignore[arg-type]


_TABLES = (
    _table(
        "spend",
        "What advertising cost, a row per campaign and day or period",
        """
        from*         | day   |          | first day of the row
        to            | day   |          | last day; the same day where the export is daily
        channel       | text  |          | advertising system or source
        campaign      | text  |          | campaign name
        campaign_id   | id    |          | campaign id in the advertising system
        cost*         | money | currency | money spent
        currency      | text  |          | ISO code; the client's currency where empty
        impressions   | count |          | times shown
        clicks        | count |          | clicks
        kind          | text  |          | what was paid for: media where empty; fee, blogger, offline ...
        """,
        date="from",
        money="cost",
        optional=False,
    ),
    _table(
        "leads",
        "Everybody who left a contact, a row per enquiry",
        """
        lead_id*         | id      |         | id in the CRM
        created_at*      | moment  |         | when the enquiry came
        person           | person  |         | e-mail or phone, kept only as a keyed hash, forgotten after the run
        title            | title   |         | its name, kept only as a mark: test; auto (given by a form or telephony)
        source           | text    |         | utm_source or the CRM's source
        medium           | text    |         | utm_medium
        campaign         | text    |         | utm_campaign
        campaign_id      | id      |         | campaign id in the advertising system
        term             | text    |         | utm_term
        content          | text    |         | utm_content
        channel          | text    |         | channel; the source where there is no column of its own
        product          | text    |         | product or direction asked for
        manager          | text    |         | salesperson in charge
        pipeline         | text    |         | pipeline of the CRM
        stage            | text    |         | stage of the CRM as exported; read through outcomes
        outcome          | text    |         | open, won or lost, where the export says so itself; wins over the stage
        reason           | text    |         | reason of rejection or loss
        closed_at        | moment  |         | when it was won or lost
        accepted         | flag    |         | sales took the lead into work
        accepted_at      | moment  |         | when sales accepted it
        qualified        | flag    |         | the CRM's mark of a qualified lead
        first_answer_at  | moment  |         | when a person first answered
        first_answer_min | minutes | minutes | time to the first answer, where the export gives it as a duration
        rating           | rating  | 1-5     | what sales thought of the lead
        budget           | flag    |         | BANT: has the money
        authority        | flag    |         | BANT: decides
        need             | flag    |         | BANT: needs it
        timing           | flag    |         | BANT: needs it soon
        """,
        key="lead_id",
        date="created_at",
        optional=False,
    ),
    _table(
        "deals",
        "Deals, a row per deal; a CRM with one entity fills leads and deals from one file",
        """
        deal_id*    | id     |          | id in the CRM
        lead_id     | id     |          | the lead it grew from
        person      | person |          | e-mail or phone, to find the lead where there is no lead_id
        title       | title  |          | its name, kept only as a mark: test; auto (given by a form or telephony)
        opened_at   | moment |          | when the deal was opened
        closed_at   | moment |          | when it was won or lost
        pipeline    | text   |          | pipeline of the CRM
        stage       | text   |          | stage of the CRM as exported; read through outcomes
        outcome     | text   |          | open, won or lost, where the export says so itself; wins over the stage
        reason      | text   |          | reason of loss
        amount      | money  | currency | revenue of the deal
        currency    | text   |          | ISO code; the client's currency where empty
        margin      | money  | currency | gross profit of the deal, where known
        manager     | text   |          | salesperson in charge
        expected_at | day    |          | when it is expected to close
        """,
        key="deal_id",
        date="opened_at",
        money="amount",
        optional=False,
    ),
    _table(
        "stage_events",
        "Stage history: a row each time a lead or deal enters a stage",
        """
        lead_id    | id     | | lead
        deal_id    | id     | | deal
        pipeline   | text   | | pipeline of the CRM
        stage*     | text   | | stage of the CRM; read through outcomes
        entered_at*| moment | | when it was entered
        """,
        date="entered_at",
    ),
    _table(
        "touches",
        "Calls and messages",
        """
        lead_id    | id      |         | lead or deal
        at*        | moment  |         | when
        kind       | text    |         | call, message, meeting
        direction  | text    |         | in or out
        seconds    | seconds | seconds | talk time
        answered   | flag    |         | somebody answered
        manager    | text    |         | who talked
        checklist  | number  | 0-100   | checklist score of the conversation
        reviewed_by| text    |         | who scored it
        """,
        date="at",
    ),
    _table(
        "people",
        "Salespeople and marketers",
        """
        manager* | text |  | name as in the CRM
        team     | text |  | team
        alias    | text |  | name to show instead
        from     | day  |  | first day at work
        to       | day  |  | last day at work
        """,
    ),
    _table(
        "tasks",
        "Decisions of the joint meetings as tasks",
        """
        date*    | day  | | day of the meeting
        decision*| text | | what was decided
        owner    | text | | who does it
        due      | day  | | by when
        done     | day  | | when it was done
        """,
        date="date",
    ),
    _table(
        "meetings",
        "Joint meetings",
        """
        date*   | day  | | day of the meeting
        present | text | | departments present
        decision| text | | decisions taken
        """,
        date="date",
    ),
    _table(
        "notes",
        "What the joint meetings wrote down besides decisions",
        """
        date*      | day  | | day of the meeting, or of the change
        kind*      | text | | change (it was made on that day), hypothesis or signal (of the market)
        text*      | text | | what was written down
        department | text | | whose hypothesis: marketing or sales
        channel    | text | | channel that was changed; empty: all
        """,
        date="date",
    ),
    _table(
        "promotions",
        "Promotions and when sales was told of them",
        """
        name*    | text | | name
        starts*  | day  | | first day
        ends     | day  | | last day
        brief_at | day  | | day the brief reached sales
        """,
        date="starts",
    ),
    _table(
        "goals",
        "Goals in money written down before a campaign starts",
        """
        campaign* | text  |          | campaign
        noted_at* | day   |          | when the goal was written down
        money*    | money | currency | revenue expected
        until     | day   |          | till when
        """,
        date="noted_at",
    ),
    _table(
        "pay",
        "Pay for bringing leads",
        """
        month*  | day   |          | first day of the month
        person  | text  |          | alias of the person
        kind    | text  |          | what was paid for
        leads   | count |          | number of leads paid for
        amount* | money | currency | money paid
        """,
        date="month",
    ),
    _table(
        "events",
        "Contacts from exhibitions, webinars and other events",
        """
        event*   | text | | name of the event
        date*    | day  | | day of the event
        lead_id  | id   | | the contact's lead
        noted_at | moment | | when it was entered in the CRM
        """,
        date="date",
    ),
    _table(
        "figures",
        "What each department itself reports",
        """
        month*     | day   | | first day of the month
        department*| text  | | marketing or sales
        leads      | count | | leads
        qualified  | count | | qualified leads
        customers  | count | | customers
        """,
        date="month",
    ),
    _table(
        "sorting",
        "Leads that several people sorted into qualified or not, none seeing the others' answers",
        """
        lead_id*   | id   | | the lead that was sorted
        person*    | text | | alias of the person who sorted it
        qualified* | flag | | the person calls it qualified
        """,
    ),
    _table(
        "kpis",
        "Weekly values of the five common figures",
        """
        week*  | day    | | Monday of the week
        kpi*   | text   | | which figure
        value* | number | | its value
        """,
        date="week",
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
