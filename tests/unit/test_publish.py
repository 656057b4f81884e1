"""Publishing a report folder: whole or not at all, whatever kills the process and wherever."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from helpers.batch.lock import locked
from helpers.batch.publish import publish, recover, stage, workplace
from helpers.errors import ReportError

PERIOD = "2026-01-01_2026-06-30"
ROOT_NAME = "отчёты {x} 1"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / ROOT_NAME


def write(root: Path, text: str, *languages: str, figures: dict | None = None, slug: str = "окна"):
    with stage(root, slug, PERIOD) as new:
        for lang in languages or ("ru",):
            (new.folder / lang).mkdir()
            (new.folder / lang / "report.html").write_text(text, encoding="utf-8")
        (new.folder / "audit.json").write_text(json.dumps(figures or {"lang": "ru"}), encoding="utf-8")
    return new


def report(root: Path, lang: str = "ru", slug: str = "окна") -> str:
    return (root / slug / PERIOD / lang / "report.html").read_text(encoding="utf-8")


def hidden(root: Path, slug: str = "окна") -> list[str]:
    return sorted(path.name for path in (root / slug).glob(".*") if path.name != ".lock")


def test_a_report_appears_and_is_replaced(root):
    new = write(root, "first")
    assert new.target == root / "окна" / PERIOD
    assert report(root) == "first"
    write(root, "second")
    assert report(root) == "second"
    assert hidden(root) == []


def test_nothing_is_seen_before_the_end_and_an_error_keeps_the_old_report(root):
    write(root, "first")

    def fail() -> None:
        with stage(root, "окна", PERIOD) as new:
            (new.folder / "ru").mkdir()
            assert report(root) == "first"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert report(root) == "first"
    assert hidden(root) == []


def test_other_languages_stay_while_the_figures_are_the_same(root):
    write(
        root, "по-русски", figures={"leads": 3, "lang": "ru", "data": {"notices": [{"code": "X", "text": "по-русски"}]}}
    )
    new = write(
        root, "in English", "en", figures={"lang": "en", "data": {"notices": [{"text": "en", "code": "X"}]}, "leads": 3}
    )
    assert new.dropped == ()
    assert (report(root, "ru"), report(root, "en")) == ("по-русски", "in English")


@pytest.mark.parametrize("figures", [{"leads": 4}, {"leads": 3, "data": {"notices": [{"code": "Y"}]}}])
def test_other_languages_of_other_figures_are_dropped_and_named(root, figures):
    write(root, "old", "ru", "uk", figures={"leads": 3, "data": {"notices": [{"code": "X"}]}})
    new = write(root, "new", "en", figures=figures)
    assert new.dropped == ("ru", "uk")
    assert sorted(path.name for path in new.target.iterdir()) == ["audit.json", "en"]


def test_an_unreadable_old_audit_drops_its_languages(root):
    write(root, "old", "ru")
    (root / "окна" / PERIOD / "audit.json").write_text("{broken", encoding="utf-8")
    assert write(root, "new", "en").dropped == ("ru",)


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "a\\b", "a\nb"])
def test_names_that_leave_the_folder_are_refused(root, name):
    with pytest.raises(ReportError), stage(root, name, PERIOD):
        pass
    with pytest.raises(ReportError), stage(root, "окна", name):
        pass


def test_a_written_folder_is_moved_in(root, tmp_path):
    written = tmp_path / "made"
    (written / "ru").mkdir(parents=True)
    (written / "ru" / "report.html").write_text("moved", encoding="utf-8")
    publish(written, root, "окна", PERIOD)
    assert report(root) == "moved"
    assert not written.exists()


def test_an_old_report_that_cannot_be_moved_stays(root, monkeypatch):
    write(root, "first")
    rename = os.rename

    def refuse(source, to):
        if Path(source).name == PERIOD:
            raise PermissionError(13, "in use")
        rename(source, to)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(ReportError, match="in use"):
        write(root, "second")
    monkeypatch.undo()
    assert report(root) == "first"
    assert hidden(root) == []


def test_a_new_report_that_cannot_be_placed_brings_the_old_one_back(root, monkeypatch):
    write(root, "first")
    rename = os.rename

    def refuse(source, to):
        if str(source).endswith(".new") and Path(to).name == PERIOD:
            raise PermissionError(13, "in use")
        rename(source, to)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(ReportError, match="in use"):
        write(root, "second")
    monkeypatch.undo()
    assert report(root) == "first"
    assert hidden(root) == []


KILLED = textwrap.dedent(
    """
    import os, shutil, sys
    from pathlib import Path
    from helpers.batch import publish

    root, stop, before = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "before"
    count = 0

    def deadly(work):
        def step(*args, **kwargs):
            global count
            count += 1
            if count == stop and before:
                os._exit(9)
            result = work(*args, **kwargs)
            if count == stop:
                os._exit(9)
            return result
        return step

    def half_removed(folder, **kwargs):
        (Path(folder) / "audit.json").unlink()

    os.rename = deadly(os.rename)
    # Killed while removing: a part of the folder is gone.
    shutil.rmtree = deadly(half_removed)
    with publish.stage(root, "окна", "2026-01-01_2026-06-30") as new:
        (new.folder / "ru").mkdir()
        (new.folder / "ru" / "report.html").write_text("second", encoding="utf-8")
        (new.folder / "audit.json").write_text('{"lang": "ru"}', encoding="utf-8")
        if stop == 0:
            os._exit(9)
    """
)


def killed(root: Path, step: int, when: str) -> int:
    return subprocess.run([sys.executable, "-c", KILLED, str(root), str(step), when], check=False).returncode


# Renames: stage → new, target → old, new → target, old → trash; then the removal of trash.
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("step", "before", "after"),
    [(0, "first", "first"), (1, "first", "second"), (2, "second", "second"), (3, "second", "second"),
     (4, "second", "second"), (5, "second", "second")],
)  # fmt: skip
def test_what_a_kill_leaves_is_repaired(root, step, before, after, when):
    write(root, "first")
    assert killed(root, step, when) == 9
    recover(root / "окна")
    assert report(root) == (before if when == "before" else after)
    assert (root / "окна" / PERIOD / "audit.json").is_file()
    assert hidden(root) == []
    write(root, "third")
    assert report(root) == "third"


def test_the_first_report_survives_a_kill_as_well(root):
    assert killed(root, 1, "after") == 9
    recover(root / "окна")
    assert report(root) == "second"


def test_there_are_no_more_steps_than_the_tests_kill(root):
    write(root, "first")
    assert killed(root, 6, "before") == 0


def test_a_lock_is_held_against_others_and_dies_with_its_process(tmp_path):
    lock = tmp_path / "lock"
    hold = (
        "import os, sys\nfrom pathlib import Path\nfrom helpers.batch.lock import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n    os._exit(9)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline().strip() == b"held"
        with locked(lock, wait=False) as held:
            assert held is False
        other.stdin.close()
        assert other.wait(timeout=30) == 9
    with locked(lock, wait=False) as held:
        assert held is True


def test_two_processes_publish_the_same_report_at_once(root):
    many = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from helpers.batch.publish import stage
        for turn in range(30):
            with stage(Path(sys.argv[1]), "окна", "2026-01-01_2026-06-30") as new:
                (new.folder / "ru").mkdir()
                (new.folder / "ru" / "report.html").write_text(sys.argv[2], encoding="utf-8")
                (new.folder / "audit.json").write_text('{"by": "%s"}' % sys.argv[2], encoding="utf-8")
        """
    )
    others = [subprocess.Popen([sys.executable, "-c", many, str(root), name]) for name in ("one", "two")]
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    assert json.loads((root / "окна" / PERIOD / "audit.json").read_text(encoding="utf-8")) == {"by": report(root)}
    assert hidden(root) == []


def test_run_folders_of_killed_runs_are_removed_and_living_ones_stay(root):
    with workplace(root) as living:
        dead = root / ".run-dead"
        (dead / "x").mkdir(parents=True)
        with workplace(root) as mine:
            assert not dead.exists()
            assert living.is_dir()
            assert mine.is_dir()
        assert not mine.exists()
    assert [path.name for path in root.iterdir()] == [".lock"]
