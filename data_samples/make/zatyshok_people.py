"""Who answered the questionnaire at Затишок, and what: some in the form, some on paper that was typed in later."""

from __future__ import annotations

from data_samples.make.survey import Opinion, Person, levels

# Planted: marketing sees a weekly meeting that decides and a definition of a qualified lead, sales does not; sales
# believes that conversations are reviewed together, marketing does not. Both overrate tracing of sales to adverts.
OPINION = Opinion(
    #               A1  A2  A3  A4   B1  B2  B3  B4   C1  C2  C3 C4   D1  D2  D3  D4   E1  E2  E3  E4
    marketing=levels("2.4 2.4 2.0 1.8  4.0 3.0 3.0 2.6  4.2 3.2 1 1.8  4.5 2.8 2.2 2.8  1.8 2.4 2.0 3.0"),
    sales=levels("2.2 2.0 2.0 1.6  2.0 3.2 3.4 3.2  2.1 2.8 1 3.8  4.3 2.4 2.0 2.2  1.8 2.4 2.4 3.2"),
    not_applicable=("C3",),
)
OVERCLAIMS = ("D1",)
BY_FORM = ("m1", "m2", "m3", "s1", "k1")
ADS = ("impressions", "clicks", "leads")
DEALS = ("leads", "contacted", "qualified", "meeting", "proposal", "won")
PEOPLE = (
    Person(
        "m1", "marketing", "leader", 0.1, (), (*ADS, "won"), "contacted", 166,
        comments={"D1": "Мітки стоять скрізь, усе видно в CRM.", "C4": "Дзвінки слухає лише відділ продажу."},
    ),
    Person("m2", "marketing", "staff", 0.0, ("E3",), ADS, "contacted", 139),
    Person("m3", "marketing", "staff", -0.1, ("D4",), ADS, "leads", 121),
    Person(
        "s1", "sales", "leader", 0.1, (), DEALS, "leads", 158,
        comments={"C1": "Збираємося, але рішень ніхто не записує."},
    ),
    Person("s2", "sales", "staff", 0.0, ("D4",), DEALS, "meeting", 130),
    Person("s3", "sales", "staff", -0.2, ("D4", "A2"), DEALS, "leads", 147),
    Person("s4", "sales", "staff", 0.2, (), DEALS[:4], "meeting", 115),
    Person("s5", "sales", "staff", sees=DEALS, loses_at="won", seconds=31, careless=3),
    Person("k1", "management", "leader", 0.2, ("D3",), ("leads", "won"), "meeting", 201),
)  # fmt: skip
