"""Template: what a qualified lead is, with example and counter-example - "we pay", "we do not"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.chapters.handout_sources import bullets, heading, line, table, text
from helpers.report.model import Column, Handout, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.handout_sources import Sources
    from helpers.language import Language
    from helpers.report.model import Block

COUNTER_EXAMPLES = 3


def qualified_definition(sources: Sources) -> Handout:
    """The client's rule, whom marketing is paid for and whom not, what the data say about the rule."""
    say = sources.say
    rule = sources.rule()
    blocks: list[Block] = [
        text(say("A lead is qualified when this holds: {rule}.", rule=_in_quotes(rule.rstrip("."), say)))
        if rule
        else text(say("No rule is given yet. Take 30 recent leads, let one marketer and one salesperson sort them "
                      "apart, talk over those they disagree on, and write the rule from that.")),
    ]  # fmt: skip
    if not rule:
        blocks.append(line(say("A lead is qualified when")))
    blocks += [
        heading(say("We pay for it: an example")),
        *_example(sources),
        heading(say("We do not pay for it: counter-examples")),
        *_counter_examples(sources),
    ]
    if facts := _data(sources):
        blocks += [heading(say("What the data say about the rule")), bullets(facts)]
    if (marks := _marks(sources)) is not None:
        blocks.append(table(marks))
    blocks += [
        heading(say("How it is used")),
        bullets((
            say("Sales accept or reject a lead within two working days, with a reason from the list; without a word it "
                "counts as accepted."),
            say("A dispute is settled at the weekly meeting by listening to the call together."),
            say("The rule is looked at once a quarter, by facts."),
        )),
        *sources.signatures(),
    ]  # fmt: skip
    return Handout(key="qualified-lead", title=say("Definition of a qualified lead"), blocks=tuple(blocks))


def _in_quotes(rule: str, say: Language) -> str:
    """The rule set off from the sentence, unless it has quotation marks of its own."""
    return rule if set(rule) & set('«»“”„"') else say.quoted([rule])


def _example(sources: Sources) -> tuple[Block, ...]:
    say, wish = sources.say, sources.client.qualified
    if wish and wish.bant:
        held, rest = wish.bant.columns[: wish.bant.at_least], wish.bant.columns[wish.bant.at_least :]
        items = [say("{mark}: yes", mark=sources.mark(name)) for name in held]
        items += [say("{mark}: not known", mark=sources.mark(name)) for name in rest]
        closing = say("{n} of {all}: qualified, although not everything is known.", n=len(held),
                      all=len(wish.bant.columns))  # fmt: skip
        return bullets(items), text(closing if rest else say("All of it holds: qualified."))
    labels = _labels(sources, True)
    if labels:
        return (bullets([say("In the CRM the lead is marked {label}.", label=say.quoted(labels))]),)
    return (line(say("An example from your own leads")),)


def _counter_examples(sources: Sources) -> tuple[Block, ...]:
    say, wish = sources.say, sources.client.qualified
    items: list[str] = []
    if wish and wish.bant and wish.bant.at_least > 1:
        held = wish.bant.columns[-(wish.bant.at_least - 1) :]
        names = say.list([sources.mark(name) for name in held])
        items.append(say("Only this is known: {marks} - {n} of {all}, one too few.", marks=names, n=len(held),
                         all=len(wish.bant.columns)))  # fmt: skip
    if labels := _labels(sources, False):
        items.append(say("In the CRM the lead is marked {label}.", label=say.quoted(labels)))
    reasons = sources.reasons()
    named = reasons[reasons["reason"] != ""].head(COUNTER_EXAMPLES)
    for reason, leads in zip(named["reason"], named["leads"], strict=True):
        count = say.plural("{n} lead of the period", "{n} leads of the period", int(leads))
        items.append(say("Rejected by sales: {reason} ({leads}).", reason=say.quoted([reason]), leads=count))
    return (bullets(items),) if items else (line(say("A counter-example from your own leads")),)


def _labels(sources: Sources, value: bool) -> list[str]:
    """The CRM's own words for yes or no, as client.yml reads them."""
    found = [
        label
        for source in sources.client.sources
        for label, meaning in source.values.get("qualified", {}).items()
        if meaning is value
    ]
    return list(dict.fromkeys(found))


def _data(sources: Sources) -> list[str]:
    """How many leads are qualified, how much better they buy, which channels bring most and fewest of them."""
    say, leads = sources.say, sources.leads
    total = sources.total("leads")
    if not sources.marked or total < MINIMUM:
        return []
    out = [say("{qualified} of {leads} leads of the period are qualified: {share}.",
               qualified=say.count(sources.total("qualified")), leads=say.count(total),
               share=sources.share(sources.total("qualified"), total))]  # fmt: skip
    counts, wins = sources.facts.quarters.leads, sources.facts.quarters.wins
    sold = []
    for yes in (True, False):
        of, won = ((part["span"] == "now") & ((part["mark"] == "yes") == yes) for part in (counts, wins))
        sold.append((float(wins.loc[won, "won"].sum()), float(counts.loc[of, "leads"].sum())))
    if min(whole for _, whole in sold) >= MINIMUM:
        yes_text, no_text = (sources.share(*pair) for pair in sold)
        out.append(say("So far {yes} of the qualified leads have bought, and {no} of the others.", yes=yes_text,
                       no=no_text))  # fmt: skip
    by_channel = leads.groupby("channel")[["leads", "qualified"]].sum()
    by_channel = by_channel[(by_channel["leads"] >= MINIMUM) & (by_channel.index != "")]
    if len(by_channel) > 1:
        rate = (by_channel["qualified"] / by_channel["leads"]).sort_values(ascending=False, kind="stable")
        out.append(say("Largest share: {best} ({high}); smallest: {worst} ({low}).", best=str(rate.index[0]),
                       high=say.share(float(rate.iloc[0])), worst=str(rate.index[-1]),
                       low=say.share(float(rate.iloc[-1]))))  # fmt: skip
    return out


def _marks(sources: Sources) -> Table | None:
    say, marks = sources.say, sources.facts.handover.marks
    marks = marks[marks["span"] == "now"]
    if not len(marks):
        return None
    rows = tuple(
        (sources.mark(row["mark"]), int(row["yes"]), int(row["no"]), int(row["unknown"]))
        for row in marks.to_dict("records")
    )
    columns = (
        Column(label=say("Mark in the CRM")), Column(label=say("Yes"), kind="count"),
        Column(label=say("No"), kind="count"), Column(label=say("Not filled in"), kind="count"),
    )  # fmt: skip
    return Table(columns=columns, rows=rows)
