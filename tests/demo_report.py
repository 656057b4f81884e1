"""A made-up report with every part of the model, rich enough to look at."""

import datetime as dt

import matplotlib.dates as mdates
import numpy as np
from demo_texts import CAMPAIGNS, texts

from helpers.language import language
from helpers.report import model, theme

NASTY = (
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "$x^2$",
    "\x1b[31mred\x1b[0m",
    "a\x00b",
    '"><img src=https://evil.example/x onerror=alert(1)>',
)
PROFIT = (1_240_000.0, 610_000.0, -385_000.0, -92_000.0, 148_000.0)
LOW = (1_010_000.0, 240_000.0, -470_000.0, -260_000.0, 20_000.0)
HIGH = (1_480_000.0, 990_000.0, -290_000.0, 110_000.0, 300_000.0)


WORDY = (
    "Поиск · премиальные пластиковые и алюминиевые окна с установкой под ключ, Москва и область, весна 2026",
    "yandex_direct_search_premium_windows_turnkey_moscow_and_region_spring_2026_remarketing_v2",
    "ВКонтакте · балконы и лоджии под ключ, тёплое и холодное остекление, рассрочка без переплаты",
    "РСЯ · " + "остекление" * 6,
    "Ретаргетинг · бросившие расчёт на сайте, повторные посетители и похожие на клиентов аудитории",
)
LEGAL = "Общество с ограниченной ответственностью «Производственно-монтажная компания “Окна Плюс – Тёплый дом”»"
MONEY = ("money", "count", "count", "count", "money", "money", "percent", "money", "money")


def demo_report(lang="ru", nasty=False, long=False):
    """The report of a window maker that does not exist, with all that the model holds.

    ``nasty`` puts hostile text wherever clients have a say; ``long`` is the worst case of lengths: texts of several
    sentences everywhere, names of a hundred letters, tables of a thousand rows.
    """
    say, t = language(lang), _Texts(texts(lang), long)
    names = NASTY[:5] if nasty else WORDY if long else CAMPAIGNS[lang]
    return model.Report(
        lang=lang,
        title=t["title"],
        client=NASTY[5] if nasty else LEGAL if long else t["client"],
        currency="RUB",
        period=(dt.date(2026, 1, 1), dt.date(2026, 6, 30)),
        as_of=dt.date(2026, 7, 15),
        score=_score(t),
        headline=t["headline"],
        findings=(
            model.Finding(text=t["finding1"], money=385_000, amount=t["amount1"], detail=t["detail1"], section="money"),
            model.Finding(
                text=t["finding2"], money=260_000, amount=t["amount2"], detail=t["detail2"], section="funnel"
            ),
            model.Finding(text=t["finding3"].format(name=names[4]), money=92_000, amount=t["amount3"], section="money"),
        ),
        actions=_actions(t, names),
        days=(
            model.Stretch(title=t["days1"], items=(t["day11"], t["day12"])),
            model.Stretch(title=t["days2"], items=(t["day21"],)),
            model.Stretch(title=t["days3"], items=(t["day31"],)),
        ),
        next_audit=t["next"],
        sections=(_funnel(say, t, names), _money(say, t, names, long), _data(t, names, 1000 if long else 45)),
        handouts=_handouts(t, names),
        method=(
            model.Box(title=t["cohorts"], text=(t["cohorts_text"],)),
            model.Box(title=t["ranges"], text=(t["ranges_1"], t["ranges_2"])),
        ),
        sources=(
            model.SourceFile(name="exports/direct_2026.xlsx", rows=18_412, sha256="9f2c" * 16),
            model.SourceFile(name=f"exports/{names[0]}.csv", rows=5_310, sha256="0a1b" * 16),
            model.SourceFile(name="answers/m1.json", sha256="77ee" * 16),
        ),
        version="0.1.0",
    )


class _Texts:
    """The texts by name; the long ones three times over where a text is a sentence."""

    def __init__(self, said, long):
        self.said, self.long = said, long

    def __getitem__(self, key):
        text = self.said[key]
        # The title is our own; names of columns, amounts and dates stay; what is said in words grows.
        if not self.long or len(text) < 33 or key == "title" or key.startswith(("amount", "worth", "days")):
            return text
        return ". ".join([text.rstrip(".")] * 3) + "."


def _actions(t, names):
    return (
        model.Action(
            title=t["action1"],
            why=t["why1"],
            owner=t["owner1"],
            first_step=t["step1"],
            effort=t["effort1"],
            watch=t["watch1"],
            look_again=t["look1"],
            money=210_000,
            amount=t["worth1"],
            section="funnel",
        ),
        model.Action(
            title=t["action2"],
            why=f"{names[2]}: {t['why2']}",
            owner=t["owner2"],
            first_step=t["step2"],
            effort=t["effort2"],
            watch=t["watch2"],
            look_again=t["look2"],
            money=64_000,
            section="money",
        ),
        model.Action(title=t["action3"], owner=t["owner3"], first_step=t["step3"], look_again=t["look3"]),
    )


def _handouts(t, names):
    agreed = model.Table(
        columns=(model.Column(label=t["figure"]), model.Column(label=t["value"], kind="share")),
        rows=((t["share"], 0.31), (f"{t['share']}: {names[0]}", None)),
    )
    return (
        model.Handout(
            key="sign-off",
            title=t["signoff"],
            blocks=(
                model.Block(kind="text", text=t["signoff_text"]),
                model.Block(kind="table", table=agreed),
                model.Block(kind="line", text=t["sign1"]),
                model.Block(kind="line", text=t["sign2"]),
            ),
        ),
        model.Handout(
            key="meeting",
            title=t["meeting"],
            blocks=(
                model.Block(kind="heading", text=t["agenda"]),
                model.Block(kind="steps", items=(t["agenda1"], t["agenda2"], t["agenda3"])),
                model.Block(kind="heading", text=t["rules"]),
                model.Block(kind="bullets", items=(t["rule1"], t["rule2"], names[0])),
                model.Block(kind="steps", text=t["how"], items=(t["rule1"], t["rule2"])),
            ),
        ),
    )


def _score(t):
    ends = ("20–40", "40–60", "60–80", "80–100")
    tones = ("good", "caution", "caution", "neutral")
    return model.ScoreCard(
        total=57.6,
        interval=(51.2, 64.1),
        band=t["band"],
        headline=t["score_headline"],
        likelihood=t["likelihood"],
        marketing=68.4,
        sales=46.8,
        readings=tuple(
            model.Reading(title=t[f"reading{i}"], text=t[f"reading{i}_text"], tone=tone)
            for i, tone in enumerate(tones, 1)
        ),
        states=tuple(
            model.State(
                key=key,
                label=t[f"state{i}"],
                range=span,
                meaning=t[f"meaning{i}"],
                next_step=t["state_next"],
                move_on=t["state_move"],
                stay=t["state_stay"],
                current=key == "agreed",
            )
            for i, (key, span) in enumerate(zip(("apart", "agreed", "in_step", "one_team"), ends, strict=True), 1)
        ),
    )


def _funnel(say, t, names):
    fig, ax = theme.figure(height=3.1)
    months = [dt.date(2025 + m // 12, m % 12 + 1, 1) for m in range(6, 18)]
    noise = np.random.default_rng(7)
    lines = {"marketing": 0.31, "sales": 0.24, "joint": 0.23}
    labels = [f"{names[i]}" for i in range(3)]
    values = {key: level + 0.02 * noise.normal(size=len(months)) for key, level in lines.items()}
    theme.share_axis(ax.yaxis, say)
    ax.set_ylim(0, 0.4)
    theme.margins(ax, left_labels=["100 %"], right_labels=[theme.shorten(x, 20) for x in labels])
    for key, value in values.items():
        ax.plot([float(mdates.date2num(m)) for m in months], value, color=theme.COLOURS[key])
    theme.month_axis(ax, say, months)
    ax.grid(axis="y")
    ends = [(float(mdates.date2num(months[-1])), float(value[-1])) for value in values.values()]
    theme.label_lines(ax, ends, [theme.shorten(x, 20) for x in labels], [theme.COLOURS[key] for key in lines])
    rows = ((t["leads"], 5310, None, 1.0), (t["qualified"], 1648, 0.31, 0.31), (t["meetings"], None, None, None))
    return model.Section(
        key="funnel",
        title=t["funnel"],
        lead=(t["funnel_lead"],),
        boxes=(
            model.Box(title=t["how"], text=(t["how_text"],)),
            model.Box(title=t["caution"], text=(t["caution_text"],), tone="caution"),
            model.Box(title=t["missing"], text=(t["missing_text"],), tone="missing"),
        ),
        exhibits=(
            model.Exhibit(
                key="months",
                title=t["months"],
                figure=theme.picture(fig, "funnel-months", t["months_alt"].format(name=names[0])),
                reading=(t["months_1"], t["months_2"]),
                table=model.Table(
                    columns=(
                        model.Column(label=t["stage"]),
                        model.Column(label=t["number"], kind="count"),
                        model.Column(label=t["of_previous"], kind="share"),
                        model.Column(label=t["of_first"], kind="share"),
                    ),
                    rows=rows,
                    note=t["unknown"],
                ),
                table_open=True,
                note=t["funnel_note"],
            ),
        ),
    )


def _money(say, t, names, long):
    fig, ax = theme.figure(height=2.9)
    labels = [theme.shorten(name, 26) for name in names]
    theme.margins(ax, left_labels=labels)
    colours = [
        theme.COLOURS["good" if low > 0 else "bad" if high < 0 else "neutral"]
        for low, high in zip(LOW, HIGH, strict=True)
    ]
    bars = ax.barh(range(5), PROFIT, color=colours, height=0.6)
    theme.hatch(bars[4])
    ax.set_yticks(range(5), labels)
    ax.invert_yaxis()
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=theme.COLOURS["edge"], linewidth=0.8)
    theme.whiskers(ax, range(5), LOW, HIGH)
    far = [high if profit > 0 else low for profit, low, high in zip(PROFIT, LOW, HIGH, strict=True)]
    theme.label_bars(ax, bars, [say.money_short(p, "RUB", signed=True) for p in PROFIT], beyond=far)
    theme.money_axis(ax.xaxis, say, "RUB")
    ax.grid(axis="x")
    heads = (t["spend"], t["leads"], t["qualified"], t["sales"], t["revenue"], t["gain"], "ROMI", "CPL", "CAC")
    rows = [
        (
            name,
            200_000.0 + 90_000 * i,
            900 - 70 * i,
            300 - 31 * i,
            60 - 9 * i,
            2.9e6 - 4e5 * i,
            p,
            p / 3000,
            222.2,
            3333.3,
        )
        for i, (name, p) in enumerate(zip(names, PROFIT, strict=True))
    ]
    rows += [
        (f"{names[i % 5]} {i}", 12_345_678.9, *[i] * 3, 98e6, -1e6 * i, 250.0, 10.5, 99e3) for i in range(995 * long)
    ]
    return model.Section(
        key="money",
        title=t["money"],
        lead=(t["money_lead"],),
        exhibits=(
            model.Exhibit(
                key="profit",
                title=t["profit"],
                figure=theme.picture(fig, "money-profit", t["profit_alt"]),
                reading=(t["profit_1"],),
                table=model.Table(
                    columns=(
                        model.Column(label=t["campaign"]),
                        *(model.Column(label=head, kind=kind) for head, kind in zip(heads, MONEY, strict=True)),
                    ),
                    rows=(*rows, (t["total"], 1.9e6, 3800, 1190, 210, 9.5e6, 1_521_000.0, 80.0, 500.0, 9047.0)),
                    total=True,
                ),
                note=t["profit_note"],
            ),
        ),
    )


def _data(t, names, rows):
    columns = (
        model.Column(label=t["notice"]),
        model.Column(label=t["where"]),
        model.Column(label=t["date"], kind="date"),
        model.Column(label=t["answer"], kind="minutes"),
    )
    cells = tuple(
        (t["row"].format(n=i), names[i % 5], dt.date(2026, 1, 1 + i % 28).isoformat(), 35.0 * i) for i in range(rows)
    )
    return model.Section(
        key="data",
        title=t["data"],
        lead=(t["data_lead"],),
        exhibits=(model.Exhibit(key="notices", title=t["notices"], table=model.Table(columns=columns, rows=cells)),),
    )
