"""The command's own behaviour: usage, exit codes, one-line errors, and what it costs to ask for help."""

import subprocess
import sys
from pathlib import Path

import pytest

from helpers import cli
from helpers.client import Client, read_client
from helpers.language import LANGUAGES
from helpers.new import TEMPLATES

HEAVY = ("pandas", "numpy", "ibis", "duckdb", "papermill", "nbformat", "nbclient", "matplotlib", "scipy", "seaborn",
         "pydantic", "babel", "jupyter_client", "ruamel", "rapidfuzz", "rich.progress")  # fmt: skip


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, encoding="utf-8", check=False)


def client_folder(folder: Path, text: str = "client: Окна\nlang: ru\ncurrency: RUB\n") -> Path:
    folder.mkdir(parents=True)
    (folder / "client.yml").write_text(text, encoding="utf-8")
    return folder


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom helpers.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = python("-c", code)
    assert "doctor" in done.stdout
    loaded = done.stderr.split()
    assert "typer" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_help_costs_at_most_twice_typer_and_rich():
    def seconds(code: str) -> float:
        timed = f"import time\nstart = time.process_time()\n{code}\nprint(time.process_time() - start)"
        return min(float(python("-c", timed).stdout.splitlines()[-1]) for _ in range(5))

    libraries = seconds("import typer, rich.console")
    command = seconds("from helpers.cli import main\nmain(['--help'])")
    assert command <= 2 * libraries


def test_help_names_every_command_and_exit_code(capsys):
    assert cli.main([]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ("run", "render", "check", "new", "doctor", "Exit codes"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frob"], "No such command 'frob'"),
        (["run"], "Missing argument"),
        (["run", "nowhere"], "nowhere: there is no such folder"),
        (["run", ".", "--nope"], "No such option: --nope"),
        (["run", ".", "--lang", "de"], "--lang: unknown language 'de'; there is en, ru, uk, all"),
        (
            ["run", ".", "--formats", "html,odt"],
            "--formats: unknown format 'odt'; there is html, pdf, docx, pptx, xlsx, all",
        ),
        (["run", ".", "--brand", "no.yml"], "no client.yml in it"),
        (["render", ".", "--formats", "rtf"], "--formats: unknown format 'rtf'"),
        (["render", ".", "--brand", "no.yml"], "no.yml: there is no such file - name a brand.yml"),
        (["run", ".", "--formats", ","], "--formats: no format is given"),
        (["run", ".", "--period", "2026"], "must look like 2026-01-01..2026-06-30"),
        (["run", ".", "--period", "2026-02-30..2026-06-30"], "must look like"),
        (["run", ".", "--period", "2026-06-30..2026-01-01"], "before it begins"),
        (["check", "nowhere"], "client.yml: there is no such file"),
        (["check", ".", "--lang", "all"], "--lang: found 'all'"),
        (["new", "x", "--lang", "de"], "must be one of en, ru, uk"),
    ],
)
def test_wrong_usage_is_one_line_on_stderr_and_exit_2(tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert said in told.err
    assert told.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_clients_is_wrong_usage(tmp_path, capsys):
    assert cli.main(["run", str(tmp_path)]) == 2
    assert "no client.yml in it or in its folders" in capsys.readouterr().err


def test_every_mistake_of_a_client_file_is_a_line_with_its_place(tmp_path, capsys):
    folder = client_folder(tmp_path / "x", "client: Окна\ncurrency: rub\nperiod: {from: now, to: 2026-01-01}\n")
    assert cli.main(["run", str(folder), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr()
    assert told.err.splitlines()[-2:] == [
        line for line in told.err.splitlines() if line.startswith("error: client.yml:")
    ]
    assert "error: client.yml:3 period.from: " in told.err
    assert "Traceback" not in told.err
    assert "failed" in told.out


def test_debug_shows_the_traceback_before_the_line(tmp_path, capsys):
    folder = client_folder(tmp_path / "x", "client: [\n")
    assert cli.main(["run", str(folder), "--out", str(tmp_path / "out"), "--debug"]) == 2
    told = capsys.readouterr().err
    assert "Traceback" in told
    assert told.splitlines()[-1].startswith("error: client.yml")


def test_two_clients_that_would_share_a_report_are_refused(tmp_path, capsys):
    client_folder(tmp_path / "a" / "Окна")
    client_folder(tmp_path / "b" / "окна")
    assert cli.main(["run", str(tmp_path / "a"), str(tmp_path / "b"), "--out", str(tmp_path / "out")]) == 2
    assert "would both be 'окна'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_defect_is_one_line_too(tmp_path, monkeypatch, capsys):
    def broken(path, lang):
        raise KeyError("x\x1b[31m")

    monkeypatch.setattr("helpers.new.write_client_folder", broken)
    assert cli.main(["new", str(tmp_path / "x")]) == 1
    assert capsys.readouterr().err == "error: unexpected KeyError: 'x\\x1b[31m' - see --debug\n"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_new_makes_a_folder_that_reads_well(tmp_path, capsys, lang):
    folder = tmp_path / 'Окна: {"Плюс"} #1'
    assert cli.main(["new", str(folder), "--lang", lang]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    made = ("client.yml", "README.md", "exports", "answers", f"questionnaire-{lang}.html", f"questionnaire-{lang}.xlsx")
    assert told.out.splitlines() == [str(folder / name) for name in made]
    assert all((folder / name).exists() for name in made)
    client = read_client(folder)
    assert (client.name, client.lang, client.slug) == (folder.name, lang, "окна-плюс-1")
    assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {folder.name}\n")


def test_new_overwrites_nothing(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert cli.main(["new", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_of_a_client_file_is_explained_once_by_a_valid_example(tmp_path, lang):
    text = (TEMPLATES / f"client.{lang}.yml").read_text(encoding="utf-8").replace("{{client}}", "x")
    # An explanation has one space after its #; an example has none, or two where it is nested.
    live = "\n".join(
        line[1:] if line.startswith("#") and not (line[1:2] == " " and line[2:3] != " ") else line
        for line in text.splitlines()
    )
    client = read_client(client_folder(tmp_path / "x", live))
    keys = {field.alias or name for name, field in Client.model_fields.items()}
    assert {Client.model_fields[name].alias or name for name in client.model_fields_set} == keys
    lines = text.splitlines()
    for key in keys:
        places = [number for number, line in enumerate(lines) if line.lstrip("#").startswith(f"{key}:")]
        assert len(places) == 1, key
        assert any(line.startswith("# ") for line in lines[max(places[0] - 3, 0) : places[0]]), key


def test_templates_in_all_languages_hold_the_same_keys():
    def keys(lang: str) -> list[str]:
        lines = (TEMPLATES / f"client.{lang}.yml").read_text(encoding="utf-8").splitlines()
        return [line.split(":")[0].lstrip("#") for line in lines if line[:2] != "# " and line[:3] != "#  " and line]

    assert keys("ru") == keys("uk") == keys("en")


def test_forms_are_written_again_after_a_change(tmp_path, capsys):
    folder = tmp_path / "Окна {1}"
    assert cli.main(["new", str(folder), "--lang", "ru"]) == 0
    page = folder / "questionnaire-ru.html"
    before = page.read_bytes()
    settings = folder / "client.yml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "\nsurvey: {mode: anonymous, threshold: 6}\n", encoding="utf-8"
    )
    capsys.readouterr()
    assert cli.main(["form", str(folder), "--lang", "ru,uk"]) == 0
    assert capsys.readouterr().out.split("questionnaire-")[1:] == [
        f"{name}\n{folder}/" if more else f"{name}\n"
        for name, more in (("ru.html", True), ("ru.xlsx", True), ("uk.html", True), ("uk.xlsx", False))
    ]
    assert page.read_bytes() != before
    assert cli.main(["form", str(folder), "--lang", "de"]) == 2


def test_check_tells_what_is_wrong_with_the_brand(tmp_path, capsys):
    folder = client_folder(tmp_path / "x")
    (tmp_path / "brand.yml").write_text('name: A\nprimary: "#ffd400"\n', encoding="utf-8")
    assert cli.main(["check", str(folder)]) == 3  # it has no sources
    assert "note: brand.yml: primary #ffd400 has a contrast of 1.4:1" in capsys.readouterr().err
    (tmp_path / "brand.yml").write_text("name: A\nlogo: no.svg\n", encoding="utf-8")
    assert cli.main(["check", str(folder)]) == 2
    assert capsys.readouterr().err == "error: brand.yml:2 logo: no.svg cannot be read (No such file or directory)\n"
