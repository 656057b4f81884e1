"""What the journey chapter says: names of teams and KPIs, broken rules and what to do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.chapters.score_words import department
from helpers.report.model import Column, Table

if TYPE_CHECKING:
    from helpers.chapters.journey_measure import Broken, Joint, JourneyMap, Kpi, MapStage
    from helpers.client import Client
    from helpers.language import Language

SHARES = ("qualified_share", "win_rate", "manager_max", "manager_min")
MONEY = ("run_rate", "pipeline", "cac", "cpl", "revenue", "profit")


def team_name(team: str, say: Language) -> str:
    """A team as a label."""
    more = {"success": say("Customer success"), "product": say("Product")}
    return more[team] if team in more else department(team, say)


def kpi_name(kpi: Kpi, say: Language) -> str:
    """A KPI as the reader sees it: the usual keys in words, else as the client wrote it."""
    usual = {
        "qualified_share": say("share of qualified leads"),
        "run_rate": say("run rate"),
        "pipeline": say("pipeline"),
        "manager_max": say("best conversion of a manager"),
        "manager_min": say("lowest conversion of a manager"),
        "cac": say("cost of a customer (CAC)"),
        "cpl": say("cost of a lead (CPL)"),
        "win_rate": say("conversion of lead to customer"),
        "reach": say("reach"),
    }
    return usual.get(kpi.name, kpi.name)


def kpi_value(kpi: Kpi, client: Client, say: Language) -> str:
    """The value as it is written; its unit is known for the usual keys only."""
    if kpi.value is None:
        return ""
    if kpi.name in SHARES:
        # Some write 0.37, some 37: a share of less than one per cent is no share of qualified leads.
        return say.share(kpi.value) if abs(kpi.value) <= 1 else say.percent(kpi.value)
    if kpi.name in MONEY:
        return say.money_short(kpi.value, client.currency)
    digits = 0 if float(kpi.value).is_integer() else 2 if abs(kpi.value) < 10 else 1
    return say.number(kpi.value, digits)


def stage_name(stage: MapStage, client: Client, say: Language) -> str:
    """A stage as the client calls it."""
    return client.stage_label(stage.key, say) if stage.key else stage.name


def joint_name(joint: Joint, say: Language) -> str:
    """'Marketing → Sales'."""
    return " → ".join(team_name(team, say) for team in joint.teams)


def place_name(one: Broken, journey: JourneyMap, client: Client, say: Language) -> str:
    """The stage or joint at which a rule is broken."""
    if one.rule.startswith("joint"):
        return joint_name(journey.joints[one.place], say)
    return stage_name(journey.stages[one.place], client, say)


def broken_text(one: Broken, journey: JourneyMap, say: Language) -> tuple[str, str]:
    """What is missing, and what to do."""
    if one.rule.startswith("joint"):
        joint = journey.joints[one.place]
        kpis, owners = joint.kpis, joint.owners
    else:
        stage = journey.stages[one.place]
        kpis, owners = stage.kpis, stage.owners
    teams = say.list([team_name(team, say) for team in owners])
    last = max((kpi.on for kpi in kpis if kpi.on is not None), default=None)
    day = say.date(last) if last is not None else ""
    name = kpi_name(kpis[0], say) if kpis else ""
    return {
        "no_owner": lambda: (say("nobody is responsible"), say("Name one team.")),
        "two_owners": lambda: (
            say("more than one is responsible: {teams}", teams=teams),
            say("Leave one team; what both must reach together is a common KPI of the joint."),
        ),
        "no_kpi": lambda: (say("no KPI"), say("Choose one figure by which the stage is judged.")),
        "no_value": lambda: (
            say("KPI “{kpi}” without a value", kpi=name), say("Measure it, and write down value and date."),
        ),
        "stale": lambda: (
            say("KPI “{kpi}”: last value of {day}", kpi=name, day=day), say("Look at it at least once a month."),
        ),
        "joint_kpi": lambda: (
            say("no common KPI at the joint"), say("Choose one figure for which both teams answer."),
        ),
        "joint_owners": lambda: (
            say("the common KPI “{kpi}” is owned by {teams} alone", kpi=name, teams=teams)
            if owners
            else say("nobody owns the common KPI “{kpi}”", kpi=name),
            say("Make both teams answer for it."),
        ),
        "joint_value": lambda: (
            say("common KPI “{kpi}” without a value", kpi=name), say("Measure it, and write down value and date."),
        ),
        "joint_stale": lambda: (
            say("common KPI “{kpi}”: last value of {day}", kpi=name, day=day), say("Look at it at least once a month."),
        ),
        "joint_rule": lambda: (
            say("no rule when a lead passes on"), say("Write down in one sentence what must be known by then."),
        ),
    }[one.rule]()  # fmt: skip


def broken_table(journey: JourneyMap, client: Client, say: Language) -> Table:
    """Every rule that is not kept, in the order of the map."""

    def order(one: Broken) -> tuple[int, int]:
        joint = one.rule.startswith("joint")
        return (journey.joints[one.place].before, 0) if joint else (one.place, 1)

    # Several places with one thing missing are one line: the same advice ten times is read once.
    places: dict[tuple[str, str], list[str]] = {}
    for one in sorted(journey.broken, key=order):
        places.setdefault(broken_text(one, journey, say), []).append(place_name(one, journey, client, say))
    rows = tuple((", ".join(names), *missing) for missing, names in places.items())
    columns = (
        Column(label=say("Stage or joint")),
        Column(label=say("What is missing")),
        Column(label=say("What to do")),
    )
    return Table(columns=columns, rows=rows)


def map_title(journey: JourneyMap, say: Language) -> str:
    """How much of the map keeps the rules."""
    stages, joints = len(journey.stages), len(journey.joints)
    if not journey.drawn and not any(stage.kpis for stage in journey.stages):
        return say("The journey has not been mapped yet: its {stages} stages have no KPI", stages=stages)
    if not journey.broken:
        return say("The journey map is whole: every stage and every joint keeps the rules")
    if not joints:
        return say("{whole} of {stages} stages of the journey have one owner and a fresh KPI",
                   whole=journey.whole(joints=False), stages=stages)  # fmt: skip
    return say(
        "{whole} of {stages} stages of the journey have one owner and a fresh KPI; {kept} of {joints} joints are "
        "shared",
        whole=journey.whole(joints=False), stages=stages, kept=journey.whole(joints=True), joints=joints,
    )  # fmt: skip


def map_alt(journey: JourneyMap, client: Client, say: Language) -> str:
    """The map in words."""
    parts = []
    for place, stage in enumerate(journey.stages):
        for joint in journey.joints:
            if joint.before == place:
                text = say.list([_kpi(kpi, client, say) for kpi in joint.kpis]) or say("no common KPI at the joint")
                parts.append(f"{joint_name(joint, say)}: {text}")
        owners = say.list([team_name(team, say) for team in stage.owners]) or say("nobody is responsible")
        kpis = say.list([_kpi(kpi, client, say) for kpi in stage.kpis]) or say("no KPI")
        parts.append(f"{stage_name(stage, client, say)}: {owners}, {kpis}")
    return "; ".join(parts) + "."


def _kpi(kpi: Kpi, client: Client, say: Language) -> str:
    value = kpi_value(kpi, client, say)
    return f"{kpi_name(kpi, say)} {value}".strip()
