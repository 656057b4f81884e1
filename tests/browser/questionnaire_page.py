"""The questionnaire opened in a browser, with hands for filling it in."""

from __future__ import annotations

import json

from helpers.survey.answers import Respondent
from helpers.survey.criteria import questionnaire
from helpers.survey.own import own_result

IDS = questionnaire().ids
MARKS = "4533 2412 55?4 3?14 2345"
"""A person's twenty marks; ? is don't know, - not applicable."""


def marks(text=MARKS):
    named = {"?": "dk", "-": "na"}
    given = zip(IDS, text.replace(" ", ""), strict=True)
    return {key: named.get(mark) or int(mark) for key, mark in given if mark != "."}


class Opened:
    """A page of the questionnaire; what it asked for and said is kept."""

    def __init__(self, context, url):
        self.context = context
        self.page = context.new_page()
        self.requests, self.messages = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("dialog", lambda dialog: self.messages.append(dialog.message))
        self.page.goto(url)

    def radio(self, name, value):
        return self.page.locator(f'input[data-question="{name}"][value="{value}"]')

    def choose(self, name, value, tap=False):
        label = self.page.locator("label", has=self.radio(name, value))
        label.tap() if tap else label.click()

    def act(self, name, tap=False):
        button = self.page.locator(f'[data-act="{name}"]')
        button.tap() if tap else button.click()

    def area(self):
        return self.page.locator(".q-page").get_attribute("data-page")

    def fill(self, answers, department="sales", role="staff", tap=False, until="result"):
        """Answer everything, page by page, as far as the page ``until``."""
        self.choose("department", department, tap)
        self.choose("role", role, tap)
        self.act("next", tap)
        while self.area() not in ("last", until):
            here = self.area()
            for key in (key for key in IDS if key[0] == here and key in answers):
                self.choose(key, answers[key], tap)
            self.act("next", tap)
        if until == "result":
            self.act("submit", tap)

    def draft(self):
        """What the device keeps: the drafts, without their names. The tab keeps the same."""
        kept, again = self.page.evaluate("[{...localStorage}, {...sessionStorage}]")
        assert again == kept
        return [json.loads(value) for value in kept.values()]

    def code(self):
        return self.page.locator(".q-code").inner_text().strip()

    def saved(self):
        """The saved file: its name and its content."""
        with self.page.expect_download() as waiting:
            self.act("save")
        with open(waiting.value.path(), encoding="utf-8") as file:
            return waiting.value.suggested_filename, json.load(file)

    def shows(self):
        """The result as it is shown: total, means by area, name of the band."""
        total = self.page.locator(".q-total strong")
        return (
            total.inner_text() if total.count() else None,
            self.page.locator(".q-areas strong").all_inner_texts(),
            self.page.locator(".q-band").inner_text() if total.count() else None,
        )

    def sideways(self):
        return self.page.evaluate("document.documentElement.scrollWidth") - self.page.viewport_size["width"]


def own(answers):
    return own_result(Respondent(respondent="x", department="sales", role="staff", answers=answers), questionnaire())
