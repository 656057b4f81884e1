"""(pipeline, stage) of the CRM → stage of the funnel and outcome; complete before any figure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.client import StageOutcome
from helpers.errors import Problem
from helpers.sources.discreet import discreet
from helpers.sources.rawfiles import normal
from helpers.validation import nearest

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.client import Client
    from helpers.sources.presets import Preset

ANY = "*"
OUTCOMES = ("open", "won", "lost")
MEANING = ("pipeline", "stage", "outcome")
"""Columns that tell what became of a row."""


@dataclass(frozen=True)
class UnknownStage(Problem):
    """A stage of the CRM that nobody has given a meaning."""

    pipeline: str = ""
    stage: str = ""
    rows: int = 0
    under: str = ANY
    """Key of ``outcomes`` under which its meaning belongs."""


USUAL_ROWS, USUAL_SHARE = 3, 0.01
"""What occurs in fewer rows than either, and looks like a person, is no stage: it is not repeated in a message."""


def stage_map(
    client: Client, presets: Iterable[Preset], pairs: pd.DataFrame
) -> tuple[dict[tuple[str, str], StageOutcome], list[Problem], list[str]]:
    """What every (pipeline, stage) that occurs means.

    Args:
        client: its ``outcomes`` win over those of presets.
        presets: of the table's sources.
        pairs: columns pipeline, stage (as exported, "" for none), rows.

    Returns:
        The map, a problem per stage without a meaning, and the stages whose meaning a preset only guesses.
    """
    known: dict[tuple[str, str], StageOutcome] = {}
    guesses: set[str] = set()
    presets = list(presets)
    prefixes = [preset.stage_prefix for preset in presets if preset.stage_prefix]
    for preset in presets:
        for stage, meaning in preset.meanings().items():
            given = StageOutcome.model_validate(meaning)
            if given.stage not in client.stage_keys:
                given = given.model_copy(update={"stage": None})
            known[ANY, normal(stage)] = given
            if stage not in preset.outcomes:
                guesses.add(normal(stage))
    for pipeline, stages in client.outcomes.items():
        for stage, given in stages.items():
            known[pipeline if pipeline == ANY else normal(pipeline), normal(stage)] = given
            guesses.discard(normal(stage))
    result: dict[tuple[str, str], StageOutcome] = {}
    problems: list[Problem] = []
    guessed: list[str] = []
    usual, moved = max(USUAL_ROWS, int(USUAL_SHARE * int(pairs["rows"].sum()))), 0
    stages_of = pairs.groupby(["pipeline", "stage"], as_index=False)["rows"].sum()
    for pipeline, stage, rows in stages_of[["pipeline", "stage", "rows"]].itertuples(index=False):
        found = known.get((normal(pipeline), normal(stage))) or known.get((ANY, normal(stage)))
        for prefix in () if found else prefixes:
            found = found or known.get((ANY, re.sub(prefix, "", normal(stage))))
        if found is None and not stage:
            # No stage entered: it is a lead and nothing more is known.
            found = StageOutcome(stage="leads", outcome="open")
        if found is None and rows < usual and not discreet(stage):
            moved += int(rows)
            continue
        if found is None:
            elsewhere = any(name == normal(stage) for _, name in known)
            guess = None if elsewhere else nearest(stage, [name for _, name in known])
            hint = " in this pipeline" if elsewhere else f' (a known one is "{guess}")' if guess else ""
            place = f' of the pipeline "{pipeline}"' if pipeline else ""
            under = pipeline if elsewhere else ANY
            # How to write it is said once: a CRM may have dozens of stages.
            form = "..." if problems else f"outcome: open|won|lost, stage: one of {', '.join(client.stage_keys)}"
            problems.append(
                UnknownStage(
                    f'the stage "{stage}"{place} ({rows} row{"s" * (rows != 1)}) has no outcome{hint}',
                    f'add under outcomes: "{under}": {{"{stage}": {{{form}}}}}',
                    "client.yml",
                    pipeline=pipeline,
                    stage=stage,
                    rows=int(rows),
                    under=under,
                )
            )
            continue
        if normal(stage) in guesses:
            guessed.append(stage)
        result[pipeline, stage] = found
    if moved:
        what = f"{moved} rows hold no stage but what may be a person's name, address or number"
        problems.append(
            Problem(what, "their cells have moved, or another column is mapped to the stage: check the file")
        )
    return result, problems, list(dict.fromkeys(guessed))


def pairs_of(table: ir.Table) -> ir.Table:
    """Every pipeline, stage and outcome that occurs, "" for none, and the number of rows."""
    return table.select(**meaning_of(table)).group_by(*MEANING).agg(rows=lambda t: t.count())


def outcome_problems(pairs: pd.DataFrame) -> list[Problem]:
    """Words in a column of outcomes that nobody has given a meaning: such a row would pass for one of its stage."""
    strange = pairs[~pairs["outcome"].str.lower().isin(("", *OUTCOMES))]
    counted = strange.groupby("outcome")["rows"].sum()
    return [
        Problem(
            f'the outcome "{shown}" ({rows} row{"s" * (rows != 1)}) is not open, won or lost',
            f'write its meaning under its source, values: {{outcome: {{"{shown}": open|won|lost}}}}',
            "client.yml",
        )
        if (shown := discreet(str(word)))
        else Problem(
            f"{rows} row{'s hold' if rows != 1 else ' holds'} no outcome but what may be a person's name, address or "
            "number",
            "their cells have moved, or another column is mapped to the outcome: check the file",
        )
        for word, rows in counted.items()
    ]


def stageless(pairs: pd.DataFrame) -> int:
    """Rows that tell neither a stage nor an outcome, among others that do."""
    silent = (pairs["stage"] == "") & (pairs["outcome"] == "")
    return 0 if silent.all() else int(pairs.loc[silent, "rows"].sum())


def with_meaning(table: ir.Table, mapping: dict[tuple[str, str], StageOutcome], stages: tuple[str, ...]) -> ir.Table:
    """The table with ``at``, the position of the stage (0 = first; what is known at least), and ``by_stage``, the
    outcome that the stage says. ``mapping`` names pipelines and stages as exported."""
    lead, won = stages.index("leads"), stages.index("won")
    exported = meaning_of(table)
    in_pipeline, in_stage = exported["pipeline"], exported["stage"]
    # One small number for what a stage means: compared once a row, and taken apart into position and outcome.
    meanings: dict[tuple[int, str], int] = {}
    branches: dict[str, list[tuple[str, int]]] = {}
    for (pipeline, stage), given in mapping.items():
        at = stages.index(given.stage) if given.stage else lead
        meaning = (max(at, won) if given.outcome == "won" else at, given.outcome)
        branches.setdefault(pipeline, []).append((stage, meanings.setdefault(meaning, len(meanings))))
    if not meanings:  # No rows, or nothing that calls for a meaning.
        return table.mutate(at=ibis.literal(lead, "int32"), by_stage=ibis.literal("open"))
    same = {stage: meaning for stages in branches.values() for stage, meaning in stages}
    if all(same[stage] == meaning for stages in branches.values() for stage, meaning in stages):
        # No two pipelines disagree: the stage alone tells.
        branches = {"": list(same.items())}
    chosen = [(in_pipeline == pipeline, in_stage.cases(*told, else_=-1)) for pipeline, told in branches.items()]
    number = chosen[0][1] if len(chosen) == 1 else ibis.cases(*chosen, else_=-1)
    numbered = table.mutate(_meaning=number)
    return numbered.mutate(
        at=numbered["_meaning"].cases(*((n, at) for (at, _), n in meanings.items()), else_=lead).cast("int32"),
        by_stage=numbered["_meaning"].cases(*((n, outcome) for (_, outcome), n in meanings.items()), else_="open"),
    ).drop("_meaning")


def meaning_of(table: ir.Table) -> dict[str, ir.StringValue]:
    """Pipeline, stage and outcome as exported, "" for none."""
    none = ibis.literal("")
    return {name: table[name].fill_null("") if name in table.columns else none for name in MEANING}
