"""Template: the rule of the first answer - the client's limit and hours, and how it is kept today."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from helpers.chapters.handout_sources import bullets, heading, line, steps, table, text
from helpers.chapters.speed_chart import time_text
from helpers.report.model import Column, Handout, Table

if TYPE_CHECKING:
    from helpers.chapters.handout_sources import Sources
    from helpers.language import Language


def answer_rule(sources: Sources) -> Handout:
    """Limit, hours, what counts, who steps in, how it is measured."""
    say = sources.say
    limit = say.minutes(sources.client.limits.first_answer_min)
    given = "first_answer_min" in sources.client.limits.model_fields_set
    rule = (
        say("A person answers every new lead within {limit} of working time.", limit=limit)
        if given
        else say("A person answers every new lead within {limit} of working time (proposed: no limit is agreed yet).",
                 limit=limit)
    )  # fmt: skip
    return Handout(
        key="answer-time",
        title=say("Rule of the first answer"),
        blocks=(
            text(rule),
            heading(say("Working time")),
            table(_hours(sources)) if sources.client.working_hours else line(say("Days and hours")),
            heading(say("How it is kept today")),
            bullets(_today(sources, limit)),
            heading(say("The rule")),
            steps((
                say("The clock runs from the enquiry in working time; an enquiry of the night is answered first thing "
                    "in the morning, within the limit from opening."),
                say("An answer is a call or a message of a person; automatic replies do not count."),
                say("Nobody reached: three attempts on two days at different hours, then a message, then a status."),
                say("After the limit the lead goes to the person on duty; nobody asks whose fault it was."),
                say("Each morning the list of leads without an answer is emptied, oldest first."),
                say("The share answered within the limit stands among the figures of the weekly meeting."),
            )),
            line(say("On duty, by days")),
            line(say("Stands in for the person on duty")),
            *sources.signatures(),
        ),
    )  # fmt: skip


def _hours(sources: Sources) -> Table:
    say = sources.say
    rows = tuple((_days(key, say), hours) for key, hours in sources.client.working_hours.items())
    return Table(columns=(Column(label=say("Days")), Column(label=say("Hours"))), rows=rows)


def _days(key: str, say: Language) -> str:
    names = {
        "mon": say("Mon"), "tue": say("Tue"), "wed": say("Wed"), "thu": say("Thu"), "fri": say("Fri"),
        "sat": say("Sat"), "sun": say("Sun"),
    }  # fmt: skip
    return "–".join(names[part.strip()] for part in key.lower().split("-"))


def _today(sources: Sources, limit: str) -> list[str]:
    say, curve = sources.say, sources.waiting
    if curve is None:
        return [say("Not measured yet: the exports hold no time of the first answer. Record it, or export the calls.")]
    if curve.n < 30:
        return [say("Too few leads to judge.")]
    kept = curve.by(sources.client.limits.first_answer_min)
    out = []
    if not math.isnan(curve.median):
        out.append(say("Half of the leads are answered within {time}.", time=time_text(curve.median, say)))
    else:
        out.append(say("Fewer than half of the leads have a recorded answer."))
    if not math.isnan(kept):
        out.append(
            say("Answered within {limit}: {share}.", limit=limit, share=say.share(kept, 0 if kept >= 0.1 else 1))
        )
    silent = sources.share(curve.n - curve.happened, curve.n)
    out.append(say("No answer recorded so far: {share}.", share=silent))
    if not sources.facts.speed.clock.hours_given:
        out.append(say("Counted around the clock: no working hours are given in client.yml."))
    return out
