"""Everything a reader sees in Russian and Ukrainian is said in that language, with the right form of each number."""

import re

import pytest
from demo_report import demo_report
from reader import READABLE, document_texts, english, model_texts

from helpers.language import Language, language
from helpers.locale.catalogue import extract, read

LANGUAGES = ("ru", "uk")
COUNTS = {1: 0, 2: 1, 3: 1, 4: 1, 5: 2, 10: 2, 11: 2, 12: 2, 14: 2, 20: 2, 21: 0, 22: 1, 25: 2, 100: 2, 101: 0, 111: 2,
          112: 2, 121: 0, 1000: 2, 0: 2}  # fmt: skip
"""A number and which of three forms it takes in both languages, from a grammar."""

NOUNS = {
    "ru": """анкета анкеты анкет|лид лида лидов|кампания кампании кампаний|строка строки строк|случай случая случаев
        ответ ответа ответов|комментарий комментария комментариев|замечание замечания замечаний|этап этапа этапов
        руководитель руководителя руководителей|сделка сделки сделок|менеджер менеджера менеджеров|день дня дней
        месяц месяца месяцев|звонок звонка звонков|критерий критерия критериев|переход перехода переходов
        неделя недели недель|задача задачи задач|клиент клиента клиентов|канал канала каналов|причина причины причин
        продажа продажи продаж|договорённость договорённости договорённостей""",
    "uk": """анкета анкети анкет|лід ліди лідів|кампанія кампанії кампаній|рядок рядки рядків|випадок випадки випадків
        відповідь відповіді відповідей|коментар коментарі коментарів|етап етапи етапів|факт факти фактів
        керівник керівники керівників|угода угоди угод|менеджер менеджери менеджерів|день дні днів
        місяць місяці місяців|дзвінок дзвінки дзвінків|критерій критерії критеріїв|перехід переходи переходів
        тиждень тижні тижнів|завдання завдання завдань|клієнт клієнти клієнтів|канал канали каналів
        причина причини причин|продаж продажі продажів|особа особи осіб""",
}
"""How nouns stand after a number: with 1, with 2, with 5. ("|" or a line break between them.)"""
ADJECTIVE = r"(?:\w+(?:ая|ый|ий|ые|ых|их|а|і) )?"
ONE_ENDS_ALIKE = {
    "ru": r"(человек|использовать: |никто|Без отметки)",
    "uk": r"(використати: |розходяться на бал|\{n\} питання|\{n\} рішення|Без позначки)",
}
"""Where forms may be the same: "человек", or a number that stands behind a colon."""


def plurals(lang):
    return {key: forms for key, forms in read(lang).entries.items() if len(key) == 2}


def nouns(lang):
    return [tuple(row.split()) for line in NOUNS[lang].splitlines() for row in line.split("|") if row.split()]


# The catalogues ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_missing_or_fuzzy(lang):
    found = read(lang)
    assert found.entries.keys() >= extract()
    assert found.missing() == []
    assert found.fuzzy == set()


@pytest.mark.parametrize(("lang", "alien"), [("ru", "іїєґІЇЄҐ"), ("uk", "ыэъёЫЭЪЁ")])
def test_no_letter_of_the_other_language(lang, alien):
    wrong = [text for forms in read(lang).entries.values() for text in forms if set(text) & set(alien)]
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_mixes_two_alphabets(lang):
    """A Latin "a" or "c" in a Cyrillic word looks right and is found by no search."""
    mixed = re.compile(r"[A-Za-z][А-яЁёІіЇїЄєҐґ]|[А-яЁёІіЇїЄєҐґ][A-Za-z]")
    texts = [re.sub(r"\{\w+\}", " ", text) for forms in read(lang).entries.values() for text in forms]
    assert [text for text in texts if mixed.search(text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_translation_is_still_english(lang):
    left = {text: found for forms in read(lang).entries.values() for text in forms
            if (found := english([re.sub(r"\{\w+\}", " ", text)]))}  # fmt: skip
    assert left == {}


# Numbers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("count", COUNTS)
def test_each_number_takes_its_form(lang, count):
    say = language(lang)
    for (one, many), forms in plurals(lang).items():
        names = set(re.findall(r"\{(\w+)\}", one + many)) - {"n"}
        said = say.plural(one, many, count, **dict.fromkeys(names, "…"))
        number = say.count(count)
        form = forms[COUNTS[count]].replace(" %", "\N{NO-BREAK SPACE}%")
        assert said == form.format(**dict.fromkeys(names, "…"), n=number)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_line_ends_between_a_number_and_its_per_cent(lang):
    """Nor does one in any of our texts, whatever the translator wrote."""
    say = language(lang)
    said = {key: say.known(key[0]) for key, forms in read(lang).entries.items() if len(forms) == 1}
    assert [text for text in said.values() if re.search(r"\d %", text)] == []
    assert any(re.search("\\d\N{NO-BREAK SPACE}%", text) for text in said.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_plural_has_three_forms_that_name_the_number(lang):
    for key, forms in plurals(lang).items():
        assert len(forms) == 3, key
        # 21, 31, 101 take the first form: it may not say "one".
        assert {"{n}" in form for form in forms} == {"{n}" in key[1]}, key
        if not re.search(ONE_ENDS_ALIKE[lang], forms[0]):
            assert forms[0] != forms[2], key
            assert forms[0] != forms[1], key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nouns_after_a_number_are_declined(lang):
    seen = 0
    for forms in plurals(lang).values():
        for noun in nouns(lang):
            after = [re.search(rf"\{{n\}} {ADJECTIVE}({'|'.join(noun)})\b", form) for form in forms]
            # The first form in the nominative: otherwise another case is asked for ("в 1 случае").
            if after[0] and after[0][1] == noun[0]:
                assert [found and found[1] for found in after] == list(noun), forms
                seen += 1
    assert seen >= 10


def test_a_wrong_form_would_be_found(monkeypatch):
    """The check itself: a form for 5 that is the form for 2 does not pass."""
    wrong = {("{n} lead", "{n} leads"): ("{n} лид", "{n} лида", "{n} лида")}
    monkeypatch.setattr("test_words.plurals", lambda lang: wrong)
    with pytest.raises(AssertionError, match="лида"):
        test_nouns_after_a_number_are_declined("ru")


# Documents -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", READABLE)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_english_is_left_in_a_document(lang, format):
    report = demo_report(lang)
    texts = document_texts(report, format)
    assert sum(bool(re.search("[А-яІіЇїЄє]", text)) for text in texts) > 50
    assert english(texts, ["Instagram", "audit.json"]) == set()


@pytest.mark.parametrize("format", READABLE)
def test_an_english_word_would_be_found(format, monkeypatch):
    """The reader sees what a renderer itself says: without catalogues all of its words are English."""
    plain = Language("ru")
    plain._catalogue = Language("en")._catalogue
    for place in ("html", "pdf", "docx", "pptx", "xlsx"):
        monkeypatch.setattr(f"helpers.report.{place}.language", lambda code: plain)
    assert len(english(document_texts(demo_report("ru"), format))) > 20


def test_the_model_of_the_report_is_read_whole():
    report = demo_report("ru")
    texts = model_texts(report)
    wanted = [report.headline, report.actions[0].first_step, report.days[2].items[0], report.score.readings[0].text,
              report.sections[0].boxes[1].text[0], report.sections[0].exhibits[0].figure.alt,
              report.sections[1].exhibits[0].table.columns[1].label, report.handouts[1].blocks[1].items[0]]  # fmt: skip
    assert set(wanted) <= set(texts)
    assert "neutral" not in texts


def test_what_counts_as_english():
    said = "Лид «Summer sale» стоит 5 000 ₽ (CPL), см. audit check и client.yml; A1, DUPLICATE_ROW - Amount to buy"
    assert english([said], ["Summer sale"]) == {"check", "Amount", "to", "buy"}
    assert english(["`audit check`", "r_wg", "campaign_id", "run rate"]) == set()
