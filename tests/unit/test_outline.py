"""The report as one column of pieces."""

from itertools import pairwise

import pytest
from demo_report import demo_report

from helpers.language import language
from helpers.report import model
from helpers.report.outline import (
    Blank,
    Card,
    Heading,
    Items,
    Numbers,
    Picture,
    Text,
    action_line,
    handout_pieces,
    on_scale,
    outline,
)

SAY = language("en")


def of(kind, report):
    return [piece for piece in outline(report, SAY) if isinstance(piece, kind)]


@pytest.fixture(scope="module")
def report():
    return demo_report("en")


def test_pictures_and_tables_are_numbered_as_they_are_met(report):
    assert [(p.number, p.label) for p in of(Picture, report)] == [(1, "Figure 1"), (2, "Figure 2")]
    counted = [p for p in of(Numbers, report) if p.number]
    assert [(p.number, p.label) for p in counted] == [(n, f"Table {n}") for n in (1, 2, 3, 4)]
    assert len({p.key for p in counted}) == 4


def test_a_folded_table_stands_at_the_end_and_its_picture_says_where(report):
    picture = of(Picture, report)[1]
    table = next(p for p in of(Numbers, report) if p.key == picture.see_key)
    assert table.at_the_end
    assert table.caption == "Figure 2: the numbers"
    assert picture.see == f"The numbers: {table.label}".replace("Table ", "Table\N{NO-BREAK SPACE}")
    # An open table stands below its picture, one without a picture in its place.
    first, second = (p for p in of(Numbers, report) if p.number in (1, 2))
    assert not first.at_the_end
    assert of(Picture, report)[0].see == ""
    assert second.caption == ""  # its finding stands above it, in the heading


def test_a_note_is_the_caption_of_the_picture(report):
    assert of(Picture, report)[1].caption == report.sections[1].exhibits[0].note


def test_parts_come_in_order_each_on_a_page_of_its_own(report):
    parts = [p for p in of(Heading, report) if p.level == 1]
    assert [p.text for p in parts] == [
        "The first 90 days",
        "How to read the score",
        *(section.title for section in report.sections),
        "Method in brief",
        "Working documents",
        "Numbers behind the figures",
        "All findings",
        "Files and version",
    ]
    # The last shares the page on which the listing ends.
    assert [p.text for p in parts if not p.new_page] == ["Files and version"]
    keys = [p.key for p in of(Heading, report) if p.key]
    assert len(keys) == len(set(keys))


def test_levels_of_headings_never_skip_one(report):
    levels = [1, *(p.level for p in of(Heading, report))]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_actions_say_what_is_known_of_them(report):
    cards = [p for p in of(Card, report) if dict(p.pairs).get("Responsible")]
    assert [p.title[:2] for p in cards] == ["1.", "2.", "3."]
    assert dict(cards[0].pairs)["First step"] == report.actions[0].first_step
    assert [name for name, _ in cards[2].pairs] == ["Responsible", "First step", "Look at it again"]
    assert action_line(report.actions[0], SAY) == "Responsible: Head of sales · Look at it again: August 15, 2026"
    assert action_line(model.Action(title="x", owner="Sales"), SAY) == "Responsible: Sales"


def test_a_report_that_knows_little_has_few_parts(report):
    bare = report.model_copy(
        update={
            "sections": (),
            "actions": (),
            "days": (),
            "next_audit": "",
            "handouts": (),
            "method": (),
            "sources": (),
            "score": model.ScoreCard(),
        }
    )
    assert [p.text for p in of(Heading, bare)] == ["Files and version"]


def test_every_block_of_a_handout_is_set(report):
    sign_off, meeting = report.handouts
    assert [type(p) for p in handout_pieces(sign_off, 1)] == [Text, Numbers, Blank, Blank]
    made = list(handout_pieces(meeting, 3))
    assert [type(p) for p in made] == [Heading, Items, Heading, Items, Text, Items]
    assert [p.level for p in made if isinstance(p, Heading)] == [3, 3]
    assert [p.numbered for p in made if isinstance(p, Items)] == [True, False, True]


def test_the_scale_ends_where_it_ends():
    assert [on_scale(score) for score in (12, 20, 60, 100, 104)] == [0, 0, 0.5, 1, 1]


def test_a_chapter_that_only_says_what_is_missing_shares_its_page(report):
    full = report.sections[0]
    bare = full.model_copy(update={"key": "bare", "title": "Bare", "exhibits": ()})
    made = report.model_copy(update={"sections": (full, bare, full)})
    new = [piece.new_page for piece in of(Heading, made) if piece.key in ("s-bare", f"s-{full.key}")]
    assert new == [True, True, False]
