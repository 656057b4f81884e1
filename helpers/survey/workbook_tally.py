"""What the workbook counts, as Python counts it: the value that stands in each formula's cell before Excel opens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from helpers.survey.answers import Respondent
from helpers.survey.own import OwnResult, own_result

if TYPE_CHECKING:
    from helpers.survey.criteria import Questionnaire

LOWEST_SHOWN = 3
LOW = 3
"""An answer under this (the form names the same) is worth a talk."""


@dataclass(frozen=True)
class Tally:
    """One person's codes and what follows from them."""

    questionnaire: Questionnaire
    codes: Mapping[str, int | str]
    """Criterion → 1-5, "dk", "na", "" (empty) or "bad" (cannot be read)."""
    chosen: bool
    """Department and role are given."""

    @cached_property
    def own(self) -> OwnResult:
        """The person's result."""
        answers = {id: code for id, code in self.codes.items() if code not in ("", "bad")}
        form = {"respondent": "-", "department": "marketing", "role": "staff", "answers": answers}
        return own_result(Respondent.model_validate(form), self.questionnaire)

    def count(self, code: str) -> int:
        """How many criteria have this code."""
        return sum(found == code for found in self.codes.values())

    @property
    def done(self) -> int:
        """Criteria with an answer that can be read."""
        return len(self.codes) - self.count("") - self.count("bad")

    @property
    def needed(self) -> int:
        """Answers 1-5 that a total needs: 80 % of what applies."""
        return -(-4 * self.own.applying // 5)

    def part(self, area: str) -> tuple[int, int]:
        """Answers 1-5 and criteria that apply in one area."""
        codes = [self.codes[criterion.id] for criterion in self.questionnaire.of(area)]
        return sum(isinstance(code, int) for code in codes), sum(code != "na" for code in codes)

    @property
    def all_middle(self) -> bool:
        """Nine of ten answers are a 3: the total says neither yes nor no."""
        numbers = [code for code in self.codes.values() if isinstance(code, int)]
        return bool(numbers) and 10 * numbers.count(3) >= 9 * len(numbers)

    @property
    def lowest(self) -> tuple[str, ...]:
        """At most three criteria with the lowest answers under 3, in the order of the questionnaire where equal."""
        low = [(code, number, id) for number, (id, code) in enumerate(self.codes.items()) if isinstance(code, int)]
        return tuple(id for code, _, id in sorted(low) if code < LOW)[:LOWEST_SHOWN]

    def first(self, *codes: str) -> int | str:
        """Number of the first criterion with one of these codes, from 1; '' where there is none."""
        return next((n for n, code in enumerate(self.codes.values(), start=1) if code in codes), "")

    def status(self, words: Mapping[str, str]) -> str:
        """What is still to do."""
        if (bad := self.first("bad")) != "":
            return words["first_bad"].format(number=bad)
        if (blank := self.first("")) != "":
            return words["first_blank"].format(number=blank)
        return words["complete"] if self.chosen else words["unsaid"]

    def headline(self, words: Mapping[str, str], lang: str) -> str:
        """One sentence under the total."""
        own = self.own
        if not any(code != "" for code in self.codes.values()):
            return words["fill_first"].format(sheet=words["sheet_form"])
        if own.total is None or own.band is None or own.ungated is None:
            return words["few"].format(needed=self.needed, asked=own.applying)
        if self.all_middle:
            return words["middle"]
        if own.band != own.ungated:
            weak = "; ".join(area.title[lang] for area in self.questionnaire.dimensions if area.id in own.held_by)
            return words["held"].format(band=self.questionnaire.band(own.ungated).label[lang], weak=weak)
        return words["state"].format(state=self.questionnaire.band(own.band).name[lang])
