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
) -> tuple[dict[tuple[str, str], StageOutcome], list[Problem]]:
    """What every (pipeline, stage) that occurs means.

    Args:
        client: its ``outcomes`` win over those of presets.
        presets: of the table's sources.
        pairs: columns pipeline, stage (as exported, "" for none), rows.
        table: for messages.

    Returns:
        The map and a problem per stage without a meaning.
    """
    known: dict[tuple[str, str], StageOutcome] = {}
    for preset in presets:
        for stage, meaning in preset.outcomes.items():
            known[ANY, normal(stage)] = StageOutcome.model_validate(meaning)
    for pipeline, stages in client.outcomes.items():
        for stage, given in stages.items():
            known[pipeline if pipeline == ANY else normal(pipeline), normal(stage)] = given
    result, problems = {}, []
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
        result[pipeline, stage] = found
    return result, problems


def meaning(
    table: ir.Table, mapping: dict[tuple[str, str], StageOutcome], stages: tuple[str, ...]
) -> tuple[ir.IntegerValue, ir.StringValue]:
    """Expressions for the position of the stage (0 = first; what is known at least) and for the outcome."""
    pipeline, stage = pair_columns(table)
    positions: list[tuple[ir.BooleanValue, int]] = []
    outcomes: list[tuple[ir.BooleanValue, str]] = []
    lead, won = stages.index("leads"), stages.index("won")
    for (in_pipeline, in_stage), given in mapping.items():
        here = (pipeline == in_pipeline) & (stage == in_stage)
        at = stages.index(given.stage) if given.stage else lead
        positions.append((here, max(at, won) if given.outcome == "won" else at))
        outcomes.append((here, given.outcome))
    if not mapping:
        return ibis.literal(lead), ibis.literal("open")
    return ibis.cases(*positions, else_=lead), ibis.cases(*outcomes, else_="open")


def pair_columns(table: ir.Table) -> tuple[ir.StringValue, ir.StringValue]:
    """Pipeline and stage as exported, "" for none."""
    none = ibis.literal("")
    pipeline = table.pipeline.strip().fill_null("") if "pipeline" in table.columns else none
    stage = table.stage.strip().fill_null("") if "stage" in table.columns else none
    return pipeline, stage
