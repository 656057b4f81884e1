"""The portfolio: all audited clients on one page and in one table, as a report in any format.

::

    portfolio = Portfolio.measure("reports", say)
    portfolio.report()
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.batch.parameters import PortfolioParameters, read_parameters
from helpers.batch.wishes import parse_day, parse_formats
from helpers.briefing import found_folder, out_folder
from helpers.errors import ReportError
from helpers.language import language
from helpers.portfolio import changes, clients, criteria, todo
from helpers.portfolio.common import Measured
from helpers.portfolio.failures import read_failures
from helpers.portfolio.ledger import Ledger, Unusable, read_ledger
from helpers.portfolio.measure import (
    client_names,
    criteria_table,
    item_statistics,
    main_version,
    measure_changes,
    newest_version,
    stakes_of,
)
from helpers.portfolio.write import write_portfolio
from helpers.report.model import Box, Brand, Report, Section
from helpers.survey.criteria import questionnaire

if TYPE_CHECKING:
    from helpers.language import Language

_PARTS = (
    (clients.clients_section, clients.findings),
    (changes.changes_section, changes.findings),
    (criteria.criteria_section, criteria.findings),
    (todo.todo_section, todo.findings),
)


@dataclass(frozen=True)
class Portfolio:
    """All clients of a folder of reports; ``measure`` makes it, each part shows itself in a notebook."""

    say: Language
    measured: Measured
    out: Path = Path("reports")
    formats: tuple[str, ...] = ("html",)

    @classmethod
    def of(cls, namespace: Mapping[str, Any]) -> Portfolio:
        """The portfolio of a notebook: ``Portfolio.of(globals())`` after its parameters cell.

        Raises:
            ParameterError: an unknown or ill-typed parameter.
            ReportError: as ``measure``.
        """
        wish = read_parameters(namespace, PortfolioParameters)
        found = cls.measure(found_folder(wish.reports), wish.lang, parse_day(wish.as_of))
        return replace(found, out=out_folder(wish.out), formats=parse_formats(wish.formats))

    @classmethod
    def measure(cls, reports: Path | str, lang: str = "", as_of: dt.date | None = None) -> Portfolio:
        """Counts what the ledger of ``reports`` holds.

        Args:
            reports: a folder of reports, as `audit run --out` writes it.
            lang: en, ru or uk; empty: the language most clients are reported in.
            as_of: the day that "late" refers to; None: the newest day of any audit.

        Raises:
            ReportError: there is no such folder, or no audit in it that can be used.
        """
        folder = Path(reports)
        ledger = read_ledger(folder)
        if ledger.audits.empty:
            raise ReportError(_nothing(folder, ledger))
        found = measure(ledger, folder, as_of)
        if not lang:
            written = found.latest["lang"].where(found.latest["lang"].isin(("en", "ru", "uk"))).dropna()
            lang = str(written.mode().iloc[0]) if len(written) else "en"
        return cls(language(lang), found)

    def __repr__(self) -> str:
        return f"Portfolio({len(self.measured.latest)} clients, {self.measured.audits} audits)"

    def write(self, brand: Brand | None = None) -> Path:
        """Write the report into ``out`` in its formats; the folder of its language."""
        return write_portfolio(self.report(brand), self.out, self.formats)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Clients, changes, criteria, what to do."""
        return tuple(section(self.measured, self.say) for section, _ in _PARTS)

    @property
    def clients(self) -> Part:
        """All clients in one table."""
        return Part(self.sections[0], self.say)

    @property
    def changes(self) -> Part:
        """Each client against its own last audit."""
        return Part(self.sections[1], self.say)

    @property
    def criteria(self) -> Part:
        """The twenty criteria over all clients."""
        return Part(self.sections[2], self.say)

    @property
    def todo(self) -> Part:
        """What the consultant has to do."""
        return Part(self.sections[3], self.say)

    def report(self, brand: Brand | None = None) -> Report:
        """The portfolio as a report."""
        from helpers.report.assemble import toolkit_version

        say, found = self.say, self.measured
        latest = found.latest
        return Report(
            lang=say.code,  # type: ignore[arg-type]
            title=say("The portfolio of audits"),
            client=say.plural("{n} client", "{n} clients", len(latest)),
            currency=", ".join(sorted(set(latest["currency"]))),
            period=(min(latest["first"]), max(latest["last"])),
            as_of=found.as_of,
            brand=brand,
            findings=tuple(finding for _, findings in _PARTS for finding in findings(found, say)),
            sections=self.sections,
            method=_method(say),
            version=toolkit_version(),
        )


@dataclass(frozen=True)
class Part:
    """One part of the portfolio; a notebook shows it by itself."""

    section: Section
    say: Language

    def _ipython_display_(self) -> None:
        from helpers.report.notebook import show_section

        show_section(self.section, self.say)


def measure(ledger: Ledger, folder: Path, as_of: dt.date | None = None) -> Measured:
    """All counts of the portfolio from the ledger and what failed runs left in ``folder``."""
    latest = ledger.latest
    names = client_names(latest)
    version = main_version(latest)
    own = criteria_table(ledger, latest, version)
    pairs = ledger.pairs
    failed, wrong = read_failures(folder)
    verdicts = ledger.criteria.merge(latest[["slug", "last"]], on=["slug", "last"])
    compared = verdicts[verdicts["verdict"].notna()]
    checked = compared.assign(yes=compared["verdict"] != "no_data").groupby("slug")["yes"].sum()
    batch = (Unusable("batch.json", "json"),) if wrong else ()
    return Measured(
        as_of=as_of or max(latest["as_of"]),
        latest=latest,
        names=names,
        version=version,
        newest=newest_version(latest),
        stakes=stakes_of(ledger, latest),
        changes=measure_changes(pairs, names),
        alone=len(latest) - len(pairs),
        items=item_statistics(own, questionnaire().ids),
        scores=own[["slug", "criterion", "score"]],
        checked={str(slug): int(many) for slug, many in checked.items()},
        failed=failed,
        unusable=(*batch, *ledger.unusable),
        audits=len(ledger.audits),
    )


def _nothing(folder: Path, ledger: Ledger) -> str:
    say = language("en")
    lines = [f"{folder.name}: there is no audit in it that can be used - make one with `audit run`"]
    lines += [f"{one.file}: {one.said(say)}" for one in ledger.unusable[:10]]
    return "\n".join(lines)


def _method(say: Language) -> tuple[Box, ...]:
    """How the figures were made."""
    return (
        Box(
            title=say("Where the figures come from"),
            text=(
                say("From the audit.json of each report, as it lies in the folder of reports. Of each client the "
                    "newest audit counts; an earlier one serves for the comparison with itself."),
            ),
        ),
        Box(
            title=say("When a change is real"),
            text=(
                say("Both audits have a range (95 %). The range of the difference is made of both, as of independent "
                    "samples (Newcombe; Zou and Donner); a change is called real when it does not hold nought. Scores "
                    "by different versions of the questionnaire are not compared."),
            ),
        ),
        Box(
            title=say("What is not done"),
            text=(
                say("Nothing is averaged or ranked in money, no client is a yardstick for another, and under {n} "
                    "clients no share of clients is given.", n=30),
            ),
        ),
    )  # fmt: skip
