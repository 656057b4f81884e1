"""The sample companies: the facts behind the claims are the generator's, and what is planted is said in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import helpers as audit
from helpers.chapters import claims_words as words
from helpers.chapters.claims import Claims

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Sample:
    claims: Claims
    truth: dict[str, Any]

    @property
    def said(self) -> str:
        made = self.claims
        title = words.title(made.ordered, made.client, made.say)
        return " ".join([title, *words.reading(made.ordered, made.client, made.say)])


@pytest.fixture(scope="module", params=["okna-plus", "zatyshok"])
def sample(request: pytest.FixtureRequest) -> Sample:
    return of(request.param)


def of(slug: str) -> Sample:
    wish = {"client": str(ROOT / "data_samples" / slug), "out": "reports", "lang": "", "period": "", "formats": "html"}
    brief = audit.brief(wish)
    facts = audit.count(audit.load(brief.client))
    answers = audit.read_answers(brief.client.folder / "answers")
    score = audit.ScoreChapter.measure(answers, brief.client, brief.say).score
    truth = json.loads((ROOT / "tests" / "truth" / f"{slug}.json").read_text(encoding="utf-8"))
    return Sample(Claims.measure(facts, brief.client, brief.say, score), truth)


def test_facts_are_those_of_the_generator(sample: Sample) -> None:
    facts = {name: fact for name, fact in sample.truth["facts"].items() if "_" not in name}
    assert len(facts) >= 6
    for name, fact in facts.items():
        claim = sample.claims[name]
        assert claim.fact_value == pytest.approx(fact["value"], abs=0.06), name
        if name != "D3":
            assert claim.n == fact["n"], name
    further = {one.key: one.value for claim in sample.claims.claims for one in claim.further}
    assert further["never_answered"] == pytest.approx(sample.truth["facts"]["B2_never"]["value"], abs=1e-3)
    assert further["in_time"] == pytest.approx(sample.truth["facts"]["C1_in_time"]["value"], abs=1e-3)
    assert further["mean_score"] == pytest.approx(sample.truth["facts"]["C4"]["mean_score"], abs=1e-3)


def test_planted_overclaim_is_found_and_said(sample: Sample) -> None:
    for name in sample.truth["survey"]["overclaims"]:
        claim = sample.claims[name]
        assert claim.verdict == "overclaimed"
        assert words.name(claim, sample.claims.say) in sample.said
        assert words.value_text(claim, sample.claims.say) in sample.said


def test_answers_are_left_as_they_were(sample: Sample) -> None:
    for side, means in sample.truth["survey"]["means"].items():
        for name, mean in means.items():
            assert getattr(sample.claims[name], side) == pytest.approx(mean, abs=1e-3)


def test_okna_plus_has_every_table_and_every_fact() -> None:
    made = of("okna-plus").claims
    assert [claim.criterion for claim in made.claims if claim.verdict == "no_data"] == []
    # Both say that their numbers never match; their own reports differ by two per cent.
    assert made["D2"].verdict == "hidden_strength"
    assert made["B1"].further[1].key == "kappa"
    assert made["C1"].verdict == made["D3"].verdict == "confirmed"


def test_two_campaigns_has_no_optional_table_and_nobody_is_blamed_for_it() -> None:
    made = of("two-campaigns").claims
    unknown = {claim.criterion for claim in made.of("no_data")}
    assert unknown >= {"A2", "A3", "A4", "C1", "C2", "C3", "C4", "D2", "D3", "E1", "E3"}
    assert made.overclaimed == ()
    table = words.to_collect(made.of("no_data"), made.say)
    assert table is not None
    assert len(table.rows) == len(unknown) - 1  # C3 does not apply
