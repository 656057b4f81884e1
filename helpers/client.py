"""A client's folder: client.yml, read once, every mistake reported at once with its line.

``read_client(path)`` is the only way in. What each key means stands in the file that ``audit new`` writes.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from helpers.errors import ClientFileError, Problem
from helpers.sources.connections import SCHEMES, literal_secret, scheme_of
from helpers.sources.tables import TABLES
from helpers.validation import Strict, nearest, problems_of
from helpers.worktime import parse_hours
from helpers.yamlfile import read_yaml

if TYPE_CHECKING:
    from helpers.language import Language

CLIENT_FILE = "client.yml"

Lang = Literal["en", "ru", "uk"]
Team = Literal["marketing", "sales", "support", "success", "call_centre", "product", "management"]
Outcome = Literal["open", "won", "lost"]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _exact(value: Any) -> Any:
    # 90.5 must stay 90.5, not its binary neighbour.
    return Decimal(str(value)) if isinstance(value, float) else value


def _from_any_day(value: Any) -> Any:
    # "vat_rate: 0.2" is a rate that never changed.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if not 0 < value < 1:
        raise ValueError("must be a share such as 0.2")
    return {dt.date(2000, 1, 1): value}


Teams = Annotated[tuple[Team, ...], BeforeValidator(_listed)]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Exact = Annotated[Decimal, BeforeValidator(_exact)]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class Span(Strict):
    """Days from..to, both inclusive."""

    from_: dt.date = Field(alias="from")
    to: dt.date

    @model_validator(mode="after")
    def _ordered(self) -> Span:
        if self.to < self.from_:
            raise ValueError(f"the period ends ({self.to}) before it begins ({self.from_})")
        return self

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.to - self.from_).days + 1

    def __str__(self) -> str:
        return f"{self.from_}..{self.to}"


class Limits(Strict):
    """What the departments agreed on."""

    first_answer_min: float = Field(default=60, gt=0)
    qualified_share: tuple[float, float] | None = None

    @field_validator("qualified_share")
    @classmethod
    def _share(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value is not None and not 0 <= value[0] <= value[1] <= 1:
            raise ValueError(f"must be two shares from 0 to 1, the smaller first: [0.3, 0.5]; not {list(value)}")
        return value


class Aims(Strict):
    """Where the company wants to be; what is not given is compared with its own best quarter."""

    answered_in_time: float | None = Field(default=None, ge=0, le=1)
    untouched: float | None = Field(default=None, ge=0, le=1)
    qualified_share: float | None = Field(default=None, ge=0, le=1)
    win_rate: float | None = Field(default=None, ge=0, le=1)
    average_deal: float | None = Field(default=None, gt=0)
    cost_per_lead: float | None = Field(default=None, gt=0)
    cac: float | None = Field(default=None, gt=0)


MEETING_POINTS = (
    "tasks", "five", "share", "experiments", "rejected", "plan", "changes", "starts", "signals", "decisions",
)  # fmt: skip
"""What the agenda of the weekly meeting can count by itself, in the usual order."""


class MeetingPlan(Strict):
    """The weekly joint meeting: its points in order, by name; any other text is a point of the client's own."""

    points: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = MEETING_POINTS

    @field_validator("points")
    @classmethod
    def _known_or_own(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for point in value:
            # One word in small letters is meant as a name; a point of one's own is a phrase.
            if re.fullmatch(r"[a-z_]+", point) and point not in MEETING_POINTS:
                guess = nearest(point, MEETING_POINTS)
                raise ValueError(f"did you mean {guess!r}?" if guess else f"known: {', '.join(MEETING_POINTS)}")
        if twice := sorted({point for point in value if value.count(point) > 1}):
            raise ValueError(f"the point {twice[0]!r} is named twice")
        return value


class Survey(Strict):
    """How the questionnaire was announced; fixed before it starts."""

    mode: Literal["open", "anonymous"] = "open"
    threshold: int = Field(default=5, ge=3)


class Source(Strict):
    """Where one clean table comes from."""

    table: str = ""
    """Empty: the preset says it, or the file is recognised by its content."""
    file: str = ""
    connection: str = ""
    """The client's own database instead of a file: its address, passwords as ``${NAME}``."""
    relation: str = ""
    """Table or view there, with its schema."""
    preset: str | None = None
    sheet: str | None = None
    columns: dict[str, Words] = {}
    values: dict[str, dict[str, Any]] = {}
    constants: dict[str, str | int | float | bool | dt.date] = {}
    also: Words = ()
    dates: Literal["dmy", "mdy", "ymd"] | None = None
    decimal: Literal[",", "."] | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3,4}$")
    timezone: str | None = None
    vat: Literal["included", "excluded"] | None = None

    @field_validator("table")
    @classmethod
    def _known_table(cls, value: str) -> str:
        if value and value not in TABLES:
            guess = nearest(value, TABLES)
            raise ValueError(f"did you mean {guess!r}?" if guess else f"must be one of {', '.join(TABLES)}")
        return value

    @field_validator("connection")
    @classmethod
    def _without_secrets(cls, value: str) -> str:
        if not value:
            return value
        secret = literal_secret(value)
        if secret:
            # The words of this error never repeat what was found.
            raise PydanticCustomError("secret", f"the connection holds a {secret}; write ${{NAME}} instead of it")
        if scheme_of(value) == "?":
            raise PydanticCustomError("secret", f"must begin with one of {', '.join(f'{one}://' for one in SCHEMES)}")
        return value

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if not self.connection:
            if self.relation:
                raise PydanticCustomError("secret", "relation is a table of a connection, and there is no connection")
            if not self.file:
                raise PydanticCustomError("secret", "the key file is missing; or give connection and relation")
            return self
        if bool(self.file) == bool(self.relation):
            raise PydanticCustomError("secret", "with a connection give relation, or file for Parquet that it reads")
        if not self.table:
            raise PydanticCustomError("secret", "with a connection the key table is needed")
        unused = {"preset": self.preset, "sheet": self.sheet, "dates": self.dates, "decimal": self.decimal}
        if any(unused.values()):
            named = ", ".join(name for name, value in unused.items() if value)
            raise PydanticCustomError("secret", f"{named} is for files; a table of a connection has types")
        return self

    @property
    def shown(self) -> str:
        """The file, or the table with its kind of database: what messages call the source."""
        return self.relation or self.file if self.connection else self.file

    @model_validator(mode="after")
    def _known_columns(self) -> Source:
        tables = (self.table, *self.also) if self.table and not self.preset else tuple(TABLES)
        known = {name for table in tables if table in TABLES for name in TABLES[table].names}
        for place in (self.columns, self.values, self.constants):
            for name in place:
                if name not in known:
                    guess = nearest(name, known)
                    hint = f"; did you mean {guess!r}?" if guess else ""
                    raise ValueError(f"the table {self.table!r} has no column {name!r}{hint}")
        return self


class Stage(Strict):
    """A stage of the funnel."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    owner: Teams = ()
    seen_by: Teams = ()
    when: str = ""
    name: str = ""


class StageOutcome(Strict):
    """What a (pipeline, stage) of the CRM means."""

    stage: str | None = None
    outcome: Outcome = "open"


class Bant(Strict):
    """Qualified when enough of the four marks hold."""

    columns: tuple[Literal["budget", "authority", "need", "timing"], ...] = ("budget", "authority", "need", "timing")
    at_least: int = Field(default=3, ge=1, le=4)


class Qualified(Strict):
    """How a qualified lead is told: by BANT marks, or by a mark of the CRM."""

    bant: Bant | None = None
    mark: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Qualified:
        if (self.bant is None) == (self.mark is None):
            raise ValueError("give either bant or mark")
        return self


class Aliases(Strict):
    """Spelling variants: canonical name → variants."""

    channel: dict[str, Words] = {}
    manager: dict[str, Words] = {}
    campaign: dict[str, Words] = {}
    """The name a campaign goes by now → names it had."""


class LeftOut(Strict):
    """What is no enquiry. Nothing of it goes before the client has said so."""

    tests: bool = False
    """Leads and deals that look like tests; won ones with money stay."""
    words: Words = ()
    """Further words by which a test is told: in its name, source or campaign."""
    managers: Words = ()
    """Own people in whose name only tests stand."""
    vanished: bool = False
    """Ids of an older export that a newer one no longer holds."""
    won: bool = False
    """Also tests that are won and have an amount."""


class Totals(Strict):
    """What one side counts for the period by its own books."""

    leads: int | None = Field(default=None, ge=0)
    qualified: int | None = Field(default=None, ge=0)
    customers: int | None = Field(default=None, ge=0)
    revenue: Annotated[Exact, Field(ge=0)] | None = None
    spend: Annotated[Exact, Field(ge=0)] | None = None


class PlanMonth(Strict):
    """Plan of one month."""

    leads: float | None = Field(default=None, ge=0)
    qualified: float | None = Field(default=None, ge=0)
    won: float | None = Field(default=None, ge=0)
    revenue: float | None = Field(default=None, ge=0)
    spend: float | None = Field(default=None, ge=0)


class Pay(Strict):
    """Today's pay scheme for bringing leads, and the proposed one."""

    today: dict[Literal["fixed", "per_lead", "per_qualified", "per_won", "per_spend"], float] = {}
    proposed: dict[Literal["fixed", "per_lead", "per_qualified", "per_won", "per_spend"], float] = {}
    plan: Literal["leads", "qualified"] = "qualified"


class JourneyItem(Strict):
    """A stage of the journey map, or a joint between two teams."""

    stage: str | None = None
    joint: tuple[Team, Team] | None = None
    owner: Team | None = None
    owners: Teams = ()
    kpi: str | None = None
    value: float | None = None
    on: dt.date | None = None
    when: str = ""

    @model_validator(mode="after")
    def _one(self) -> JourneyItem:
        if (self.stage is None) == (self.joint is None):
            raise ValueError("give either stage or joint")
        return self


_DEFAULT_OWNERS: dict[str, tuple[Team, ...]] = {
    "impressions": ("marketing",),
    "clicks": ("marketing",),
    "leads": ("marketing",),
    "contacted": ("sales",),
    "qualified": ("marketing", "sales"),
    "meeting": ("sales",),
    "proposal": ("sales",),
    "won": ("sales",),
    "repeat": ("success",),
    "referral": ("success",),
}
DEFAULT_STAGES: tuple[Stage, ...] = tuple(Stage(key=key, owner=owner) for key, owner in _DEFAULT_OWNERS.items())


class Client(Strict):
    """Everything the client told us. Immutable; ``folder`` and ``slug`` come from where the file lies."""

    name: str = Field(alias="client", min_length=1, max_length=200)
    lang: Lang = "en"
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    timezone: str = "UTC"
    working_hours: dict[str, str] = {}
    period: Span | None = None
    compare_with: Span | None = None
    as_of: dt.date | None = None
    margin: float = Field(default=1.0, ge=0, le=1)
    earn_per_100: float | None = Field(default=None, gt=0)
    cycle_days: int | None = Field(default=None, gt=0)
    limits: Limits = Limits()
    aims: Aims = Aims()
    headcount: dict[Team, Annotated[int, Field(ge=1)]] = {}
    heads: dict[Team, Annotated[str, Field(min_length=1, max_length=100)]] = {}
    survey: Survey = Survey()
    meeting: MeetingPlan = MeetingPlan()
    peers: bool = True
    """Whether the report names its place among the other audited clients, and whether these may count this one."""
    sources: tuple[Source, ...] = ()
    stages: Annotated[tuple[Stage, ...], Field(min_length=2)] = DEFAULT_STAGES
    outcomes: dict[str, dict[str, StageOutcome]] = {}
    qualified: Qualified | None = None
    rating: dict[str, Annotated[float, Field(ge=1, le=5)]] = {}
    experimental: Words = ()
    aliases: Aliases = Aliases()
    left_out: LeftOut = LeftOut()
    totals: dict[Literal["marketing", "sales", "accounting"], Totals] = {}
    terms: dict[Literal["lead", "qualified", "customer"], dict[Literal["marketing", "sales"], str]] = {}
    vat_rate: Annotated[dict[dt.date, Annotated[Exact, Field(gt=0, lt=1)]], BeforeValidator(_from_any_day)] = {}
    rates: dict[Annotated[str, Field(pattern=r"^[A-Z]{3,4}$")], dict[dt.date, Annotated[Exact, Field(gt=0)]]] = {}
    plan: dict[Month, PlanMonth] = {}
    pay: Pay | None = None
    journey: tuple[JourneyItem, ...] = ()
    targets: dict[Annotated[str, Field(pattern=r"^[A-E][1-4]$")], Annotated[float, Field(ge=1, le=5)]] = {}
    anchors: dict[Annotated[str, Field(pattern=r"^[A-E][1-4]$")], tuple[float, float, float]] = {}

    _folder: Path = PrivateAttr(default=Path())

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        from zoneinfo import available_timezones

        if value not in available_timezones():
            guess = nearest(value, available_timezones())
            raise ValueError(f"unknown time zone{f'; did you mean {guess!r}?' if guess else ''}")
        return value

    @field_validator("anchors")
    @classmethod
    def _one_way(cls, value: dict[str, tuple[float, float, float]]) -> dict[str, tuple[float, float, float]]:
        from helpers.survey.criteria import questionnaire

        for name, (at_1, at_3, at_5) in value.items():
            rises = questionnaire().criterion(name).better == "higher"
            if not (at_1 < at_3 < at_5 if rises else at_1 > at_3 > at_5):
                way = "rise" if rises else "fall"
                raise ValueError(f"{name}: the values at level 1, 3 and 5 must {way}; not {[at_1, at_3, at_5]}")
        return value

    @field_validator("working_hours")
    @classmethod
    def _known_hours(cls, value: dict[str, str]) -> dict[str, str]:
        parse_hours(value)
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Client:
        keys = [stage.key for stage in self.stages]
        if len(set(keys)) < len(keys):
            raise ValueError("a stage is named twice in stages")
        for needed in ("leads", "won"):
            if needed not in keys:
                raise ValueError(f"stages must hold {needed!r}")
        for pipeline, stages in self.outcomes.items():
            for stage, meaning in stages.items():
                if meaning.stage is not None and meaning.stage not in keys:
                    guess = nearest(meaning.stage, keys)
                    hint = f"did you mean {guess!r}?" if guess else f"known: {', '.join(keys)}"
                    raise ValueError(f'outcomes."{pipeline}"."{stage}": no stage {meaning.stage!r} in stages; {hint}')
        return self

    @property
    def folder(self) -> Path:
        """The client's folder."""
        return self._folder

    @property
    def slug(self) -> str:
        """Name of the client's folder as it is used in reports/: letters, digits and hyphens."""
        return slug_of(self._folder.name)

    @property
    def margin_given(self) -> bool:
        """False: the margin is assumed to be 1 and the report says so."""
        return "margin" in self.model_fields_set

    @property
    def stage_keys(self) -> tuple[str, ...]:
        """Keys of the funnel's stages in order."""
        return tuple(stage.key for stage in self.stages)

    def stage_label(self, key: str, say: Language) -> str:
        """A stage's name as the reader sees it: the client's own, else the usual one."""
        own = next((stage.name for stage in self.stages if stage.key == key), "")
        usual = {
            "impressions": say("Impressions"),
            "clicks": say("Clicks"),
            "leads": say("Leads"),
            "contacted": say("First answer given"),
            "qualified": say("Qualified"),
            "meeting": say("Meeting"),
            "proposal": say("Proposal"),
            "won": say("Customers"),
            "repeat": say("Bought again"),
            "referral": say("Brought others"),
        }
        return own or usual.get(key, key)


def slug_of(name: str) -> str:
    """Folder name → slug: 'Окна {Плюс} 1' → 'окна-плюс-1'."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "-", text).strip("-") or "client"


def read_client(path: Path | str) -> Client:
    """The client of a folder.

    Raises:
        ClientFileError: no client.yml, not YAML, or wrong values - all of them, each with its line.
    """
    folder = Path(path).expanduser().resolve()
    if folder.is_file() and folder.name == CLIENT_FILE:
        folder = folder.parent
    read = read_yaml(folder / CLIENT_FILE, CLIENT_FILE)
    if isinstance(read, list):
        raise ClientFileError(read)
    if not isinstance(read.data, dict):
        raise ClientFileError([Problem("holds no keys", "write `client: Name` and so on", CLIENT_FILE, 1)])
    try:
        client = Client.model_validate(_text_keys(read.data))
    except ValidationError as error:
        raise ClientFileError(problems_of(error, Client, CLIENT_FILE, read.line)) from None
    client._folder = folder
    return client


def _text_keys(data: Any) -> Any:
    # "007: x" or "1: x" as the name of a stage or label is text for us; dates stay dates.
    if isinstance(data, dict):
        return {
            (str(key).lower() if isinstance(key, bool) else key if isinstance(key, dt.date) else str(key)): _text_keys(
                value
            )
            for key, value in data.items()
        }
    return [_text_keys(item) for item in data] if isinstance(data, list) else data
