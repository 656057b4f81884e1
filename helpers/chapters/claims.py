"""Claims against facts: what people answered beside what the data show. Measure → chart → words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from helpers.chapters import claims_words as words
from helpers.chapters.base import Chapter
from helpers.chapters.claims_chart import draw_claims
from helpers.chapters.claims_fact import Fact, Further, Rule, Why
from helpers.chapters.claims_facts import all_facts
from helpers.chapters.claims_level import VERDICTS, Anchors, Verdict, level_of, levels_of, verdict_of
from helpers.report.model import Exhibit, Finding, Section, Table
from helpers.survey.criteria import questionnaire
from helpers.survey.result import SIDES

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language
    from helpers.survey.criteria import Criterion
    from helpers.survey.result import CriterionScore, Score

HIGH = 4.0
"""A mark from here on is a high one."""


@dataclass(frozen=True)
class Claim:
    """One criterion: the answers, the figure of the company, and what the figure says to the answers."""

    criterion: str
    dimension: str
    claimed: float | None
    """1-5: the answer of the department that receives the work; where both or neither does, the mean of the sides."""
    marketing: float | None
    sales: float | None
    fact_value: float | None
    """In ``unit``: per cent 0-100, a plain ratio, or a count; None: not known, or too few."""
    fact_low: float
    fact_high: float
    """95 % interval, nan where there is no value."""
    unit: Literal["%", "ratio", "count"]
    level: float | None
    """The fact on the scale of the answers, 1-5."""
    level_low: float
    level_high: float
    verdict: Verdict
    n: int
    need: int
    """The criterion's minimum for ``n``."""
    missing: tuple[str, ...]
    """Tables, columns ("leads.accepted") and parts of client.yml to collect."""
    why: Why
    rule: Rule
    further: tuple[Further, ...]

    @property
    def apart(self) -> float:
        """Claim - level; 0 where one of them is unknown."""
        return 0.0 if self.claimed is None or self.level is None else self.claimed - self.level


@dataclass(frozen=True)
class Claims(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "claims"

    say: Language
    client: Client
    claims: tuple[Claim, ...]
    """All twenty, in the order of the questionnaire."""
    note: str

    @classmethod
    def measure(cls, facts: Facts, client: Client, say: Language, score: Score) -> Claims:
        """Compares the answers with the data. Facts never change an answer; what is missing counts against nobody.

        Source: METHOD.md "Claims", instrument.md 5; facts and cut points stand in survey/criteria.yml, cut points may
        be replaced by ``anchors`` of client.yml.
        """
        form = questionnaire()
        found = all_facts(facts, client, score, form, say)
        answers = {one.id: one for one in score.criteria}
        claims = tuple(
            claim_of(one, answers[one.id], found[one.id], client.anchors.get(one.id, one.cut_points))
            for one in form.criteria
        )
        note = say(
            "Answers: {n} forms. Data of {period}, as of {day}.",
            n=say.count(score.forms), period=say.period(facts.period.from_, facts.period.to), day=say.date(facts.as_of),
        )  # fmt: skip
        return cls(say, client, claims, note)

    def __getitem__(self, criterion: str) -> Claim:
        return next(claim for claim in self.claims if claim.criterion == criterion)

    def of(self, verdict: Verdict) -> tuple[Claim, ...]:
        """Claims of one verdict, farthest from the data first."""
        found = [claim for claim in self.claims if claim.verdict == verdict]
        return tuple(sorted(found, key=lambda claim: (-abs(claim.apart), claim.criterion)))

    def facts(self) -> dict[str, str]:
        """Criterion → what the data show, a sentence with its number; those only that have a level by the data."""
        return {
            claim.criterion: words.fact_sentence(claim, self.client, self.say)
            for claim in self.claims
            if claim.level is not None
        }

    @property
    def ordered(self) -> tuple[Claim, ...]:
        """All claims by verdict, overclaimed first; facts without an answer before what is not known."""
        found = (claim for verdict in VERDICTS for claim in self.of(verdict))
        return tuple(sorted(found, key=lambda claim: words.GROUPS.index(words.group(claim))))

    @property
    def overclaimed(self) -> tuple[str, ...] | None:
        """Criteria whose answers the data contradict, for the score card; None: nothing could be compared."""
        if all(claim.verdict == "no_data" for claim in self.claims):
            return None
        return tuple(claim.criterion for claim in self.of("overclaimed"))

    @property
    def compared(self) -> int:
        """Criteria whose answers could be compared with data."""
        return sum(claim.verdict != "no_data" for claim in self.claims)

    def figures(self) -> dict[str, Any]:
        """``claims`` of audit.json."""
        return {
            "claims": {
                "verdicts": {verdict: len(self.of(verdict)) for verdict in VERDICTS},
                "criteria": {claim.criterion: _figures(claim) for claim in self.claims},
            }
        }

    def section(self) -> Section:
        """The comparison, the figures behind it, what to collect."""
        say = self.say
        exhibits = [self._levels()]
        further = words.further_table(self.claims, self.client, say)
        if further.rows:
            exhibits.append(
                Exhibit(
                    key="claims-further",
                    title=say("Further figures on the same questions"),
                    reading=(say("They are shown beside the comparison and do not decide it."),),
                    table=further,
                    table_open=True,
                    note=self.note,
                )
            )
        if (missing := words.to_collect(self.of("no_data"), say)) is not None:
            exhibits.append(self._to_collect(missing))
        lead = say(
            "What people answered, beside what the company's own data show. The data do not replace an answer, and a "
            "difference is not a reproach: people answer from what they see at their own desk."
        )
        return Section(
            key=self.key, title=say("What people say and what the data show"), lead=(lead,),
            boxes=(words.how_to_read(say),), exhibits=tuple(exhibits),
        )  # fmt: skip

    def _levels(self) -> Exhibit:
        table = words.table(self.ordered, self.client, self.say)
        return Exhibit(
            key="claims-levels",
            title=words.title(self.ordered, self.client, self.say),
            figure=draw_claims(self.ordered, self.client, self.say, words.alt(self.ordered, self.client, self.say)),
            reading=words.reading(self.ordered, self.client, self.say),
            table=table,
            note=self.note,
        )

    def _to_collect(self, missing: Table) -> Exhibit:
        title = self.say.plural(
            "What to collect for the next audit: {n} question cannot be compared with data yet",
            "What to collect for the next audit: {n} questions cannot be compared with data yet",
            len(missing.rows),
        )
        return Exhibit(key="claims-collect", title=title, table=missing, table_open=True)

    def findings(self) -> tuple[Finding, ...]:
        """The answer farthest above the data, and the strength that nobody sees."""
        found = []
        shown: tuple[Verdict, ...] = ("overclaimed", "hidden_strength")
        for verdict in shown:
            for claim in self.of(verdict)[:1]:
                text = words.headline(claim, self.client, self.say)
                detail = words.certainty(claim, self.say)
                found.append(Finding(text=text, detail=detail, section=self.key))
        return tuple(found)


def claim_of(criterion: Criterion, answer: CriterionScore, fact: Fact, anchors: Anchors) -> Claim:
    """One criterion compared."""
    marketing, sales = (answer.of(side) for side in SIDES)
    claimed = _claimed(criterion.receiver, marketing, sales)
    level, low, high = _level(fact, anchors)
    why: Why = fact.why
    rule: Rule = fact.rule
    if not answer.applies:
        why = "not_applicable"
    elif claimed is None and not why:
        why = "no_answers"
    verdict = "no_data" if why else verdict_of(claimed, level, low, high)
    if rule == "rubber_stamp" and verdict in ("confirmed", "hidden_strength"):
        verdict = "unclear"
    if verdict == "no_data" and why in ("missing", "few") and _not_seen(criterion, answer, marketing):
        # The receivers themselves say that they do not see it.
        verdict, rule, claimed = "overclaimed", "not_visible", marketing
    value = None if fact.value is None or fact.why else float(fact.value)
    return Claim(
        criterion=criterion.id,
        dimension=criterion.dimension,
        claimed=claimed,
        marketing=marketing,
        sales=sales,
        fact_value=value,
        fact_low=float(fact.low),
        fact_high=float(fact.high),
        unit=criterion.unit,
        level=level,
        level_low=low,
        level_high=high,
        verdict=verdict,
        n=int(fact.n),
        need=int(fact.need),
        missing=fact.missing,
        why=why,
        rule=rule,
        further=fact.further,
    )


def _claimed(receiver: str, marketing: float | None, sales: float | None) -> float | None:
    """The receiver's answer leads; without it the other side's is what there is."""
    first, second = (sales, marketing) if receiver == "sales" else (marketing, sales)
    if receiver in SIDES:
        return first if first is not None else second
    known = [value for value in (marketing, sales) if value is not None]
    return sum(known) / len(known) if known else None


def _level(fact: Fact, anchors: Anchors) -> tuple[float | None, float, float]:
    if not fact.known:
        return None, math.nan, math.nan
    if fact.level is not None:
        return fact.level, fact.level, fact.level
    assert fact.value is not None
    level = min(level_of(fact.value, anchors), fact.cap)
    low, high = levels_of(fact.low, fact.high, anchors)
    return level, min(low, fact.cap), min(high, fact.cap)


def _not_seen(criterion: Criterion, answer: CriterionScore, marketing: float | None) -> bool:
    """The rule of C2: 40 % and more of sales do not know, and marketing rates it high."""
    high = marketing is not None and marketing >= HIGH
    return criterion.giver == "marketing" and criterion.receiver == "sales" and high and "sales" in answer.not_visible


def _figures(claim: Claim) -> dict[str, Any]:
    def written(value: float | None) -> float | None:
        return None if value is None or math.isnan(value) else round(value, 6)

    return {
        "claimed": written(claim.claimed),
        "fact": written(claim.fact_value),
        "interval": [written(claim.fact_low), written(claim.fact_high)] if claim.fact_value is not None else None,
        "unit": claim.unit,
        "level": written(claim.level),
        "level_interval": [written(claim.level_low), written(claim.level_high)] if claim.level is not None else None,
        "verdict": claim.verdict,
        "n": claim.n,
        "why": claim.why,
        "missing": list(claim.missing),
        "rule": claim.rule,
        "further": {one.key: written(one.value) for one in claim.further},
    }
