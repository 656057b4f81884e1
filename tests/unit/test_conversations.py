"""The conversations chapter on hand-made facts."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from handmade import client, contacts, facts_of, talks, thirds
from scipy import stats

from helpers.chapters.conversations import Conversations
from helpers.chapters.conversations_measure import mean_score
from helpers.language import language
from helpers.report.model import Exhibit

ANN = {
    "manager": "Ann", "team": "sales", "touches": 200, "linked": 200, "calls": 180, "messages": 20, "out": 150,
    "out_known": 150, "reached": 120, "incoming": 30, "missed": 12, "missed_linked": 10, "missed_for_good": 4,
    "talks": 130, "seconds": 26_000.0, "scored": 4, "score": 280.0, "score_sq": 70**2 * 4 + 200.0,
}  # fmt: skip
BOB = {**ANN, "manager": "Bob", "team": "call_centre", "reached": 60}


def chapter(found: Any, lang: str = "en", **more: Any) -> Conversations:
    return Conversations.measure(facts_of(conversations=found, **more), client(), language(lang))


def exhibits(chapter: Conversations) -> dict[str, Exhibit]:
    """Exhibits by key, without no-break spaces."""
    made = chapter.section().exhibits
    assert all(exhibit.figure is None or exhibit.figure.svg for exhibit in made)
    plain = [Exhibit.model_validate_json(x.model_dump_json().replace("\u00a0", " ")) for x in made]
    return {exhibit.key: exhibit for exhibit in plain}


def missing(chapter: Conversations) -> str:
    return " ".join(line for box in chapter.section().boxes if box.tone == "missing" for line in box.text)


def test_who_picks_up() -> None:
    made = chapter(talks(ANN, BOB))
    exhibit = exhibits(made)["conversations-reached"]
    assert exhibit.title == "60% of the calls made are picked up"
    assert any("goes from 40% to 80%, more than chance explains" in line for line in exhibit.reading)
    row = exhibit.table.rows[0]
    # Ann: team, calls, messages, picked up, range, missed, length of a talk (200 s), hours, score.
    assert row[:5] == ("Ann", "Sales", 180, 20, 0.8)
    assert (row[6], str(row[7]), row[7].value) == (0.4, "3.3 min", pytest.approx(200 / 60))
    assert row[8] == pytest.approx(26_000 / 3600)
    assert row[9] == 70


def test_managers_alike_are_called_alike() -> None:
    made = chapter(talks(ANN, {**ANN, "manager": "Cy", "reached": 118}))
    assert "The managers do not differ beyond chance." in exhibits(made)["conversations-reached"].reading


def test_the_period_before() -> None:
    made = chapter(talks(ANN, {**ANN, "span": "before", "reached": 60}))
    assert "In the period before it was 40%." in exhibits(made)["conversations-reached"].reading


def test_missed_calls_and_those_never_returned() -> None:
    made = chapter(talks({**ANN, "incoming": 90, "missed": 40, "missed_linked": 36, "missed_for_good": 6}))
    exhibit = exhibits(made)["conversations-missed"]
    assert exhibit.title == "40 of 90 incoming calls were missed, 6 of them never called back"
    assert exhibit.figure is not None
    assert exhibit.figure.alt == (
        "taken: 50; missed, called back later: 30; missed, never called back: 6; missed, nobody knows whose: 4."
    )
    assert made.findings()[0].text == exhibit.title


def test_calls_that_name_no_lead() -> None:
    made = chapter(talks({**ANN, "linked": 10, "missed_linked": 0, "missed_for_good": 0}))
    assert made.measured.unlinked == 190
    assert "190 of them (95%) name no lead" in made.section().lead[1]
    shown = exhibits(made)
    assert "conversations-tries" not in shown
    assert shown["conversations-missed"].title == "12 of 30 incoming calls were missed"
    assert "The id of the lead" in missing(made)
    figures = made.figures()["conversations"]
    assert figures["reached_leads"] is None
    assert figures["missed_never_called_back"] is None


def test_leads_by_tries() -> None:
    found = contacts((0, False, False, 50), (1, True, True, 100), (1, False, True, 40), (2, False, True, 10),
                     (10, True, True, 5))  # fmt: skip
    made = chapter(talks(ANN, contacts=found))
    exhibit = exhibits(made)["conversations-tries"]
    assert exhibit.title == "51% of leads were spoken with; of 50 tried in vain, 40 were tried only once"
    assert exhibit.reading[0] == "50 leads were neither called nor written to, as far as the data tell."
    assert exhibit.table.rows[-1] == ("10 and more", 5, 5, 0)
    assert "40 leads were never reached and tried only once" in {finding.text for finding in made.findings()}


def test_conversion_by_thirds_with_its_caution() -> None:
    found = talks(
        ANN, scores=thirds((50, 3), (50, 8), (50, 20)), score_cuts=(60.0, 75.0),
        lengths=thirds((90, 9), (90, 9), (90, 9)), length_cuts=(60.0, 200.0),
    )  # fmt: skip
    exhibit = exhibits(chapter(found))["conversations-thirds"]
    assert exhibit.title == "After the best scored third of conversations 40% buy, after the lowest 6.0%"
    assert "Association, not proof" in exhibit.reading[0]
    assert [row[0] for row in exhibit.table.rows] == [
        "checklist score up to 60", "checklist score 60 to 75", "checklist score over 75",
        "first conversation up to 1.0 min", "first conversation 1.0 min to 3.3 min", "first conversation over 3.3 min",
    ]  # fmt: skip


def test_thirds_that_do_not_differ_and_thirds_of_few() -> None:
    alike = talks(ANN, lengths=thirds((90, 9), (90, 8), (90, 9)), length_cuts=(60.0, 200.0))
    assert exhibits(chapter(alike))["conversations-thirds"].title.startswith("Neither the score nor the length")
    few = talks(ANN, lengths=thirds((9, 1), (10, 1), (10, 9)), length_cuts=(60.0, 200.0))
    assert "conversations-thirds" not in exhibits(chapter(few))


def test_the_mean_score_has_students_range() -> None:
    scores = np.array([55, 70, 62, 80, 91, 40], float)
    found = mean_score(len(scores), scores.sum(), (scores**2).sum())
    low, high = stats.t.interval(0.95, 5, scores.mean(), stats.sem(scores))
    assert (found.mean, found.low, found.high) == pytest.approx((scores.mean(), low, high))
    assert not mean_score(1, 70, 4900).enough
    assert math.isnan(mean_score(0, 0, 0).mean)


def test_few_conversations_are_listened_to() -> None:
    exhibit = exhibits(chapter(talks(ANN, BOB)))["conversations-scores"]
    assert exhibit.title == "Conversations are scored 70 of 100 on average; 3.1% of them are listened to"
    assert [row[0] for row in exhibit.table.rows] == ["Ann", "Bob"]


def test_no_calls_and_no_messages() -> None:
    made = chapter(talks())
    section = made.section()
    assert section.exhibits == ()
    assert section.boxes[0].tone == "missing"
    assert "Export calls and messages" in section.boxes[0].text[0]
    assert made.findings() == ()
    json.dumps(made.figures())


def test_a_hundred_managers_with_long_names() -> None:
    many = [
        {**ANN, "manager": f"Константинопольская Александра Владимировна {i}", "touches": 300 - i} for i in range(100)
    ]
    made = chapter(talks(*many), "ru")
    shown = exhibits(made)
    assert len(shown["conversations-reached"].table.rows) == 100
    assert all(exhibit.figure is not None for exhibit in shown.values())


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_every_language_speaks(lang: str) -> None:
    found = talks(
        ANN, BOB, contacts=contacts((0, False, False, 50), (1, True, True, 100), (1, False, True, 40)),
        scores=thirds((50, 3), (50, 8), (50, 20)), score_cuts=(60.0, 75.0),
    )  # fmt: skip
    assert len(exhibits(chapter(found, lang))) == 5
