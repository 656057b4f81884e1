"""The questionnaire in JupyterLab: filled in, closed, gone on with, handed in, and what others sent taken in."""

import json

import pytest
from folders import client_yml, make_folder
from lab import IDLE, WAIT, put_notebook, run_all, running_lab
from needs import find, needs
from playwright.sync_api import expect, sync_playwright
from questionnaire_page import IDS, marks

from helpers.client import read_client
from helpers.survey.answers import read_answers
from helpers.survey.code import encode

chromium = needs("chromium")
pytestmark = chromium

FIRST, REST = IDS[:8], IDS[8:]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address of a JupyterLab and its folder of files."""
    folder = tmp_path_factory.mktemp("рабочий стол {1}")
    with running_lab(folder) as address:
        yield address, folder


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=find("chromium"), args=options)
        yield started
        started.close()


@pytest.fixture
def desk(lab, request):
    """A client's folder of its own for one test, beside the notebooks."""
    _, folder = lab
    desk = folder / "desk" / request.node.name.removeprefix("test_")
    more = "headcount: {marketing: 3, sales: 8}\n"
    make_folder(desk / "фирма", {"client.yml": client_yml(more=more)})
    return desk


@pytest.fixture
def opened(lab, browser):
    """A function that opens the questionnaire's notebook and runs it."""
    address, folder = lab
    contexts = []

    def show(desk, name="questionnaire"):
        path = desk / f"{name}.ipynb"
        if not path.exists():
            put_notebook("questionnaire.ipynb", path, client="фирма")
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        contexts.append(context)
        # A workspace of its own: JupyterLab would open the notebooks of the last one too.
        place = f"lab/workspaces/{name}-{len(contexts)}-{desk.name[:20]}/tree"
        found = Notebook(context.new_page(), f"{address}{place}/{path.relative_to(folder / 'desk').as_posix()}?reset")
        found.open()
        return found

    yield show
    for context in contexts:
        context.close()


class Notebook:
    """A notebook open in JupyterLab, with hands for the form in it."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.form = page.locator(".questionnaire:not([hidden])").last

    def open(self):
        run_all(self.page, self.address)
        expect(self.form).to_be_visible(timeout=WAIT)
        # The last cell has run: nothing is drawn anew under the hands that follow.
        self.page.wait_for_function(IDLE, timeout=WAIT)
        expect(self.page.locator(".jp-RenderedHTMLCommon .audit table").first).to_be_visible(timeout=WAIT)

    def restart(self):
        """Close the page and the kernel, as at the end of a day, and begin again."""
        self.page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
        self.open()

    def command(self, name, **arguments):
        self.page.evaluate("([name, given]) => jupyterapp.commands.execute(name, given)", [name, arguments])

    def choose(self, name, value):
        self.form.locator(f'label:has(input[data-question="{name}"][value="{value}"])').click()

    def act(self, name):
        self.form.locator(f"[data-act={name}]").click()

    def answer(self, answers):
        """Answer criteria page after page, beginning with the page that is open."""
        for key, value in answers.items():
            if not self.form.locator(f'input[data-question="{key}"]').count():
                self.act("next")
            self.choose(key, value)

    def checked(self):
        return self.form.evaluate(
            "form => [...form.querySelectorAll('input:checked')].map(x => [x.dataset.question, x.value])"
        )


def files(desk):
    # Not what is still being written.
    return sorted((desk / "фирма" / "answers").glob("[!.]*.json"))


def until(page, true):
    """Wait for something outside the browser, at most ten seconds."""
    for _ in range(100):
        if true():
            return
        page.wait_for_timeout(100)
    pytest.fail("waited ten seconds for nothing")


def test_a_form_is_gone_on_with_and_handed_in_and_changed(opened, desk, lab):
    given = marks()
    notebook = opened(desk)
    notebook.choose("department", "sales")
    notebook.choose("role", "staff")
    notebook.answer({key: given[key] for key in FIRST})
    notebook.form.locator("[data-act=next]").click()
    drafts = lab[1] / "jupyter" / "data" / "alignment-audit" / "drafts"

    def draft_holds(page):
        states = [json.loads(path.read_text(encoding="utf-8")) for path in drafts.glob("*.json")]
        return any(state["page"] == page and {*FIRST} <= {*state["answers"]} for state in states)

    until(notebook.page, lambda: draft_holds("C"))
    assert files(desk) == []

    notebook.restart()
    expect(notebook.form.locator(".q-note")).to_be_visible()
    expect(notebook.form.locator(".q-count")).to_have_text("8 of 20")
    notebook.answer({key: given[key] for key in REST})
    notebook.act("next")
    notebook.choose("sees", "leads")
    notebook.choose("loses_at", "contacted")
    notebook.act("submit")
    expect(notebook.form.locator(".q-caution").filter(has_text="Your answers are saved")).to_be_visible()
    until(notebook.page, lambda: files(desk))
    (path,) = files(desk)
    sent = json.loads(path.read_text(encoding="utf-8"))
    assert sent["answers"] == given
    assert (sent["department"], sent["role"], sent["revision"], sent["mode"]) == ("sales", "staff", 1, "open")
    assert (sent["sees"], sent["loses_at"]) == (["leads"], "contacted")
    assert path.stem == sent["respondent"]

    # Another day: the result is there, and a change is a second version of the same person's answers.
    notebook.restart()
    expect(notebook.form.locator(".q-caution").filter(has_text="Your answers are saved")).to_be_visible()
    notebook.act("change")
    notebook.act("next")
    changed = 5 if given["A1"] != 5 else 1
    notebook.choose("A1", changed)
    for _ in range(5):
        notebook.act("next")
    notebook.act("submit")
    until(notebook.page, lambda: json.loads(path.read_text(encoding="utf-8"))["revision"] == 2)
    assert files(desk) == [path]
    assert json.loads(path.read_text(encoding="utf-8"))["answers"] == {**given, "A1": changed}
    (counted,) = read_answers(desk / "фирма" / "answers").respondents
    assert counted.number("A1") == changed


def test_two_people_at_once_and_one_after_another_are_three(opened, desk):
    one, two = opened(desk, "one"), opened(desk, "two")
    for notebook in (one, two):
        notebook.choose("department", "marketing")
        notebook.choose("role", "leader")
        notebook.act("next")
    one.choose("A1", 1)
    two.choose("A1", 2)
    for notebook in (one, two):
        for _ in range(5):
            notebook.act("next")
    one.act("submit")
    two.act("submit")
    until(one.page, lambda: len(files(desk)) == 2)

    one.act("erase")
    one.act("erase-yes")
    assert one.checked() == []
    one.choose("department", "sales")
    one.choose("role", "staff")
    one.act("next")
    one.choose("A1", 3)
    for _ in range(5):
        one.act("next")
    one.act("submit")
    # A file is there a moment before it has its name.
    until(one.page, lambda: len(read_answers(desk / "фирма" / "answers").respondents) == 3)
    found = read_answers(desk / "фирма" / "answers")
    assert not found.problems
    assert sorted((form.department, form.answers["A1"]) for form in found.respondents) == [
        ("marketing", 1), ("marketing", 2), ("sales", 3),
    ]  # fmt: skip


def test_files_and_codes_are_taken_in_and_counted(opened, desk, tmp_path):
    form = {
        "criteria_version": "1.0", "lang": "en", "mode": "open", "respondent": "K7QX2M", "department": "marketing",
        "role": "staff", "answers": marks(), "seconds": 90, "revision": 1,
    }  # fmt: skip
    (tmp_path / "от Маши {1}.json").write_text(json.dumps({**form, "respondent": "Маша"}), encoding="utf-8")
    code = encode(form, read_client(desk / "фирма").stage_keys)
    wrong = ("2" if code[0] != "2" else "3") + code[1:]
    notebook = opened(desk)
    page = notebook.page
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Choose files").click()
    chosen.value.set_files(tmp_path / "от Маши {1}.json")
    expect(page.get_by_role("button", name="Choose files (1)")).to_be_visible()
    box = page.get_by_placeholder("Short codes, one a line")
    box.fill(f"{code.lower()}\n{wrong}")
    box.blur()
    page.get_by_role("button", name="Take in").click()
    told = page.locator(".widget-html [role=status]")
    expect(told).to_contain_text("New forms: 2.", timeout=WAIT)
    expect(told).to_contain_text("mistyped")
    # What was refused stays, to be put right.
    expect(box).to_have_value(wrong)
    found = read_answers(desk / "фирма" / "answers")
    assert sorted(form.respondent for form in found.respondents) == ["K7QX2M", "Маша"]

    notebook.command("notebook:run-all-cells")
    row = page.locator(".audit tr").filter(has_text="Marketing")
    expect(row).to_contain_text("1 more complete form is needed.", timeout=WAIT)


def test_the_form_follows_the_theme_and_warns_when_the_kernel_is_gone(opened, desk):
    notebook = opened(desk)
    light = notebook.form.evaluate("form => getComputedStyle(form).backgroundColor")
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    dark = "form => getComputedStyle(form).backgroundColor"
    notebook.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    expect(notebook.form).to_have_attribute("data-theme", "dark")
    assert notebook.form.evaluate(dark) != light
    notebook.page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
    notebook.choose("department", "sales")
    alert = notebook.page.locator(".questionnaire [role=alert]").first
    expect(alert).to_contain_text("are not saved", timeout=20_000)
