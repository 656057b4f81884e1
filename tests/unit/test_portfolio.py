"""The portfolio: changes, criteria, aims, what to do, the place among others; its words and documents."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from ledgers import FIRST, put_audit
from scipy.stats import poisson

from helpers.errors import ReportError
from helpers.language import LANGUAGES, language
from helpers.portfolio.measure import aim_of, item_statistics, main_version, measure_changes
from helpers.portfolio.peers import PEERS_FILE, peers_in, read_peers, write_peers
from helpers.portfolio.place import place_of
from helpers.portfolio.portfolio import Portfolio
from helpers.report.save import documents


def changes(reports):
    return {(one.client, one.figure): one for one in Portfolio.measure(reports, "en").measured.changes}


def test_a_change_is_real_only_beyond_both_ranges(tmp_path):
    for slug, then, now in (("up", 50, 60), ("still", 50, 56), ("down", 70, 55)):
        put_audit(tmp_path, slug, then, 5, FIRST)
        put_audit(tmp_path, slug, now, 5)
    found = changes(tmp_path)
    # The half-width of the difference is 5·√2 = 7.07.
    assert found["Up", "total"].state == "real"
    assert found["Up", "total"].interval == pytest.approx((10 - 50**0.5, 10 + 50**0.5))
    assert found["Still", "total"].state == "chance"
    assert found["Down", "total"].change == -15
    title = Portfolio.measure(tmp_path, "en").sections[1].exhibits[0].title
    assert title == "Score: of 3 clients 1 really rose and 1 really fell"


def test_other_questions_other_limits_and_no_range_are_not_compared(tmp_path):
    put_audit(tmp_path, "asked", 50, 5, FIRST, version="0.9")
    put_audit(tmp_path, "asked", 70)
    put_audit(tmp_path, "one", 50, None, FIRST)
    put_audit(tmp_path, "one", 70)
    slow = {"working_hours": True, "limit_min": 30, "within_limit": 0.2, "interval": [0.1, 0.3]}
    put_audit(tmp_path, "limit", None, span=FIRST, speed=slow)
    put_audit(tmp_path, "limit", None, speed=slow | {"limit_min": 60})
    found = changes(tmp_path)
    assert (found["Asked", "total"].state, found["Asked", "total"].change) == ("other_version", None)
    assert (found["One", "total"].state, found["One", "total"].interval) == ("no_range", None)
    assert found["Limit", "in_time"].state == "other_limit"
    assert ("Limit", "total") not in found


def test_an_audit_that_overlaps_the_newest_is_no_last_audit(tmp_path):
    put_audit(tmp_path, "a", 50, span=("2025-09-01", "2026-02-28"))
    put_audit(tmp_path, "a", 70)
    assert measure_changes(Portfolio.measure(tmp_path, "en").measured.latest.iloc[:0], {}) == ()
    assert changes(tmp_path) == {}


@pytest.mark.parametrize("won", [30, 200])
def test_the_aim_is_missed_only_beyond_chance(won):
    # An exact Poisson interval: at its ends as few or as many sales have a chance of 2.5 %.
    edges = [w for w in np.linspace(0.5, 2, 4000) if aim_of(1.0, w, won) == "near"]
    low, high = won / max(edges), won / min(edges)
    assert poisson.sf(won - 1, low) == pytest.approx(0.025, abs=0.001)
    assert poisson.cdf(won, high) == pytest.approx(0.025, abs=0.001)


@pytest.mark.parametrize(("given", "said"), [((9, 10, 5), "few"), ((9, np.nan, 90), ""), ((0, 10, 90), "")])
def test_an_aim_is_not_judged_without_sales_or_without_itself(given, said):
    assert aim_of(*given) == said


def test_statistics_of_a_criterion_count_each_client_once():
    rows = [
        ("a", 2.0, 1.0, "overclaimed"),
        ("b", 4.0, -1.2, "confirmed"),
        ("c", 3.0, 0.4, None),
        ("d", None, None, "no_data"),
    ]
    table = pd.DataFrame(
        [{"slug": s, "criterion": "A1", "score": x, "gap": g, "dont_know": 0.1, "verdict": v} for s, x, g, v in rows]
    )
    one = item_statistics(table, ["A1", "E4"]).iloc[0]
    assert (one["clients"], one["mean"], one["sd"], one["middle"], one["apart"], one["both"]) == (
        3,
        3.0,
        1.0,
        3.0,
        2,
        3,
    )
    assert (one["overclaimed"], one["confirmed"], one["no_data"], one["compared"]) == (1, 1, 1, 2)
    assert item_statistics(table, ["E4"]).iloc[0]["clients"] == 0


def test_the_version_of_most_clients_leads_and_of_equals_the_newest():
    latest = pd.DataFrame({"version": ["1.9", "1.10", None], "total": [50.0, 60.0, 70.0]})
    assert main_version(latest) == "1.10"
    assert main_version(pd.concat([latest, latest.iloc[:1]])) == "1.9"


def test_money_of_two_currencies_stands_in_two_exhibits(tmp_path):
    for slug, currency in (("a", "RUB"), ("b", "USD"), ("c", "RUB")):
        put_audit(tmp_path, slug, currency=currency)
    exhibits = {x.key: x for x in Portfolio.measure(tmp_path, "en").sections[0].exhibits}
    assert [row[0] for row in exhibits["clients-money-rub"].table.rows] == ["A", "C"]
    assert [row[0] for row in exhibits["clients-money-usd"].table.rows] == ["B"]
    assert Portfolio.measure(tmp_path, "en").report().currency == "RUB, USD"


def test_the_consultant_is_told_what_to_do(tmp_path):
    put_audit(tmp_path, "silent", None)
    put_audit(tmp_path, "late", 50, actions={"next_audit": "2026-01-10", "stakes": {}})
    put_audit(tmp_path, "old-form", 50, version="0.9")
    put_audit(tmp_path, "fine", 50)
    (tmp_path / "failed").mkdir()
    (tmp_path / "failed" / "audit.failed.ipynb").touch()
    tasks = Portfolio.measure(tmp_path, "en", dt.date(2026, 7, 1)).sections[3].exhibits[0]
    assert tasks.title == "4 clients need something done"
    assert [row[:2] for row in tasks.table.rows] == [
        ("failed", "The last run failed; its notebook lies beside the reports"),
        ("Late", "The next audit was due on January 10, 2026: 172\xa0days late"),
        ("Old-Form", "Answered version 0.9 of the questionnaire; the newest is 1.0"),
        ("Silent", "No score: too few answers in a department"),
    ]


def test_late_is_counted_from_the_newest_audit_and_never_from_today(tmp_path):
    put_audit(tmp_path, "a", 50, span=FIRST, actions={"next_audit": "2026-04-10", "stakes": {}})
    assert Portfolio.measure(tmp_path, "en").sections[3].exhibits[0].title == "No client is waiting for anything"
    put_audit(tmp_path, "b", 50)
    assert Portfolio.measure(tmp_path, "en").measured.as_of == dt.date(2026, 6, 30)
    assert Portfolio.measure(tmp_path, "en").sections[3].exhibits[0].title == "1 client needs something done"


def test_without_any_audit_there_is_an_error_that_names_the_damaged_files(tmp_path):
    put_audit(tmp_path, "a").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match=r"a/2026-01-01_2026-06-30/audit\.json: is damaged: no JSON"):
        Portfolio.measure(tmp_path)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_of_clients_are_text_in_every_document(tmp_path, lang):
    put_audit(tmp_path, "a", 50, client="<script>$x$</script> {n} =1+1", span=FIRST)
    put_audit(tmp_path, "a", 70, client="<script>$x$</script> {n} =1+1")
    page = documents(Portfolio.measure(tmp_path, lang).report(), ("html", "xlsx"))["report.html"].decode()
    assert "<script>" not in page
    assert "&lt;script&gt;$x$&lt;/script&gt; {n} =1+1" in page


def test_the_same_ledger_gives_the_same_bytes(tmp_path):
    for number in range(3):
        put_audit(tmp_path, f"c{number}", 40 + 10 * number)
    pages = {documents(Portfolio.measure(tmp_path, "ru").report(), ("html",))["report.html"] for _ in range(2)}
    assert len(pages) == 1


# The place among others -----------------------------------------------------------------------------------------------


def test_a_place_needs_five_others():
    assert place_of(60, [50, 55, 70, 80]) is None
    place = place_of(60, [50, 55, 60, 70, 80])
    assert (place.rank, place.others, place.quarters, place.quarter) == (3, 5, (55, 60, 70), 2)


@pytest.mark.parametrize(("own", "quarter"), [(80, 1), (70, 1), (65, 2), (57, 3), (40, 4)])
def test_a_quarter_is_among_the_others(own, quarter):
    assert place_of(own, [50, 55, 60, 70, 80]).quarter == quarter


def test_peers_are_others_that_allow_it_and_have_a_score(tmp_path):
    put_audit(tmp_path, "own", 50)
    put_audit(tmp_path, "other", 60)
    put_audit(tmp_path, "private", 70, peers=False)
    put_audit(tmp_path, "silent", None)
    assert [peer.slug for peer in read_peers(tmp_path, "own")] == ["other"]
    assert [peer.slug for peer in read_peers(tmp_path / ".run-1", "own")] == ["other"]


def test_peers_of_a_batch_are_those_before_it(tmp_path):
    put_audit(tmp_path, "own", 50)
    put_audit(tmp_path, "early", 60, None)
    run = tmp_path / ".run-1"
    run.mkdir()
    write_peers(peers_in(tmp_path), run)
    put_audit(tmp_path, "later", 70)
    assert [peer.slug for peer in read_peers(run, "own")] == ["early"]
    assert read_peers(run, "own") == tuple(peer for peer in peers_in(tmp_path) if peer.slug == "early")
    assert (run / PEERS_FILE).is_file()
    assert peers_in(tmp_path / "nowhere") == ()


def test_plurals_of_the_first_page_are_spoken_in_every_language(tmp_path):
    for number in range(5):
        put_audit(tmp_path, f"c{number}", 40 + 8 * number)
    for lang in LANGUAGES:
        report = Portfolio.measure(tmp_path, lang).report()
        assert report.client == language(lang).plural("{n} client", "{n} clients", 5)
        assert len(report.findings) >= 3
