"""A made-up report with every part of the model, rich enough to look at."""

import datetime as dt

import matplotlib.dates as mdates
import numpy as np

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
CAMPAIGNS = (
    "Поиск · бренд",
    "Поиск · окна с установкой под ключ",
    "ВКонтакте · балконы",
    "РСЯ · остекление",
    "Ретаргетинг",
)
PROFIT = (1_240_000.0, 610_000.0, -385_000.0, -92_000.0, 148_000.0)
LOW = (1_010_000.0, 240_000.0, -470_000.0, -260_000.0, 20_000.0)
HIGH = (1_480_000.0, 990_000.0, -290_000.0, 110_000.0, 300_000.0)


def demo_report(lang="ru", nasty=False):
    """The report of a window maker that does not exist; ``nasty`` puts hostile text wherever clients have a say."""
    say = language(lang)
    names = (*NASTY[:5],) if nasty else CAMPAIGNS
    client = NASTY[5] if nasty else "Окна Плюс"
    return model.Report(
        lang=lang,
        title="Аудит связки маркетинга и продаж",
        client=client,
        currency="RUB",
        period=(dt.date(2026, 1, 1), dt.date(2026, 6, 30)),
        as_of=dt.date(2026, 7, 15),
        score=_score(),
        findings=(
            model.Finding(
                text="Кампания «ВКонтакте · балконы» нравится продажам, но теряет деньги: 385 тыс. ₽ за полгода",
                money=385_000,
                amount="−385 тыс. ₽",
                detail="Диапазон (95 %): от −470 до −290 тыс. ₽; убыток при любом разумном исходе свежих лидов.",
                section="money",
            ),
            model.Finding(
                text="Каждый четвёртый квалифицированный лид ждёт ответа дольше суток",
                money=260_000,
                amount="260 тыс. ₽",
                detail="312 из 1 248 лидов за январь–июнь 2026; столько прибыли дали бы они при обычной конверсии.",
                section="funnel",
            ),
            model.Finding(text=f"Расходы без лидов: {names[4]}", money=92_000, amount="92 тыс. ₽", section="money"),
        ),
        sections=(_funnel(say, names), _money(say, names), _data(names)),
        method=(
            model.Box(title="Когорты", text=("Лиды считаются по дню создания, их итог - до даты данных.",)),
            model.Box(title="Диапазоны", text=("Доли - по Уилсону, 95 %.", "Меньше 30 наблюдений - мало данных.")),
        ),
        sources=(
            model.SourceFile(name="exports/direct_2026.xlsx", rows=18_412, sha256="9f2c" * 16),
            model.SourceFile(name=f"exports/{names[0]}.csv", rows=5_310, sha256="0a1b" * 16),
            model.SourceFile(name="answers/m1.json", sha256="77ee" * 16),
        ),
        version="0.1.0",
    )


def _score():
    states = (
        ("apart", "Порознь", "20–40", "Два отдельных мира, встречаются в конфликтах."),
        ("agreed", "По правилам", "40–60", "Правила есть, работают рядом, но не вместе."),
        ("in_step", "Слаженно", "60–80", "Планируют вместе, смотрят на общие цифры."),
        ("one_team", "Одна команда", "80–100", "Общий результат и общее вознаграждение."),
    )
    return model.ScoreCard(
        total=57.6,
        interval=(51.2, 64.1),
        band="Договорились о правилах",
        headline="Диапазон пересекает границу 60: читайте как «между правилами и слаженностью».",
        likelihood="По правилам - 74 %, слаженно - 26 %.",
        marketing=68.4,
        sales=46.8,
        readings=(
            model.Reading(title="Кто ответил", text="3 из 3 в маркетинге, 7 из 8 в продажах.", tone="good"),
            model.Reading(title="Разброс", text="Внутри продаж мнения по B1 и D2 расходятся.", tone="caution"),
            model.Reading(title="Расхождение отделов", text="По пяти критериям - балл и больше.", tone="caution"),
            model.Reading(title="Данные", text="Проверить удалось девять критериев из двадцати."),
        ),
        states=tuple(
            model.State(
                key=key,
                label=label,
                range=span,
                meaning=meaning,
                next_step="Начните с правил: какой лид квалифицированный и за сколько на него отвечают.",
                move_on="Пора дальше, если ссоры повторяются и часть работы делают дважды.",
                stay="Можно остаться, если рынок стабилен и лиды не теряются.",
                current=key == "agreed",
            )
            for key, label, span, meaning in states
        ),
    )


def _funnel(say, names):
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
    rows = [("Лиды", 5310, None, 1.0), ("Квалифицированные", 1648, 0.31, 0.31), ("Встречи", None, None, None)]
    return model.Section(
        key="funnel",
        title="Воронка: где теряем клиентов",
        lead=("За полгода пришло 5 310 лидов. До квалификации дошла почти треть, дальше данных нет до самой продажи.",),
        boxes=(
            model.Box(title="Как читать", text=("«?» значит: этого не знает никто, ни один отдел.",)),
            model.Box(title="Осторожно", text=("Июнь ещё не дозрел: цикл сделки - 41 день.",), tone="caution"),
            model.Box(title="Чего не хватает", text=("История этапов даст конверсию между ними.",), tone="missing"),
        ),
        exhibits=(
            model.Exhibit(
                key="months",
                title="Доля квалифицированных лидов держится около 31 % и с прошлого года не изменилась",
                figure=theme.picture(fig, "funnel-months", f"Доля по месяцам: {names[0]} - около 31 %."),
                reading=(
                    "Три канала идут ровно; колебания по месяцам не больше тех, что даёт случай.",
                    "Для маркетинга это значит: спорить о качестве лидов по одному месяцу нельзя.",
                ),
                table=model.Table(
                    columns=(
                        model.Column(label="Этап"),
                        model.Column(label="Число", kind="count"),
                        model.Column(label="От предыдущего", kind="share"),
                        model.Column(label="От первого", kind="share"),
                    ),
                    rows=tuple(rows),
                    note="«?» - неизвестно.",
                ),
                table_open=True,
                note="Источник: выгрузка сделок amoCRM, январь–июнь 2026, 5 310 лидов.",
            ),
        ),
    )


def _money(say, names):
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
    kinds = ("money", "count", "count", "count", "money", "money", "percent", "money", "money")
    heads = ("Расходы", "Лиды", "Квал.", "Продажи", "Выручка", "Прибыль", "ROMI", "CPL", "CAC")
    rows = tuple(
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
    )
    return model.Section(
        key="money",
        title="Деньги по кампаниям",
        lead=("Из 1 901 200 ₽ расходов с лидами связано 1 809 000 ₽; остальное названо ниже.",),
        exhibits=(
            model.Exhibit(
                key="profit",
                title="Две кампании из пяти зарабатывают, одна теряет 385 тыс. ₽",
                figure=theme.picture(fig, "money-profit", "Прибыль по кампаниям: от −385 тыс. до +1,2 млн ₽."),
                reading=("Полоса - прибыль к дате данных, тонкая линия - диапазон (95 %).",),
                table=model.Table(
                    columns=(
                        model.Column(label="Кампания"),
                        *(model.Column(label=head, kind=kind) for head, kind in zip(heads, kinds, strict=True)),
                    ),
                    rows=(*rows, ("Итого", 1.9e6, 3800, 1190, 210, 9.5e6, 1_521_000.0, 80.0, 500.0, 9047.0)),
                    total=True,
                ),
                note="Расходы с НДС; прибыль = выручка × 0,35 - расходы.",
            ),
        ),
    )


def _data(names):
    rows = tuple((f"Строка {i}", names[i % 5], dt.date(2026, 1, 1 + i % 28).isoformat(), 35.0 * i) for i in range(45))
    columns = (
        model.Column(label="Замечание"),
        model.Column(label="Где"),
        model.Column(label="Дата", kind="date"),
        model.Column(label="Ответ", kind="minutes"),
    )
    return model.Section(
        key="data",
        title="Качество данных",
        lead=("Ничего не отброшено молча.",),
        exhibits=(
            model.Exhibit(
                key="notices", title="Что изменено при чтении", table=model.Table(columns=columns, rows=rows)
            ),
        ),
    )
