"""The customer's journey: who owns which stage, what both sides share at each joint, who comes back and who recommends.

journey = Journey.measure(facts, client, say)
journey.section()               # for the report
journey.map.broken              # rules of the map that are not kept; map None: no map was drawn
journey.retained                # customers who bought again
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from helpers.chapters import journey_words as words
from helpers.chapters.base import Chapter
from helpers.chapters.journey_chart import draw_map
from helpers.chapters.journey_keeping import (
    HORIZONS,
    Referred,
    Retained,
    measure_referred,
    measure_retained,
    one_off,
)
from helpers.chapters.journey_keeping_chart import referred_exhibit, retained_exhibit
from helpers.chapters.journey_measure import JourneyMap, Kpi, measure_map
from helpers.report.model import Box, Exhibit, Finding, Section

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language


@dataclass(frozen=True)
class Journey(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "journey"

    say: Language
    client: Client
    period: tuple[dt.date, dt.date]
    as_of: dt.date
    map: JourneyMap | None
    """None: neither ``journey`` nor ``stages`` is in client.yml."""
    retained: Retained | None
    """None: people buy once, or nothing was sold to anybody the data name."""
    referred: Referred
    one_off: bool
    """People buy once: only recommendations bring more."""

    @classmethod
    def measure(cls, facts: Facts, client: Client, say: Language) -> Journey:
        """The map of client.yml on the day of the audit; customers over all the data reach, referrals of the period."""
        once = one_off(facts, client)
        return cls(
            say=say,
            client=client,
            period=(facts.period.from_, facts.period.to),
            as_of=facts.as_of,
            map=measure_map(facts, client),
            retained=None if once or not len(facts.retention.customers) else measure_retained(facts),
            referred=measure_referred(facts),
            one_off=once,
        )

    def section(self) -> Section:
        """The map, its broken rules, customers who come back, recommendations."""
        say = self.say
        exhibits: list[Exhibit | None] = []
        if self.map is not None:
            exhibits += [self._map_exhibit(self.map), self._broken_exhibit(self.map)]
        if self.retained is not None:
            exhibits.append(retained_exhibit(self.retained, say, self._purchases_note()))
        exhibits.append(referred_exhibit(self.referred, say, self._leads_note()))
        return Section(
            key=self.key,
            title=say("The customer's journey"),
            lead=(
                say("From the first time people hear of the company to the day they recommend it: one team for each "
                    "stage, and one figure of both teams at each joint."),
            ),
            boxes=self._boxes(),
            exhibits=tuple(exhibit for exhibit in exhibits if exhibit is not None),
        )  # fmt: skip

    # Exhibits --------------------------------------------------------------------------------------------------------

    def _map_exhibit(self, journey: JourneyMap) -> Exhibit:
        say = self.say
        return Exhibit(
            key="journey-map",
            title=words.map_title(journey, say),
            figure=draw_map(journey, self.client, say),
            reading=(
                say("A block stands in the column of the team that owns the stage. A hatched stage belongs to nobody; "
                    "two blocks in one row are two owners, which is nobody too."),
                say("A diamond is a joint: there a client passes from team to team. It is filled where both teams own "
                    "a common KPI. Red: missing, or older than a month."),
            ),
            note=self._map_note(journey),
        )  # fmt: skip

    def _broken_exhibit(self, journey: JourneyMap) -> Exhibit | None:
        say = self.say
        if not journey.broken:
            return None
        return Exhibit(
            key="journey-rules",
            title=say.plural("{n} rule of the journey map is broken", "{n} rules of the journey map are broken",
                             len(journey.broken))
            if journey.drawn
            else say("What the map of the journey still has to say"),
            reading=(
                say("What nobody owns and nobody looks at cannot get better; it is settled at one meeting of the "
                    "departments."),
            ),
            table=words.broken_table(journey, self.client, say),
            table_open=True,
            note=self._map_note(journey),
        )  # fmt: skip

    def _boxes(self) -> tuple[Box, ...]:
        say = self.say
        boxes = []
        if self.map is None:
            boxes.append((say("No map of the journey"),
                          say("Draw the customer's journey together and write it into client.yml (journey): for each "
                              "stage its team, a KPI, its value and date; for each joint a common KPI.")))  # fmt: skip
        elif not self.map.drawn:
            boxes.append((say("The map is drawn from the stages of the funnel"),
                          say("Add KPIs with value and date, and the stages before the first click and after the sale, "
                              "to client.yml (journey).")))  # fmt: skip
        if not self.one_off and self.retained is None:
            boxes.append((say("Nobody knows who buys again"),
                          say("Repeat purchases: export a phone or e-mail with each lead, to tell people apart (kept "
                              "as a hash).")))  # fmt: skip
        if not self.referred.channels and self.referred.leads.whole:
            boxes.append((say("Nobody knows who came by recommendation"),
                          say("Referrals: ask every new customer who sent them, and keep it in the CRM as a stage or "
                              "source.")))  # fmt: skip
        return tuple(Box(title=title, text=(text,), tone="missing") for title, text in boxes)

    def _map_note(self, journey: JourneyMap) -> str:
        say, day = self.say, self.say.date(self.as_of)
        if journey.drawn:
            return say("The map of client.yml, and weekly figures where they hold a newer value; as of {day}.", day=day)
        return say("The stages of client.yml; as of {day}.", day=day)

    def _purchases_note(self) -> str:
        return self.say("All purchases in the data up to {day}, by person.", day=self.say.date(self.as_of))

    def _leads_note(self) -> str:
        say = self.say
        return say(
            "Leads created {period}, outcomes up to {as_of}.",
            period=say.period(*self.period), as_of=say.date(self.as_of),
        )  # fmt: skip

    # Findings and figures --------------------------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        """Joints without a common KPI, else stages that break a rule."""
        say, journey = self.say, self.map
        if journey is None or not journey.broken:
            return ()
        joints = len(journey.joints)
        shared = journey.whole(joints=True)
        if shared < joints and journey.drawn:
            text = say(
                "On {n} of {all} joints between teams no common KPI is owned by both and looked at",
                n=joints - shared, all=joints,
            )  # fmt: skip
        else:
            text = words.map_title(journey, say)
        detail = say("Clients pass from team to team there, and nobody answers for what is lost.")
        return (Finding(text=text, detail=detail if shared < joints and journey.drawn else "", section=self.key),)

    def figures(self) -> dict[str, Any]:
        """``journey`` of audit.json: stages, joints, broken rules, retention and referrals; shares 0-1, days ISO."""
        journey = self.map
        found: dict[str, Any] = {"stages": [], "joints": [], "broken": [], "drawn": False}
        if journey is not None:
            found = {
                "drawn": journey.drawn,
                "stages": [
                    {
                        "stage": stage.key or stage.name,
                        "owners": list(stage.owners),
                        "kpis": [_kpi(kpi) for kpi in stage.kpis],
                        "rule": bool(stage.rule),
                    }
                    for stage in journey.stages
                ],
                "joints": [
                    {
                        "teams": list(joint.teams),
                        "before": journey.stages[joint.before].key or journey.stages[joint.before].name,
                        "owners": list(joint.owners),
                        "kpis": [_kpi(kpi) for kpi in joint.kpis],
                        "rule": bool(joint.rule),
                    }
                    for joint in journey.joints
                ],
                "broken": [{"rule": one.rule, "place": one.place} for one in journey.broken],
            }
        return {"journey": {**found, "retention": self._retention(), "referrals": self._referrals()}}

    def _retention(self) -> dict[str, Any] | None:
        kept = self.retained
        if kept is None:
            return None
        return {
            "customers": kept.customers,
            "again": kept.again,
            "months": kept.horizon or None,
            "share": kept.share,
            "interval": None if kept.interval is None else list(kept.interval),
            "cohorts": [
                {
                    "quarter": cohort.first.isoformat(),
                    "customers": cohort.customers,
                    "within": {str(months): cohort.within(months) for months in HORIZONS},
                }
                for cohort in kept.cohorts
            ],
        }

    def _referrals(self) -> dict[str, Any] | None:
        came = self.referred
        if not came.channels:
            return None
        return {
            "channels": list(came.channels),
            "leads": came.leads.part,
            "customers": came.customers.part,
            "share_of_customers": came.customers.share,
        }


def _kpi(kpi: Kpi) -> dict[str, Any]:
    return {
        "kpi": kpi.name,
        "value": kpi.value,
        "on": None if kpi.on is None else kpi.on.isoformat(),
        "fresh": kpi.fresh,
    }
