"""Who answered the questionnaire at Lumen, and what. The survey was announced as anonymous."""

from __future__ import annotations

from data_samples.make.survey import Opinion, Person, levels

# Planted: marketing trusts the common report, sales does not; sales believes that no lead is left lying and that pay
# for leads is fair, marketing does not. Both believe that rejected leads come back with a reason, and both think the
# first answer slow.
OPINION = Opinion(
    #               A1  A2  A3  A4   B1  B2  B3  B4   C1  C2  C3  C4   D1  D2  D3  D4   E1  E2  E3  E4
    marketing=levels("3.6 3.8 1.8 3.0  3.8 2.2 2.0 4.5  3.6 3.4 3.2 3.0  4.0 4.4 3.6 3.8  3.4 3.6 4.0 3.0"),
    sales=levels("3.4 3.4 3.8 3.2  3.6 2.4 4.3 4.4  3.4 3.0 3.0 3.4  3.8 2.1 3.4 3.4  3.2 3.4 3.8 3.2"),
)
OVERCLAIMS = ("B4",)
ADS = ("impressions", "clicks", "leads", "contacted")
DEALS = ("leads", "contacted", "qualified", "meeting", "proposal", "won")
PEOPLE = (
    Person("r01", "marketing", "leader", 0.2, (), (*ADS, "qualified", "won"), "qualified", 171),
    Person("r02", "marketing", "staff", 0.0, ("C4",), ADS, "qualified", 142),
    Person("r03", "marketing", "staff", -0.1, ("E3",), ADS, "contacted", 155),
    Person("r04", "marketing", "staff", 0.1, (), (*ADS, "won"), "qualified", 133),
    Person("r05", "marketing", "staff", -0.2, ("C4", "E4"), ADS, "proposal", 160),
    Person("r06", "marketing", "staff", 0.2, (), ADS, "qualified", 127),
    Person("r07", "sales", "leader", 0.1, (), DEALS, "leads", 150),
    Person("r08", "sales", "staff", 0.0, ("A2", "D4"), DEALS, "qualified", 138),
    Person("r09", "sales", "staff", -0.2, ("D4",), DEALS, "leads", 144),
    Person("r10", "sales", "staff", 0.2, ("D1",), DEALS, "proposal", 119),
    Person("r11", "sales", "staff", 0.0, ("D4",), DEALS[2:], "qualified", 131),
    Person("r12", "sales", "staff", -0.1, ("D1", "D4"), DEALS, "proposal", 152),
    Person("r13", "sales", "staff", sees=DEALS, loses_at="leads", seconds=18, careless=5),
    Person("r14", "management", "leader", 0.3, ("C4",), ("leads", "won"), "proposal", 205),
    Person("r15", "support", "staff", 0.0, ("A1", "A2", "D4", "D3"), ("won",), None, 148),
)
