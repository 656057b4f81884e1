"""Columns of a table whose every row holds the same, as all that a client does not have: they need not be stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.operations as ops

if TYPE_CHECKING:
    import ibis.expr.types as ir


def constants(table: ir.Table) -> dict[str, ir.Value]:
    """Columns that depend on no row of any table, and what they hold."""
    relation = table.op()
    found = {name: _column(relation, name) for name in table.columns}
    return {name: value.to_expr() for name, value in found.items() if value is not None}


def _column(relation: ops.Relation, name: str) -> ops.Value | None:
    if isinstance(relation, ops.Project):
        return _value(relation.values[name])
    if isinstance(relation, ops.Filter | ops.Sort | ops.Limit | ops.DropColumns | ops.Distinct):
        return _column(relation.parent, name)
    if isinstance(relation, ops.JoinChain):
        value = relation.values[name]
        # Only of the side that a left join leaves as it is.
        kept = all(link.how in ("left", "inner") for link in relation.rest)
        if kept and isinstance(value, ops.Field) and value.rel == relation.first:
            return _column(relation.first.parent, value.name)
    return None


def _value(value: ops.Value) -> ops.Value | None:
    if isinstance(value, ops.Literal):
        return value
    if isinstance(value, ops.Field):
        return _column(value.rel, value.name)
    if isinstance(value, ops.Alias):
        return _value(value.arg)
    # Of all else what columns that are not there are made of: given once, the same in each row.
    if not isinstance(value, ops.Cast | ops.Coalesce | ops.IfElse | ops.SearchedCase | ops.IsNull | ops.NotNull):
        return None
    return _copied(value)


def _copied(value: ops.Value) -> ops.Value | None:
    made = []
    for argument in value.__args__:
        new = _argument(argument)
        if new is None and argument is not None:
            return None
        made.append(new)
    return type(value)(*made)


def _argument(argument: object) -> object:
    if isinstance(argument, ops.Value):
        return _value(argument)
    if isinstance(argument, tuple):
        parts = [_argument(one) for one in argument]
        return None if any(part is None for part in parts) else tuple(parts)
    return argument
