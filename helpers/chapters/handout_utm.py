"""Template: one page of UTM rules - the client's own channels and spellings, and what is lost today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.chapters.handout_sources import bullets, heading, line, table, text
from helpers.report.model import Column, Handout, Table
from helpers.sources.leads import TEST_WORDS

if TYPE_CHECKING:
    from helpers.chapters.handout_sources import Sources

CHANNELS = 15
VARIANTS = 4
MEDIUMS = 2
SYSTEMS = (
    ("Yandex Direct", "{campaign_id}", ("yandex", "яндекс")),
    ("Google Ads", "{campaignid}", ("google", "adwords")),
    ("Meta", "{{campaign.id}}", ("meta", "facebook", "instagram")),
)
"""Advertising system, what it puts the number of the campaign in for, and words by which a channel is told."""


def utm_rules(sources: Sources) -> Handout:
    """How each channel is written, how it is found today, what is lost without tags."""
    say = sources.say
    channels = _channels(sources)
    return Handout(
        key="utm-rules",
        title=say("UTM rules on one page"),
        blocks=(
            text(say("A tag is only worth something if everybody writes it the same way: then each sale finds its "
                     "campaign by itself.")),
            heading(say("How we write")),
            *([table(channels)] if channels is not None else [line(say("utm_source of each channel"))]),
            heading(say("What is lost today")),
            bullets(_lost(sources)),
            heading(say("Rules")),
            bullets((
                say("Small Latin letters, figures, hyphen or underscore; no spaces, no Cyrillic."),
                say("utm_source is one word from the table, utm_medium says how it is paid (cpc, social, email, "
                    "offline)."),
                say("utm_campaign holds the number of the campaign in the ad account: names change, numbers do not."),
                _placeholders(sources),
                say("Calls, messengers and walk-ins: call tracking or the question \"how did you find us\" from a "
                    "list; the source is an obligatory field."),
                say("A new channel gets its line in the table before its first advertisement."),
            )),
            line(say("Keeps the table, checks the tags once a week")),
            *sources.signatures(),
        ),
    )  # fmt: skip


def _placeholders(sources: Sources) -> str:
    """What the client's own advertising systems put the number in for."""
    say = sources.say
    tags = sources.facts.quarters.tags
    channels = " ".join({*map(str, tags["channel"]), *map(str, sources.facts.spend["channel"])}).casefold()
    known = [
        f"{placeholder} ({system})" for system, placeholder, names in SYSTEMS if any(name in channels for name in names)
    ]
    after = say("After each new advertisement click it once and look whether the number arrived.")
    if not known:
        return say("The number is put in by a placeholder of the ad system.") + " " + after
    return say("The number is put in by a placeholder of the ad system: {list}.", list=", ".join(known)) + " " + after


def _channels(sources: Sources) -> Table | None:
    """A row per channel: how to write it, how else it is found, with leads."""
    say, tags = sources.say, sources.facts.quarters.tags
    tags = tags[(tags["span"] == "now") & (tags["channel"] != "") & (tags["source"] != "")]
    tags = tags[~tags["channel"].str.casefold().isin(TEST_WORDS)]
    if not len(tags):
        return None
    largest = tags.groupby("channel")["leads"].sum().sort_values(ascending=False, kind="stable")
    rows = []
    for channel, leads in largest.head(CHANNELS).items():
        of = tags[tags["channel"] == channel]
        spelled = of.groupby("source")["leads"].sum().sort_values(ascending=False, kind="stable")
        others = spelled[spelled.index != channel]
        shown = [f"{name} ({say.count(n)})" for name, n in others.head(VARIANTS).items()]
        if len(others) > VARIANTS:
            shown.append(say("{n} more", n=len(others) - VARIANTS))
        mediums = of[of["medium"] != ""].groupby("medium")["leads"].sum().sort_values(ascending=False, kind="stable")
        rows.append((str(channel), ", ".join(map(str, mediums.index[:MEDIUMS])), ", ".join(shown), int(leads)))
    columns = (Column(label="utm_source"), Column(label="utm_medium"), Column(label=say("Not so")),
               Column(label=say("Leads"), kind="count"))  # fmt: skip
    return Table(columns=columns, rows=tuple(rows))


def _lost(sources: Sources) -> list[str]:
    say, tags = sources.say, sources.facts.quarters.tags
    tags = tags[tags["span"] == "now"]
    total = int(tags["leads"].sum())
    out = []
    if total:
        nowhere = int(tags.loc[(tags["source"] == "") & (tags["channel"] == ""), "leads"].sum())
        tagged = int(tags["named"].sum())
        whole, bare = say.count(total), total - tagged
        if nowhere:
            out.append(say("Leads of which nobody knows where they came from: {n} of {all} ({share}).",
                           n=say.count(nowhere), all=whole, share=sources.share(nowhere, total)))  # fmt: skip
        if bare:
            out.append(say("Leads without a campaign: {n} of {all} ({share}); some came by themselves and need none.",
                           n=say.count(bare), all=whole, share=sources.share(bare, total)))  # fmt: skip
        if not nowhere and not bare:
            out.append(say("Every lead has its source and its campaign."))
    traces = sources.facts.quality.tracking
    unfilled = int(traces.loc[(traces["span"] == "now") & (traces["trace"] == "unfilled"), "leads"].sum())
    if unfilled:
        out.append(say.plural(
            "{n} lead came with the bare placeholder of the ad system instead of a campaign.",
            "{n} leads came with the bare placeholder of the ad system instead of a campaign.", unfilled,
        ))  # fmt: skip
    if sources.money is not None:
        sums = sources.money.measured.sums
        if sums.spend_only > 0:
            money = sources.money_text(sums.spend_only)
            out.append(say("Spend that cannot be followed to any lead: {money}.", money=money))
        if sums.revenue_leads_only + sums.revenue_loose > 0:
            out.append(say("Revenue that cannot be followed to any spend: {money}.",
                           money=sources.money_text(sums.revenue_leads_only + sums.revenue_loose)))  # fmt: skip
    return out or [say("Not known: the exports hold no tags of leads.")]
