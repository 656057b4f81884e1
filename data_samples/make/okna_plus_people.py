"""Who answered the questionnaire at Окна Плюс, and what."""

from __future__ import annotations

from data_samples.make.survey import Opinion, Person, levels

# Planted: marketing believes that sales knows every promotion and that campaigns have goals in money, sales does not;
# sales believes that it explains its rejections, marketing does not. Both praise the speed of the first answer.
OPINION = Opinion(
    #               A1  A2  A3  A4   B1  B2  B3  B4   C1  C2  C3 C4   D1  D2  D3  D4   E1  E2  E3  E4
    marketing=levels("3.0 4.1 2.0 2.1  3.0 4.8 3.4 1.9  2.6 4.4 3.2 2.1  3.6 3.0 2.4 3.0  2.0 3.0 2.2 2.4"),
    sales=levels("2.8 2.1 2.4 2.2  2.6 4.7 3.8 4.3  2.8 2.0 2.2 2.4  3.1 2.6 2.6 2.6  2.2 3.0 2.6 2.8"),
)
OVERCLAIMS = ("B2",)
ADS = ("impressions", "clicks", "leads")
DEALS = ("leads", "contacted", "qualified", "meeting", "proposal", "won")
PEOPLE = (
    Person(
        "m1", "marketing", "leader", 0.1, (), (*ADS, "qualified"), "contacted", 163,
        comments={
            "B4": "Причину брака узнаём только на планёрке, и то не по каждому лиду.",
            "C2": "Про каждую акцию пишем в общий чат за день до старта.",
        },
    ),
    Person("m2", "marketing", "staff", 0.0, ("D4", "E3"), ADS, "contacted", 151),
    Person("m3", "marketing", "staff", -0.2, ("D4",), ADS, "qualified", 128),
    Person("m4", "marketing", "staff", 0.2, (), (*ADS, "won"), "contacted", 175),
    Person(
        "s1", "sales", "leader", 0.1, (), DEALS, "leads", 144,
        comments={
            "C2": "Об акции на балконы узнали от клиента.",
            "B1": "Что такое «целевой», каждый понимает по-своему.",
        },
    ),
    Person("s2", "sales", "staff", 0.0, ("D4", "A2"), DEALS, "leads", 133),
    Person("s3", "sales", "staff", -0.2, ("A2", "D4"), DEALS, "proposal", 149),
    Person("s4", "sales", "staff", 0.2, ("D4",), DEALS[:3], "leads", 118,
           comments={"D4": "Сколько стоит клиент, нам никто не говорит."}),
    Person("s5", "sales", "staff", sees=DEALS, loses_at="leads", seconds=24, careless=4),
    Person("d1", "management", "leader", 0.2, ("D4",), ("leads", "won"), "proposal", 190),
    Person("k1", "call_centre", "staff", 0.0, ("A1", "A3", "D3", "D4"), ("leads", "contacted"), "contacted", 122),
)  # fmt: skip
