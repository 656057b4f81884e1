import datetime as dt
import re
from html.parser import HTMLParser

import pytest
from demo_report import NASTY, demo_report
from markupsafe import escape
from tokens import tokened

from helpers.errors import ReportError
from helpers.language import language
from helpers.report import model, theme
from helpers.report.html import html_page
from helpers.report.inline import inlined
from helpers.report.lettering import tied

VOID = {"meta", "link", "img", "br", "hr", "input", "col"}
SVG_VOID = {"path", "use", "rect"}


class Page(HTMLParser):
    """Elements in order, and the text of each kind of element; fails on a tag that is closed wrongly."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice: {tag} {attrs}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and data.strip():
            self.texts.append((self.open[-1], data.strip()))

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    def text(self, tag):
        return [text for name, text in self.texts if name == tag]


def smallest():
    period = (dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    score = model.ScoreCard(missing="Nobody has answered <yet>.")
    return model.Report(lang="en", title="T", client="C", currency="RUB", period=period, as_of=period[1], score=score)


@pytest.fixture(scope="module")
def html():
    return html_page(demo_report("en", nasty=True))


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_it_is_one_closed_page(page, html):
    assert page.all("html") == [{"lang": "en"}]
    assert html.startswith("<!DOCTYPE html>")
    assert len(page.all("h1")) == 1
    assert next(level for level, _ in page.elements if level in ("h1", "h2", "h3")) == "h1"
    assert len(html.encode()) < 1_500_000


def test_the_policy_forbids_everything_but_styles_and_data_images(page):
    policy = {
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
    }
    assert policy in page.all("meta")
    first = next(i for i, (tag, attrs) in enumerate(page.elements) if attrs == policy)
    assert not {"style", "link", "script"} & {tag for tag, _ in page.elements[:first]}


def test_nothing_is_fetched(page, html):
    assert not {tag for tag, _ in page.elements} & {
        "script",
        "link",
        "iframe",
        "object",
        "embed",
        "img",
        "form",
        "base",
    }
    links = [
        attrs[name] for _, attrs in page.elements for name in ("href", "src", "xlink:href", "srcset") if name in attrs
    ]
    assert links
    assert all(link.startswith("#") for link in links)
    assert "@import" not in html
    assert all(link.startswith("#") for link in re.findall(r"url\(([^)]*)\)", html))
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]


def test_hostile_text_is_shown_as_text(page, html):
    headers = page.text("th")
    assert "<script>alert(1)</script>" in headers
    assert "{{ 7 * 7 }}" in headers
    assert "$x^2$" in headers
    assert NASTY[5] in page.text("p")
    assert "red" in headers
    assert "ab" in headers
    assert not set(html) & {chr(code) for code in range(32) if chr(code) != "\n"}


def test_ids_are_unique_and_every_link_has_its_target(page):
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {attrs[name][1:] for _, attrs in page.elements for name in ("href", "xlink:href") if name in attrs}
    labels = {name for _, attrs in page.elements for name in attrs.get("aria-labelledby", "").split()}
    clips = set(re.findall(r"url\(#([^)]*)\)", " ".join(str(v) for _, attrs in page.elements for v in attrs.values())))
    assert targets | labels | clips <= set(ids)


def test_every_picture_has_its_text(page):
    pictures = [attrs for attrs in page.all("svg") if attrs.get("role") == "img"]
    figures = demo_report("en", nasty=True).figures()
    assert len(pictures) == len(figures) == len(page.all("figure")) == 2
    assert all("aria-labelledby" in attrs for attrs in pictures)
    titles = page.text("title")[1:]
    assert titles == [figure.alt for figure in figures]


def test_an_alt_text_may_look_like_anything():
    alt = 'Best: a href="https://x.example" url(https://y.example) style="fill:#1d2733" <g id="a"/>.'
    fig, _ = theme.figure()
    drawn, _ = inlined([theme.picture(fig, "x", alt)])
    assert Page(drawn["x"]).text("title") == [alt]


def test_letters_are_shared_and_colours_follow_the_page(html):
    shapes = re.findall(r'<path id="g[^"]+" d="([^"]*)"', html)
    assert len(shapes) == len(set(shapes)) > 30
    assert len(re.findall(r'<use href="#g[^"]+"', html)) > 2 * len(shapes)
    assert "DejaVuSans" not in html
    drawn = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    assert "var(--marketing)" in drawn
    assert not re.findall(r"#[0-9a-f]{6}\b", drawn)


def test_tables(page, html):
    assert '<td class="num">−₽385,000</td>' in html
    assert '<td class="num">?</td>' in html
    assert len(page.all("table")) == 5
    assert len(page.all("caption")) == 4
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))
    assert len(page.all("details")) == 2
    assert html.count('<tr class="sum">') == 1


def test_the_end_tells_sources_version_and_date(page):
    assert "9f2c" * 16 in page.text("td")
    assert "alignment-audit 0.1.0" in page.text("dd")
    assert "July 15, 2026" in page.text("dd")


def test_contents_lead_to_every_chapter(page):
    report = demo_report("en")
    hrefs = [attrs["href"] for attrs in page.all("a")]
    sections = [f"#s-{section.key}" for section in report.sections]
    first, last = ["#first-page", "#days", "#reading-the-score"], ["#method", "#handouts", "#sources"]
    assert hrefs[:10] == ["#main", *first, *sections, *last]


def test_the_current_state_is_told_without_colour(page):
    assert page.text("p").count("You are here") == 1
    assert len([1 for attrs in page.all("div") if attrs.get("aria-current") == "true"]) == 1


def test_the_same_report_is_the_same_page(html):
    assert html_page(demo_report("en", nasty=True)) == html
    assert html_page(demo_report("uk")).startswith('<!DOCTYPE html>\n<html lang="uk">')


def test_a_report_without_score_says_why():
    report = demo_report("en").model_copy(update={"score": model.ScoreCard(missing="Nobody has answered <yet>.")})
    page = Page(html_page(report))
    assert "Nobody has answered <yet>." in page.text("p")
    assert "reading-the-score" not in {attrs.get("id") for _, attrs in page.elements}
    assert "?" in page.text("span")


def test_the_smallest_report_is_a_page():
    page = Page(html_page(smallest()))
    assert len(page.all("h1")) == 1
    assert [attrs["href"] for attrs in page.all("a")] == ["#main", "#first-page", "#sources"]


@pytest.mark.parametrize(
    "svg",
    [
        "<svg><title>x</title><script>alert(1)</script></svg>",
        "<svg onload='alert(1)'><title>x</title></svg>",
        '<svg><title>x</title><use href="https://evil.example/#a"/></svg>',
        '<svg><title>x</title><g d=">" onload="alert(1)"/></svg>',
        '<svg><title>x</title><path style="fill: URL(https://evil.example)"/></svg>',
        "<svg xmlns='http://www.w3.org/2000/svg'><title>x</title><style>@import 'x'</style></svg>",
        '<svg><title>x</title><image href="//evil.example/a.png"/></svg>',
        '<svg><title>x</title><path style="fill: url(https://evil.example)"/></svg>',
        "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg><title>x</title></svg>",
        "<svg><title>x</title><foreignObject></foreignObject></svg>",
        "<svg><style>@import 'x'</style></svg>",
    ],
)
def test_a_picture_that_was_tampered_with_is_refused(svg):
    figure = model.Figure(name="a", alt="A.", svg=svg)
    exhibit = model.Exhibit(key="a", title="A", figure=figure)
    section = model.Section(key="a", title="A", exhibits=(exhibit,))
    with pytest.raises(ReportError, match=r"figures/a\.svg"):
        html_page(demo_report("en").model_copy(update={"sections": (section,)}))


def test_scores_outside_the_scale_stay_on_it():
    card = model.ScoreCard(total=100, interval=(12, 104), band="One team")
    html = html_page(demo_report("en").model_copy(update={"score": card}))
    assert 'style="left:0.0%;right:calc(100% - 100.0%)"' in html


def test_words_are_those_of_the_language():
    say = language("ru")
    assert say.money(-385_000, "RUB") in html_page(demo_report("ru"))


def test_the_page_holds_every_text_of_the_report():
    report, marks = tokened(demo_report("ru"))
    html = html_page(report)
    assert len(marks) > 150
    assert {place for mark, place in marks.items() if f"{mark}" not in html} == set()


def test_the_owners_page_says_what_is_lost_the_score_and_who_does_what_by_when():
    report = demo_report("en")
    html = html_page(report)
    first = html[html.index('id="first-page"') : html.index("</header>")]
    action = report.actions[0]
    order = (
        report.headline,
        *(finding.text for finding in report.findings),
        report.score.band,
        "Interval (95%): 51–64",
        report.score.headline,
        action.title,
        f"Responsible: {action.owner}",
        action.look_again,
    )
    places = [first.index(escape(tied(text, ranges=True))) for text in order]
    assert places == sorted(places)


def test_the_90_days_and_the_working_documents():
    report = demo_report("en")
    page = Page(html_page(report))
    assert page.text("dt").count("First step") == 3
    assert page.text("dt").count("Effort") == 2
    assert "Next audit: October 15, 2026" in page.text("p")
    assert [attrs["id"] for attrs in page.all("article")] == ["h-sign-off", "h-meeting"]
    signed = [text for text in page.text("span") if "signature" in text]
    assert len(signed) == 2
    assert page.text("h4") == ["Agenda", "We keep to this"]


def test_a_brand_gives_name_logo_and_colours():
    brand = model.Brand(
        name="Ivanova <& Partners>",
        logo="data:image/png;base64,iVBORw0KGgo=",
        logo_size=(400, 100),
        primary="#7a1f3d",
        contact="hello@ivanova.example",
        footer="Confidential.",
    )
    html = html_page(smallest().model_copy(update={"brand": brand}))
    page = Page(html)
    (image,) = page.all("img")
    assert image == {
        "class": "logo",
        "src": brand.logo,
        "alt": brand.name,
        "width": "200",
        "height": "50",
    }
    assert "Ivanova <& Partners> · hello@ivanova.example · Confidential." in page.text("p")
    assert "--accent: #7a1f3d;" in html
    assert "--accent: #7a1f3d;" not in html_page(smallest())
    assert "<& Partners>" not in html


def test_a_letter_of_a_picture_costs_little(html):
    drawn = "".join(re.findall(r'<svg role="img".*?</svg>', html, re.DOTALL))
    letters = re.findall(r"<use[^>]*/>", drawn)
    # A full report holds some 20 000 letters in its pictures, and may be 1.5 MB.
    assert sum(map(len, letters)) / len(letters) < 30
    assert not re.findall(r"<g>|<g/>|<defs/>|<path[^>]*fill: ?none\"/>", drawn)


def test_a_line_that_stands_in_several_pictures_is_said_once():
    report = demo_report("ru")
    section = report.sections[1]
    (exhibit,) = section.exhibits
    twice = [
        exhibit.model_copy(update={"key": f"x{i}", "figure": exhibit.figure.model_copy(update={"name": f"f{i}"})})
        for i in range(3)
    ]
    html = html_page(report.model_copy(update={"sections": (section.model_copy(update={"exhibits": tuple(twice)}),)}))
    names = re.findall(r'<g id="(w\d+)">', html)
    assert len(names) >= 5
    assert all(html.count(f'<use href="#{name}"/>') >= 3 for name in names)
    # And nothing is lost by it: the other pictures have the same lines.
    assert len(set(re.findall(r'<svg role="img".*?</svg>', re.sub(r"p\d-|x\d", "", html), re.DOTALL))) == 1
