"""(pipeline, stage) of the CRM → stage of the funnel and outcome; complete before any figure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from helpers.client import StageOutcome
from helpers.errors import Problem
from helpers.sources.rawfiles import normal
from helpers.validation import nearest

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from helpers.client import Client
    from helpers.sources.presets import Preset

ANY = "*"


def stage_map(
    client: Client, presets: Iterable[Preset], pairs: pd.DataFrame, table: str
) -> tuple[dict[tuple[str, str], StageOutcome], list[Problem], list[str]]:
    """What every (pipeline, stage) that occurs means.

    Args:
        client: its ``outcomes`` win over those of presets.
        presets: of the table's sources.
        pairs: columns pipeline, stage (as exported, "" for none), rows.
        table: for messages.

    Returns:
        The map, a problem per stage without a meaning, and the stages whose meaning a preset only guesses.
    """
    known: dict[tuple[str, str], StageOutcome] = {}
    guesses: set[str] = set()
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
    result, problems, guessed = {}, [], []
    for pipeline, stage, rows in pairs[["pipeline", "stage", "rows"]].itertuples(index=False):
        found = known.get((normal(pipeline), normal(stage))) or known.get((ANY, normal(stage)))
        if found is None and not stage:
            # No stage entered: it is a lead and nothing more is known.
            found = StageOutcome(stage="leads", outcome="open")
        if found is None:
            guess = nearest(stage, [name for _, name in known])
            place = f'"{pipeline}": ' if pipeline else ""
            hint = f' (in client.yml there is "{guess}")' if guess else ""
            problems.append(
                Problem(
                    f'{table}: the stage {place}"{stage}" ({rows} rows) has no outcome{hint}',
                    f'add under outcomes: "*": {{"{stage}": {{outcome: open|won|lost, '
                    f"stage: one of {', '.join(client.stage_keys)}}}}}",
                    "client.yml",
                )
            )
            continue
        if normal(stage) in guesses:
            guessed.append(stage)
        result[pipeline, stage] = found
    return result, problems, list(dict.fromkeys(guessed))


def pairs_of(table: ir.Table) -> ir.Table:
    """Every pipeline and stage that occurs, "" for none, and the number of rows."""
    pipeline, stage = pair_columns(table)
    return table.select(pipeline=pipeline, stage=stage).group_by("pipeline", "stage").agg(rows=lambda t: t.count())


def with_meaning(table: ir.Table, mapping: dict[tuple[str, str], StageOutcome], stages: tuple[str, ...]) -> ir.Table:
    """The table with ``at``, the position of the stage (0 = first; what is known at least), and ``by_stage``, the
    outcome that the stage says. ``mapping`` names pipelines and stages as exported."""
    lead, won = stages.index("leads"), stages.index("won")
    in_pipeline, in_stage = pair_columns(table)
    # One small number for what a stage means: compared once a row, and taken apart into position and outcome.
    meanings: dict[tuple[int, str], int] = {}
    branches: dict[str, list[tuple[str, int]]] = {}
    for (pipeline, stage), given in mapping.items():
        at = stages.index(given.stage) if given.stage else lead
        meaning = (max(at, won) if given.outcome == "won" else at, given.outcome)
        branches.setdefault(pipeline, []).append((stage, meanings.setdefault(meaning, len(meanings))))
    chosen = [(in_pipeline == pipeline, in_stage.cases(*same, else_=-1)) for pipeline, same in branches.items()]
    number = chosen[0][1] if len(chosen) == 1 else ibis.cases(*chosen, else_=-1) if chosen else ibis.literal(-1)
    numbered = table.mutate(_meaning=number)
    return numbered.mutate(
        at=numbered["_meaning"].cases(*((n, at) for (at, _), n in meanings.items()), else_=lead).cast("int32"),
        by_stage=numbered["_meaning"].cases(*((n, outcome) for (_, outcome), n in meanings.items()), else_="open"),
    ).drop("_meaning")


def pair_columns(table: ir.Table) -> tuple[ir.StringValue, ir.StringValue]:
    """Pipeline and stage as exported, "" for none."""
    none = ibis.literal("")
    pipeline = table.pipeline.fill_null("") if "pipeline" in table.columns else none
    stage = table.stage.fill_null("") if "stage" in table.columns else none
    return pipeline, stage
