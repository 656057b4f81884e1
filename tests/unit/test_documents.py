"""README files and their links: every folder is explained, every link leads somewhere, the commands are there."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

PROJECT = Path(__file__).parents[2]
FOLDERS = ("notebooks", "helpers", "data_samples", "reports", "tests")
DOCUMENTS = [*sorted(PROJECT.glob("*.md")), *(PROJECT / folder / "README.md" for folder in FOLDERS)]


def anchors(path: Path) -> set[str]:
    """Anchors of a Markdown file's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.is_relative_to(PROJECT), link
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_the_two_commands_are_lines_of_the_readme():
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    for command in ("uv run audit run data_samples", "uv run pytest"):
        assert lines.count(f"python -m pip install uv && {command}") == 1


def test_modules_named_in_the_house_exist():
    text = (PROJECT / "helpers" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[\w/]+\.(?:py|yml|css)\b", text)) - {"client.yml"}
    assert len(named) > 20
    there = {name for name in named if (PROJECT / name).is_file() or any((PROJECT / "helpers").rglob(name))}
    assert sorted(named - there) == []
