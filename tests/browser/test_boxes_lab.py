"""The boxes of meeting.ipynb and import.ipynb, clicked in JupyterLab: what they write is what is read next."""

import csv

import pytest
from folders import DEALS, LEADS, SPEND, client_yml, make_folder
from lab import WAIT, put_notebook, run_all, running_lab
from needs import needs
from playwright.sync_api import expect

import helpers as audit
from helpers.chapters.meeting import Meeting
from helpers.language import language

pytestmark = needs("chromium")

LEAD = "L{n},2026-01-{day:02d} 10:00,ads,c,Ann,Talk,\n"
STAGED = "Номер;Что;Деньги;Открыта;На чём стоит;Линия\n" + "".join(
    f"{at};Окно;100;{at + 1:02d}.02.2026 10:00:00;{stage};Продажи\n"
    for at, stage in enumerate(["Замер"] * 4 + ["Деньги получены"] * 4)
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("стол")
    with running_lab(folder) as address:
        yield address, folder / "desk"


@pytest.fixture
def opened(lab, browser):
    """A function that opens a notebook for a client's folder and runs it."""
    address, desk = lab
    contexts = []

    def show(name, **parameters):
        put_notebook(name, desk / name, **parameters)
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 1600}))
        page = contexts[-1].new_page()
        run_all(page, f"{address}lab/workspaces/{name.split('.')[0]}/tree/{name}?reset")
        return page

    yield show
    for context in contexts:
        context.close()


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def test_what_a_meeting_decided_is_written_and_stands_in_the_next_agenda(lab, opened):
    folder = make_folder(
        lab[1] / "firm",
        {
            "client.yml": client_yml(SPEND, LEADS, DEALS, more="as_of: 2026-01-25\n"),
            "exports/spend.csv": "Date,Source,Campaign,Cost\n2026-01-05,ads,c,50\n",
            "exports/leads.csv": "Id,Created,Source,Campaign,Owner,Stage,Closed\n"
            + "".join(LEAD.format(n=n, day=1 + n % 24) for n in range(48)),
            "exports/deals.csv": "Id,Lead,Opened,Closed,Stage,Amount\nD1,L1,2026-01-03,2026-01-08,Sold,100\n",
            "tasks.csv": "date,decision,owner,due,done\n2026-01-05,Call back,Ann,2026-01-09,\n",
        },
    )
    page = opened("meeting.ipynb", client="firm", week="2026-W02")

    def fill(label, *texts):
        for at, text in enumerate(texts):
            page.get_by_label(label, exact=True).nth(at).fill(text)

    button = page.get_by_role("button", name="Write down")
    expect(button).to_be_visible(timeout=2 * WAIT)
    expect(page.get_by_label("Day of the meeting")).to_have_value("2026-01-12")
    fill("Done on which day", "2026-01-11")
    fill("Decision", "=New script", "Ask the bank")
    fill("Who does it", "Bob")
    fill("By which day", "20.01.2026")
    fill("Promotion", "Winter")
    fill("What was changed", "Form with a phone only")
    fill("In which channel", "ads")
    fill("Sales suppose", "Too dear")
    # A promotion needs its first day, and a day has to be one.
    alert = page.locator(".widget-html [role=alert]")
    button.click()
    expect(alert).to_contain_text("A day is missing.")
    fill("Its first day", "tomorrow")
    button.click()
    expect(alert).to_contain_text("“tomorrow”: A day is written like 2026-10-07")
    assert not (folder / "meetings.csv").exists()
    fill("Its first day", "2026-01-19")
    button.click()
    told = page.locator(".widget-html [role=status]")
    expect(told).to_contain_text("Written into tasks.csv, notes.csv, promotions.csv, kpis.csv and meetings.csv.")
    expect(button).to_be_disabled()

    assert rows(folder / "tasks.csv") == [
        ["2026-01-05", "Call back", "Ann", "2026-01-09", "2026-01-11"],
        ["2026-01-12", "'=New script", "Bob", "2026-01-20", ""],
        ["2026-01-12", "Ask the bank", "", "", ""],
    ]
    assert rows(folder / "meetings.csv") == [["2026-01-12", "marketing, sales", "'=New script; Ask the bank"]]
    assert rows(folder / "promotions.csv") == [["Winter", "2026-01-19", "", "2026-01-12"]]
    client = audit.read_client(folder)
    following = Meeting.measure(audit.count(audit.load(client)), client, language("en"), "2026-W03")
    assert [(task.decision, task.owner) for task in following.tasks.listed] == [
        ("=New script", "Bob"), ("Ask the bank", ""),
    ]  # fmt: skip
    assert following.records.starts_title() == "Starting next week: 1; sales got the brief in time for 1"
    assert following.hypotheses()[0].startswith("Sales suppose: Too dear")
    assert "Form with a phone only (ads)" in following.records.changes()[0]


def test_an_unknown_file_and_its_stages_are_told_by_clicking(lab, opened):
    head = "client: Firm  # имя\nlang: en\ncurrency: RUB\n"
    folder = make_folder(lab[1] / "told", {"client.yml": head, "exports/deals.csv": STAGED.encode("cp1251")})
    page = opened("import.ipynb", client="told")
    button = page.get_by_role("button", name="Write into client.yml")
    expect(button).to_be_visible(timeout=2 * WAIT)
    expect(page.get_by_text("exports/deals.csv (not read yet)").first).to_be_attached()
    # The table is chosen, headers are typed, and nothing works while something is needed or is no header.
    page.get_by_label("Table", exact=True).select_option("deals")

    def column(name, header):
        field = page.get_by_label(name, exact=True)
        field.fill(header)
        field.press("Enter")

    column("stage", "Нет такой")
    expect(page.locator(".widget-html").filter(has_text="Нет такой")).to_be_visible()
    expect(button).to_be_disabled()
    told = {
        "deal_id *": "Номер",
        "opened_at": "Открыта",
        "pipeline": "Линия",
        "stage": "На чём стоит",
        "amount": "Деньги",
    }
    for name, header in told.items():
        column(name, header)
    expect(button).to_be_enabled()
    button.click()
    expect(page.get_by_text("Stages of the CRM without a meaning")).to_be_visible(timeout=WAIT)

    def means(stage, meaning):
        page.locator(".widget-hbox").filter(has_text=f"{stage} (Продажи, 4 rows)").locator("select").last.select_option(
            meaning
        )

    means("Замер", "open, has reached “Meeting”")
    means("Деньги получены", "won")
    page.get_by_role("button", name="Write the stages into client.yml").click()
    expect(page.get_by_text("Stages of the CRM without a meaning")).to_have_count(0, timeout=WAIT)
    assert (folder / "client.yml").read_text(encoding="utf-8").startswith(head)
    with audit.load(audit.read_client(folder)) as data:
        outcomes = data.tables["deals"].to_pandas()["outcome"].value_counts().to_dict()
    assert outcomes == {"open": 4, "won": 4}
