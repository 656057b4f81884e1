"""Leads: how many are qualified, what sales takes and refuses and why, and what is paid for.

leads = Leads.measure(facts, client, say)
leads.section()                 # for the report
leads.measured.usual            # share of qualified leads with its range
leads.pay.months                # pay by month: today's scheme, and pay for qualified leads
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from helpers.chapters.base import Chapter
from helpers.chapters.leads_agreement_words import AgreementWords
from helpers.chapters.leads_chart import draw_decided, draw_pay, draw_qualified, draw_reasons
from helpers.chapters.leads_decided_words import DecidedWords
from helpers.chapters.leads_measure import MeasuredLeads, measure_leads, worst_gap
from helpers.chapters.leads_pay import MeasuredPay, measure_pay
from helpers.chapters.leads_pay_words import PayWords
from helpers.chapters.leads_words import LeadsWords, named_shares
from helpers.chapters.shares import Share
from helpers.chapters.shares_chart import SHOWN, Panel, draw_shares
from helpers.report.model import Box, Exhibit, Finding, Section
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language


@dataclass(frozen=True)
class Leads(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "leads"

    say: Language
    client: Client
    period: tuple[dt.date, dt.date]
    as_of: dt.date
    measured: MeasuredLeads
    pay: MeasuredPay | None
    """None: neither client.yml nor a pay sheet says how bringing leads is paid."""

    @classmethod
    def measure(cls, facts: Facts, client: Client, say: Language) -> Leads:
        """Leads created in the audited period, with what sales had said of them by ``as_of``."""
        return cls(
            say=say,
            client=client,
            period=(facts.period.from_, facts.period.to),
            as_of=facts.as_of,
            measured=measure_leads(facts, client),
            pay=measure_pay(facts, client),
        )

    @property
    def words(self) -> LeadsWords:
        """Sentences and tables on qualification."""
        return LeadsWords(self.measured, self.say)

    @property
    def decided_words(self) -> DecidedWords:
        """The same on what sales decided, and why."""
        return DecidedWords(self.measured, self.say)

    @property
    def agreement_words(self) -> AgreementWords:
        """The same on whether both sides count and mean the same."""
        return AgreementWords(self.measured, self.say)

    @property
    def pay_words(self) -> PayWords | None:
        """The same on pay."""
        return None if self.pay is None else PayWords(self.pay, self.client.currency, self.say)

    # Section ---------------------------------------------------------------------------------------------------------

    def section(self) -> Section:
        """Qualification, what sales decided, reasons, own figures of the departments, sorting, pay."""
        say, measured = self.say, self.measured
        title = say("Leads: from marketing to sales")
        if not measured.leads:
            none = say("No lead was created in the period ({period}).", period=say.period(*self.period))
            return Section(key=self.key, title=title, lead=(none,))
        exhibits = []
        if self.marked:
            exhibits += [self._qualified(), self._channels()]
        if measured.decided:
            exhibits.append(self._decided())
        if measured.rejections.all:
            exhibits.append(self._rejections())
        if measured.losses.named:
            exhibits.append(self._losses())
        if measured.reported:
            exhibits.append(self._reported())
        if measured.sorting:
            exhibits.append(self._sorting())
        exhibits += self._pay()
        return Section(key=self.key, title=title, lead=self._lead(), boxes=self._boxes(), exhibits=tuple(exhibits))

    @property
    def marked(self) -> bool:
        """Somebody says of some lead whether it is qualified."""
        return self.measured.usual_marked.whole > 0 or any(c.marked.whole for c in self.measured.channels)

    def _lead(self) -> tuple[str, ...]:
        say, measured = self.say, self.measured
        first = say("Leads created in the period ({period}): {leads}.", period=say.period(*self.period),
                    leads=say.count(measured.leads))  # fmt: skip
        people = self.agreement_words.people_text()
        return (f"{first} {people}" if people else first,)

    def _boxes(self) -> tuple[Box, ...]:
        say, measured, missing = self.say, self.measured, []
        if not self.marked:
            missing.append(say("Qualified leads: mark every lead in the CRM, qualified or not, or keep the four marks "
                               "money, decision, need and time."))  # fmt: skip
        if not measured.decided:
            missing.append(say("Accepted and refused leads: let sales mark each lead as taken or refused, with a "
                               "reason from a short list."))  # fmt: skip
        if measured.people is None:
            missing.append(say("People: export a phone or e-mail with each lead (kept as a hash), and repeated "
                               "enquiries can be told from new people."))  # fmt: skip
        if not measured.reported:
            missing.append(say("Own figures of both departments by month (table figures): do they count the same?"))
        if not measured.sorting:
            missing.append(say("Thirty leads sorted by one marketer and one salesperson who do not see each other's "
                               "answers (table sorting): do they mean the same?"))  # fmt: skip
        if self.pay is None:
            missing.append(say("What is paid for bringing leads (pay in client.yml, or the table pay): then pay for "
                               "qualified leads can be compared with today's."))  # fmt: skip
        boxes = [self._reading_box()] if self.marked else []
        if missing:
            boxes.append(Box(title=say("What to collect"), text=tuple(missing), tone="missing"))
        return tuple(boxes)

    def _reading_box(self) -> Box:
        say, wish = self.say, self.client.qualified
        if wish is not None and wish.bant is not None:
            names = self.words.mark_names()
            rule = say(
                "A lead is qualified by the mark of the CRM; where there is none, when at least {n} of these hold: "
                "{list}.",
                n=wish.bant.at_least, list=say.list([names[name] for name in wish.bant.columns]),
            )  # fmt: skip
        else:
            rule = say("A lead is qualified when the CRM marks it so.")
        text = [rule, say("A lead without a mark is not counted as qualified, nor as bad: nobody has said yet.")]
        if marks := self.words.marks_text():
            text.append(marks)
        return Box(title=say("What counts as qualified"), text=tuple(text))

    def _note(self) -> str:
        say = self.say
        return say("Leads created {period}, as the CRM had them on {as_of}.", period=say.period(*self.period),
                   as_of=say.date(self.as_of))  # fmt: skip

    # Exhibits --------------------------------------------------------------------------------------------------------

    def _qualified(self) -> Exhibit:
        words = self.words
        enough = any(month.qualified.enough for month in self.measured.months)
        odd = self.say("Experimental channels are not counted here.") if self.measured.experimental.whole else ""
        return Exhibit(
            key="leads-qualified",
            title=words.qualified_title(),
            figure=draw_qualified(self.measured, self.say, words.qualified_alt()) if enough else None,
            reading=words.qualified_reading(),
            table=words.qualified_table(),
            note=f"{self._note()} {odd}".strip(),
        )

    def _channels(self) -> Exhibit:
        say, words, measured = self.say, self.words, self.measured
        usual, odd = (named_shares(words, words.channels(kind)) for kind in (False, True))
        panels = [Panel("", usual, "marketing", measured.usual)]
        if odd:
            title = say("Experimental channels")
            panels.append(Panel(title, odd, "marketing", pale=frozenset(share.name for share in odd)))
        panels = [panel for panel in panels if any(share.enough for share in panel.groups)]
        figure = None
        if panels:
            figure = draw_shares(
                panels, say, "leads-channels", words.channels_alt(), norm=measured.norm,
                norm_label=say("norm {range}", range=words.norm) if measured.norm else "",
            )  # fmt: skip
        reading = words.channels_reading() if panels else ()
        if len(usual) > SHOWN:
            reading = (*reading, say("The chart shows the {n} largest channels; the table holds all.", n=SHOWN))
        return Exhibit(
            key="leads-channels",
            title=words.channels_title(),
            figure=figure,
            reading=reading,
            table=words.channels_table(),
            note=self._note(),
        )

    def _decided(self) -> Exhibit:
        words = self.decided_words
        return Exhibit(
            key="leads-decided",
            title=words.decided_title(),
            figure=draw_decided(self.measured.months, self.say, words.decided_alt()),
            reading=words.decided_reading(),
            table=words.decided_table(),
            note=self._note(),
        )

    def _rejections(self) -> Exhibit:
        words, reasons = self.decided_words, self.measured.rejections
        return Exhibit(
            key="leads-rejections",
            title=words.rejections_title(),
            # One reason is said in the title: a bar beside nothing shows nothing.
            figure=draw_reasons(reasons, self.say, "leads-rejections", words.reasons_alt(reasons))
            if len(reasons.named) != 1
            else None,
            reading=words.rejections_reading(),
            table=words.reasons_table(reasons),
            note=self._note(),
        )

    def _losses(self) -> Exhibit:
        say, words, reasons = self.say, self.decided_words, self.measured.losses
        apart = bool(self.measured.decided)
        title = words.losses_title() if apart else words.all_losses_title()
        return Exhibit(
            key="leads-losses",
            title=title,
            figure=draw_reasons(reasons, say, "leads-losses", words.reasons_alt(reasons))
            if len(reasons.named) != 1
            else None,
            reading=words.losses_reading(apart),
            table=words.reasons_table(reasons),
            note=self._note(),
        )

    def _reported(self) -> Exhibit:
        words = self.agreement_words
        return Exhibit(
            key="leads-reported",
            title=words.reported_title(),
            reading=words.reported_reading(),
            table=words.reported_table(),
            table_open=True,
            note=self._note(),
        )

    def _sorting(self) -> Exhibit:
        words = self.agreement_words
        return Exhibit(
            key="leads-sorting",
            title=words.sorting_title(),
            reading=words.sorting_reading(),
            table=words.sorting_table(),
            table_open=True,
            note=self.say("Leads sorted by people who did not see each other's answers."),
        )

    def _pay(self) -> list[Exhibit]:
        words, pay = self.pay_words, self.pay
        if words is None or pay is None or not pay.months:
            return []
        both = pay.total("today") is not None and pay.total("proposed") is not None
        out = [
            Exhibit(
                key="leads-pay",
                title=words.title(),
                figure=draw_pay(pay, self.say, self.client.currency, words.alt()) if both else None,
                reading=words.reading(),
                table=words.table(),
                table_open=not both,
                note=f"{self._note()} {words.note()}",
            )
        ]
        if pay.persons or pay.selling:
            out.append(
                Exhibit(
                    key="leads-pay-people",
                    title=words.persons_title(),
                    reading=words.persons_reading(),
                    table=words.persons_table(),
                    table_open=True,
                    note=self._note(),
                )
            )
        return out

    # Findings and figures --------------------------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        """Pay for leads that are not qualified, qualified share off its norm, refusals without a reason."""
        say, measured, words, out = self.say, self.measured, self.words, []
        wasted = self.pay.wasted if self.pay is not None and self.marked else None
        if wasted and wasted > 0:
            out.append(
                Finding(
                    text=say("{money} of pay for bringing leads went for leads that are not qualified",
                             money=say.money_short(wasted, self.client.currency)),
                    money=wasted,
                    amount=say.money_short(wasted, self.client.currency),
                    detail=self._wasted(self.pay) if self.pay is not None else "",
                    section=self.key,
                )
            )  # fmt: skip
        if measured.verdict == "below":
            detail = say("Range {range}.", range=say.interval(measured.usual.low, measured.usual.high, say.share))
            out.append(Finding(text=words.qualified_title(), detail=detail, section=self.key))
        reasons = measured.rejections
        if reasons.all >= MINIMUM and reasons.without:
            text = say.plural(
                "{n} refused lead of {all} has no reason", "{n} refused leads of {all} have no reason", reasons.without,
                all=say.count(reasons.all),
            )  # fmt: skip
            out.append(Finding(text=text, detail=self.decided_words.rejections_reading()[0], section=self.key))
        return tuple(out)

    def _wasted(self, pay: MeasuredPay) -> str:
        """What the money paid for leads that are not qualified is made of."""
        say, unmarked = self.say, sum(month.unmarked for month in pay.months)
        text = say("Of the leads paid for in the period ({period}) {share} are qualified.",
                   period=say.period(*self.period), share=say.share(pay.share))  # fmt: skip
        if unmarked:
            text += " " + say.plural("{n} has no mark yet.", "{n} have no mark yet.", unmarked)
        return text

    def figures(self) -> dict[str, Any]:
        """``leads`` of audit.json: shares 0-1, None: not known or too few to judge."""
        measured, gap = self.measured, worst_gap(self.measured.reported)
        return {
            "leads": {
                "leads": measured.leads,
                "people": measured.people,
                "repeats": measured.repeats,
                "qualified_share": _share(measured.usual) if self.marked else None,
                "qualified_of_marked": _share(measured.usual_marked),
                "experimental_share": _share(measured.experimental) if self.marked else None,
                "norm": list(measured.norm) if measured.norm else None,
                "verdict": measured.verdict,
                "accepted": measured.accepted,
                "rejected": measured.rejected,
                "undecided": measured.undecided if measured.decided else None,
                "rejected_without_reason": measured.rejections.without,
                "rejections": [list(reason) for reason in measured.rejections.named[:10]],
                "losses": [list(reason) for reason in measured.losses.named[:10]],
                "kappa": [
                    {"n": kappa.n, "agree": _number(kappa.observed), "kappa": _number(kappa.kappa)}
                    for _, _, kappa in measured.sorting
                ],
                "reported_gap": None if gap is None else _number(gap.gap),
                "pay": self._pay_figures(),
            }
        }

    def _pay_figures(self) -> dict[str, Any] | None:
        if self.pay is None:
            return None
        return {
            "today": _money(self.pay.total("today")),
            "proposed": _money(self.pay.total("proposed")),
            "paid": _money(self.pay.total("paid")),
            "not_qualified": _money(self.pay.wasted),
            "for_good": _number(self.pay.for_good),
            "months": [
                {
                    "month": f"{month.month:%Y-%m}",
                    "plan": month.plan,
                    "delivered": month.delivered,
                    "qualified": month.qualified,
                    "today": _money(month.today),
                    "proposed": _money(month.proposed),
                }
                for month in self.pay.months
            ],
        }


def _share(share: Share) -> dict[str, Any] | None:
    if not share.enough:
        return None
    return {
        "share": _number(share.share),
        "interval": [_number(share.low), _number(share.high)],
        "of": int(share.whole),
    }


def _number(value: float) -> float | None:
    return round(float(value), 4) if math.isfinite(value) else None


def _money(value: float | None) -> float | None:
    return None if value is None else round(float(value), 2)
