"""`audit check --html`: the data chapter as a page of its own, and what client.yml may say for it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from folders import make_folder
from trapped_folders import read

from helpers.client import read_client
from helpers.errors import ClientFileError
from helpers.language import NBSP, language
from helpers.report.check import write_check
from helpers.survey.answers import Answers


def test_the_page_says_where_everything_went(tmp_path: Path) -> None:
    data = read("38-merged-deals")
    path = write_check(data, Answers((), ()), language("ru"), tmp_path)
    assert path == tmp_path / data.client.slug / "check-ru.html"
    page = path.read_text(encoding="utf-8").replace(NBSP, " ")
    for needed in (
        "Можно ли верить данным",
        "amocrm_export_leads_2026-03-10.csv",
        "дословный повтор – 3, в другой выгрузке новее – 1",
        "Лиды старой выгрузки, которых нет в новой",
    ):
        assert needed in page
    # No score was asked for: none is missing. No phone gets this far.
    assert 'class="score' not in page
    assert "79001112233" not in page
    assert str(tmp_path) not in page


def client(tmp_path: Path, text: str) -> Path:
    return make_folder(tmp_path / "firm", {"client.yml": f"client: A\ncurrency: EUR\n{text}\n"})


def test_a_rate_of_vat_may_be_dated_or_not(tmp_path: Path) -> None:
    assert list(read_client(client(tmp_path, "vat_rate: 0.2")).vat_rate.values()) == [Decimal("0.2")]
    assert len(read_client(client(tmp_path, "vat_rate: {2019-01-01: 0.2, 2026-01-01: 0.22}")).vat_rate) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vat_rate: 20", "must be a share such as 0.2"),
        ("totals: {marketing: {lead: 6}}", "did you mean 'leads'?"),
        ("totals: {markting: {leads: 6}}", "must be 'marketing', 'sales' or 'accounting'"),
        ("left_out: {test: true}", "did you mean 'tests'?"),
        ("plan: {2026-01: {lead: 6}}", "did you mean 'leads'?"),
    ],
)
def test_a_slip_in_the_new_keys_is_one_clear_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ClientFileError) as caught:
        read_client(client(tmp_path, text))
    assert len(caught.value.problems) == 1
    assert said in str(caught.value.problems[0])
