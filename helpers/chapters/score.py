"""The score of the questionnaire: total and state, five areas, twenty criteria, gaps between the departments.

score = ScoreChapter.measure(answers, client, say)
score.score.total.value         # 20-100
score.score_card()              # for the first page
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from helpers.chapters import score_depth as depth
from helpers.chapters import score_tables as tables
from helpers.chapters import score_titles as titles
from helpers.chapters import score_words as words
from helpers.chapters.base import Chapter
from helpers.chapters.score_card import score_card
from helpers.chapters.score_charts import draw_criteria, draw_dimensions, draw_gaps, draw_total, totals
from helpers.report.model import Box, Exhibit, ScoreCard, Section
from helpers.survey.result import SIDES

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.errors import Problem
    from helpers.language import Language
    from helpers.survey.answers import Answers
    from helpers.survey.criteria import Questionnaire
    from helpers.survey.result import Score


@dataclass(frozen=True)
class ScoreChapter(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "score"

    say: Language
    score: Score
    questionnaire: Questionnaire
    problems: tuple[Problem, ...] = ()
    """Files, forms and answers that could not be used."""
    stages: Mapping[str, str] = field(default_factory=dict)
    """Stage of the funnel → its label."""
    earlier: Mapping[str, Any] | None = None
    """audit.json of the client's last audit before this one."""

    @classmethod
    def measure(
        cls, answers: Answers, client: Client, say: Language, earlier: Mapping[str, Any] | None = None
    ) -> ScoreChapter:
        """The score of the client's answers, by the client's headcount, targets and kind of survey; ``earlier``:
        key figures of the last audit, to say what has changed."""
        from helpers.survey.criteria import questionnaire
        from helpers.survey.score import score

        asked = questionnaire()
        found = score(
            answers,
            asked,
            client.survey.mode,
            client.survey.threshold,
            {str(team): people for team, people in client.headcount.items()},
            client.targets,
        )
        stages = {stage.key: client.stage_label(stage.key, say) for stage in client.stages}
        return cls(say, found, asked, answers.problems, stages, earlier)

    def score_card(self, overclaimed: Sequence[str] | None = None, compared: int = 0) -> ScoreCard:
        """The score for the first page; ``overclaimed``: criteria that the data contradict, of ``compared`` ones.

        None: nothing was compared.
        """
        return score_card(self.score, self.questionnaire, self.say, overclaimed, compared)

    def figures(self) -> dict[str, Any]:
        """``score`` of audit.json."""
        return {"score": self.score.as_figures()}

    def section(self) -> Section:
        """Total, areas, criteria, gaps, comments; what is missing is said in a box."""
        say, score = self.say, self.score
        boxes = []
        if gone := words.missing(score, say):
            boxes.append(Box(title=say("No score"), text=(gone,), tone="missing"))
        boxes.append(self._method_box())
        if self.problems:
            boxes.append(self._problems_box())
        exhibits = [
            self._total_exhibit() if totals(score, say) else None,
            self._deep(depth.bands_exhibit),
            depth.change_exhibit(score, self.earlier, self.questionnaire, say, self._note()),
            self._dimensions_exhibit() if self._has_dimensions() else None,
            self._criteria_exhibit() if self._has_answers() else None,
            self._deep(depth.target_exhibit),
            self._gaps_exhibit() if score.gaps else None,
            self._deep(depth.agreement_exhibit),
            self._leak_exhibit() if score.loses_at else None,
            self._comments_exhibit() if any(one.comments for one in score.criteria) else None,
        ]
        shown = tuple(exhibit for exhibit in exhibits if exhibit is not None)
        return Section(key=self.key, title=say("The score"), lead=self._lead(), boxes=tuple(boxes), exhibits=shown)

    def _deep(self, make: Callable[..., Exhibit | None]) -> Exhibit | None:
        return make(self.score, self.questionnaire, self.say, self._note())

    def _has_dimensions(self) -> bool:
        return bool(self.score.dimensions) or any(self.score.departments[key].dimensions for key in SIDES)

    def _has_answers(self) -> bool:
        return any(cell.answered or cell.dont_know for one in self.score.criteria for cell in one.cells.values())

    # Words -----------------------------------------------------------------------------------------------------------

    def _lead(self) -> tuple[str, ...]:
        say, score = self.say, self.score
        first = say(
            "Both departments rate twenty statements from 1 to 5. Inside a department leaders and staff weigh the "
            "same; the company is the plain mean of marketing and sales."
        )
        head = words.headline(score, self.questionnaire, say)
        return (first, head) if head else (first,)

    def _method_box(self) -> Box:
        say = self.say
        return Box(
            title=say("How the total is made"),
            text=(
                say(
                    "A form counts for the total when 16 of 20 questions and three in each area are answered. \"Don't "
                    'know" and "not applicable" are never turned into a number.'
                ),
                say("Top management and other teams stand beside; they are not part of the total."),
                self.questionnaire.note[say.code],
            ),
        )

    def _problems_box(self) -> Box:
        say = self.say
        text = say.plural(
            "{n} answer, form or file could not be used:",
            "{n} answers, forms or files could not be used:",
            len(self.problems),
        )
        shown = [str(problem) for problem in self.problems[:5]]
        return Box(title=say("Left out"), text=(text, *shown), tone="caution")

    def _note(self) -> str:
        say, score = self.say, self.score
        parts = [say.plural("{n} form", "{n} forms", score.forms)]
        parts.append(say("anonymous survey") if score.mode == "anonymous" else say("open survey"))
        parts.append(say("criteria version {version}", version=score.version))
        return say("Source: questionnaire, {what}.", what=", ".join(parts))

    # Exhibits --------------------------------------------------------------------------------------------------------

    def _total_exhibit(self) -> Exhibit:
        say, score = self.say, self.score
        title = titles.total_title(score, self.questionnaire, say)
        table = tables.totals_table(score, say)
        reading = [text for text in (words.likelihood(score, self.questionnaire, say),) if text]
        if score.total is not None and score.total.interval is None:
            reading.append(say("No interval: a department of one or two people cannot show how people differ."))
        if score.by_person is not None:
            reading.append(
                say(
                    "If each person weighed the same, the total would be {total}.",
                    total=words.points(score.by_person, say),
                )
            )
        return Exhibit(
            key="score-total",
            title=title,
            figure=draw_total(score, self.questionnaire, say, tables.described(title, table, say, (2, 3, 4))),
            reading=tuple(reading),
            table=table,
            note=self._note(),
        )

    def _dimensions_exhibit(self) -> Exhibit:
        say, score = self.say, self.score
        title = titles.dimensions_title(score, self.questionnaire, say)
        table = tables.dimensions_table(score, self.questionnaire, say)
        return Exhibit(
            key="score-dimensions",
            title=title,
            figure=draw_dimensions(score, self.questionnaire, say, tables.described(title, table, say)),
            reading=(say("Thin lines: the interval (95 %). Areas whose lines overlap much are not surely different."),),
            table=table,
            note=self._note(),
        )

    def _criteria_exhibit(self) -> Exhibit:
        say, score = self.say, self.score
        table = tables.criteria_table(score, self.questionnaire, say)
        title = titles.criteria_title(score, self.questionnaire, say)
        return Exhibit(
            key="score-criteria",
            title=title,
            figure=draw_criteria(score, self.questionnaire, say, tables.described(title, table, say, (1, 3, 6))),
            reading=self._criteria_reading(),
            table=table,
            note=self._note(),
        )

    def _criteria_reading(self) -> tuple[str, ...]:
        say, score = self.say, self.score
        reading = [say("The more colour, the higher. A question mark: the share of people who do not know.")]
        if any(cell.hidden for one in score.criteria for cell in one.cells.values()):
            reading.append(say("Dotted: too few answers to be shown without giving single people away."))
        for key in SIDES:
            blind = tuple(one for one in score.criteria if key in one.not_visible)
            if blind:
                reading.append(
                    say(
                        'Not visible to the department "{department}" (40 % or more do not know): {criteria}.',
                        department=words.department(key, say),
                        criteria=words.titles(blind, self.questionnaire, say, most=len(blind)),
                    )
                )
        return tuple(reading)

    def _gaps_exhibit(self) -> Exhibit:
        say, score = self.say, self.score
        title = titles.gaps_title(score, self.questionnaire, say)
        table = tables.gaps_table(score, self.questionnaire, say)
        return Exhibit(
            key="score-gaps",
            title=title,
            figure=draw_gaps(score.gaps, self.questionnaire, say, tables.described(title, table, say)),
            reading=(
                say("A plus: marketing sees it brighter than sales. Bold: a point or more with three answers a side."),
                say("Who receives the work usually knows best how it is done; ask the other side what it is missing."),
            ),
            table=table,
            note=self._note(),
        )

    def _leak_exhibit(self) -> Exhibit:
        say, score = self.say, self.score
        return Exhibit(
            key="score-leak",
            title=titles.leak_title(score, self.stages, say),
            reading=(say("What people believe; the funnel shows what the data know about it."),),
            table=tables.leak_table(score, self.stages, say),
            table_open=True,
            note=self._note(),
        )

    def _comments_exhibit(self) -> Exhibit:
        say = self.say
        table = tables.comments_table(self.score, self.questionnaire, say)
        return Exhibit(
            key="score-comments",
            title=say.plural(
                "{n} comment in people's own words", "{n} comments in people's own words", len(table.rows)
            ),
            reading=(say("Quoted as written, without names."),),
            table=table,
            table_open=True,
            note=self._note(),
        )
