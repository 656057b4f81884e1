"""What the name of a lead or deal tells; the name itself goes no further: it may be a person's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

TEST = r"(^|[^a-zа-яёіїєґ])(tests?|testone|testing|тест|тесты|тестов[а-я]*|тестирование|тестування)([^a-zа-яёіїєґ]|$)"
"""Lower case: what is probably a test."""
TEST_DRIVE = r"тест[- ]?драйв|test[- ]?drive"
AUTO_TITLE = (
    r"^\s*((mango|манго)([^a-zа-яё]|$)|"
    r"(лид|лід|сделка|угода|заявка|звонок|дзвінок|lead|deal|call|request)\s*(#|№)?\s*\+?\d|(входящий|исходящий|"
    r"пропущенный|вхідний|вихідний|пропущений|missed|incoming|outgoing) (звонок|вызов|дзвінок|call))"
)
"""Lower case: a name that telephony or a form has given."""


def title_mark(text: ir.StringValue, words: tuple[str, ...]) -> ir.StringValue:
    """What the name of a lead or deal tells: "test", "auto" (written by a form or telephony), else NULL."""
    low = text.lower()
    # Hardly a name holds the letters at all: the rest is spared the two dear looks.
    worded = low.contains("test") | low.contains("тест")
    test = ibis.ifelse(worded, low.re_search(TEST) & ~low.re_search(TEST_DRIVE), False)
    for word in words:
        test = test | low.contains(word.strip().lower())
    return ibis.cases((test, "test"), (low.re_search(AUTO_TITLE), "auto"), else_=ibis.null("string"))
