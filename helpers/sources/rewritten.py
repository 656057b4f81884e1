"""Values that are read otherwise than they are written - texts repaired, ids without a prefix -, what came kept beside.

What was written stays in the ledger, value by value with its rows, so that a reader of the audit finds it again in the
export. Nobody's address or telephone number is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from helpers.sources.csvfile import quoted
from helpers.sources.discreet import example, impersonal
from helpers.sources.notices import Code, Notice
from helpers.sources.places import PLACE, place_of
from helpers.sources.repair import SUSPICIOUS, Kind, repaired
from helpers.sources.stored import name_of
from helpers.sources.survey import MACRO_COLUMNS, Survey
from helpers.sources.values import MACRO

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from helpers.sources.mapped import Mapped

ID_PREFIX = r"^(?:customers/\d+/campaigns/|\p{L}{1,2}-)(\d+)$"
"""Before a campaign's number: Google's resource names, Direct's letters."""
DAMAGE: dict[Kind, Code] = {
    "percent": Code.PERCENT_DECODED,
    "mojibake": Code.MOJIBAKE_REPAIRED,
    "alike": Code.LETTERS_ALIKE,
}


@dataclass(frozen=True)
class Rewritten:
    """One value that is read otherwise than it is written."""

    table: str
    file: str
    column: str
    """As the file calls it."""
    written: str
    read: str
    rows: int


def repaired_texts(con: Backend, mapped: Mapped, survey: Survey, used: dict[str, str]) -> ir.Table:
    """Damaged texts as they were meant; each kind of damage is counted by column. Works on distinct values.

    ``used`` gets the names of what is made for it.
    """
    table = mapped.table
    for name in sorted(survey.damaged):
        texts = table.filter(table[name].re_search(SUSPICIOUS)).group_by(raw=table[name])
        texts = texts.agg(n=lambda t: t.count(), place=place_of(table).min())
        found = texts.order_by(ibis.desc("n"), "raw").to_pandas()
        meant = {raw: repaired(raw) for raw in found["raw"]}
        if all(not kinds for _, kinds in meant.values()):
            continue
        found["text"] = [meant[raw][0] for raw in found["raw"]]
        for kind, code in DAMAGE.items():
            hit = found[[kind in meant[raw][1] for raw in found["raw"]]]
            if len(hit):
                raw, text = hit["raw"].iloc[0], hit["text"].iloc[0]
                mapped.notices.append(
                    Notice(code, mapped.source.table, int(hit["n"].sum()), file=mapped.source.file,
                           column=mapped.headers.get(name, name), detail=example(f"{raw} → {text}"),
                           **mapped.first(int(hit["place"].min())))
                )  # fmt: skip
        if name != "manager":
            # A manager may have an alias; the others are names of campaigns and sources.
            _kept(mapped, name, zip(found["raw"], found["text"], found["n"], strict=True))
        if name in MACRO_COLUMNS:
            survey.macros[name] += int(found.loc[found["text"].str.contains(MACRO, regex=True), "n"].sum())
        # As Arrow: a memtable would keep the texts, addresses among them, for as long as the connection lives.
        lookup = con.create_table(ibis.util.gen_name("meant"), pa.Table.from_pandas(found[["raw", "text"]]))
        joined = table.left_join(lookup, table[name] == lookup.raw)
        table = joined.mutate(**{name: ibis.coalesce(joined.text, joined[name])}).drop("raw", "text")
        used[name_of(lookup)] = "TABLE"
    return table


def without_prefix(ids: ir.StringValue) -> ir.StringValue:
    """Campaign ids by their digits."""
    return ids.re_replace(ID_PREFIX, r"\1")


def prefixed_ids(con: Backend, mapped: Mapped, table: ir.Table, name: str) -> list[Notice]:
    """What is said of ids whose prefix is left out, where there are any."""
    pattern = quoted(ID_PREFIX)
    asked = (
        f"SELECT audit_id({name}) AS raw, regexp_replace(audit_id({name}), {pattern}, '\\1') AS text, count(*) AS n, "
        f"min({PLACE}) AS place FROM {name_of(table)} WHERE regexp_matches(audit_id({name}), {pattern}) "
        "GROUP BY ALL ORDER BY n DESC, raw"
    )
    found = con.con.execute(asked).fetchall()
    if not found:
        return []
    _kept(mapped, name, ((raw, text, n) for raw, text, n, _ in found))
    return [
        Notice(
            Code.ID_PREFIX,
            mapped.source.table,
            sum(n for _, _, n, _ in found),
            file=mapped.source.file,
            column=mapped.headers.get(name, name),
            detail=max(raw for raw, *_ in found),
            **mapped.first(min(place for *_, place in found)),
        )
    ]


def _kept(mapped: Mapped, name: str, found: Iterable[tuple[str, str, int]]) -> None:
    """Keep what is read otherwise."""
    source, header = mapped.source, mapped.headers.get(name, name)
    mapped.rewritten += [
        Rewritten(source.table, source.file, header, written, read, int(rows))
        for written, read, rows in found
        if read != written and impersonal(written) and impersonal(read)
    ]
