"""Spoilt and hostile files: each ends in one clear error or a correct read, in bounded time and memory, and silent
about persons."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
import xlsxwriter
from trapped_folders import CLIENT, TRAPS

pytestmark = pytest.mark.timeout(3600)
SECRETS = ("Zoe Hidden", "zoe.hidden@example.com", "9161234567", "916 123-45-67")
AMO = (
    "ID,Название сделки,Бюджет,Ответственный,Дата создания сделки,Дата закрытия,Этап сделки,Полное имя контакта,"
    "Рабочий телефон,Рабочий email\n"
)
PERSON = "Zoe Hidden,+7 916 123-45-67,zoe.hidden@example.com\n"
ROWS = "".join(
    f"{n},Окно {n},{n}00,Анна,{n % 27 + 1:02d}.03.2026 10:00:00,не закрыта,Неразобранное,{PERSON}" for n in range(1, 60)
)
TEXT = (AMO + ROWS).encode()
MEMORY = 3 << 30
"""Address space of a child; it reserves far more than it uses."""
SECONDS = 300
"""Of the processor: a wall clock would tell how busy the machine is. What only waits is ended by ``PATIENCE``."""
PATIENCE = 3000
CHILD = """
import json, sys
from pathlib import Path
from helpers.client import read_client
from helpers.errors import DataError
from helpers.language import language
from helpers.sources import load
from helpers.sources.check import check_lines

for folder in json.loads(sys.stdin.read()):
    try:
        data = load(read_client(Path(folder)))
    except DataError as error:
        told = {"refused": [str(problem) for problem in error.problems]}
    else:
        kept = " ".join(data.con.table(name).to_pandas().to_csv() for name in data.con.list_tables())
        rows = sum(table.rows_after for table in data.ledger.tables.values())
        told = {"rows": rows, "said": check_lines(data, language("en")), "kept": kept}
    print(json.dumps(told), flush=True)
"""


def outcomes(tmp_path: Path, files: dict[str, bytes], *, memory: int = MEMORY) -> dict[str, dict[str, object]]:
    """What becomes of each file, alone in a client's folder; all in one child with a limit of memory and time."""
    folders = []
    for number, (name, content) in enumerate(files.items()):
        folder = tmp_path / str(number)
        (folder / "exports").mkdir(parents=True)
        (folder / "client.yml").write_text(CLIENT, encoding="utf-8")
        (folder / "exports" / name).write_bytes(content)
        folders.append(str(folder))
    told = _child(folders, memory)
    assert len(told) == len(files), f"{list(files)[len(told)]} has ended the process"
    return dict(zip(files, told, strict=True))


def _child(folders: Iterable[str], memory: int) -> list[dict[str, object]]:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    # Every thread of a pool reserves address space of its own.
    small = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD],
        input=json.dumps(list(folders)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        preexec_fn=limited,
        env={**os.environ, **small},
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def clear(told: dict[str, object], tmp_path: Path) -> None:
    """An error names the file and what to do; nothing said or kept names a person or a path of the machine."""
    everything = json.dumps(told, ensure_ascii=False)
    for secret in SECRETS:
        assert secret not in everything
    assert str(tmp_path) not in everything
    for text in told.get("refused", []):  # type: ignore[attr-defined]
        assert " - " in text
        assert len(text) < 1200


def spoilt(drawn: random.Random, content: bytes) -> bytes:
    """Cut off, shuffled, doubled or sprinkled with bytes."""
    kind = drawn.choice(["cut", "flip", "shuffle", "nul", "lines", "quotes", "middle"])
    at = drawn.randrange(1, len(content))
    if kind == "cut":
        return content[:at]
    if kind == "flip":
        made = bytearray(content)
        for _ in range(drawn.randrange(1, 40)):
            made[drawn.randrange(len(made))] = drawn.randrange(256)
        return bytes(made)
    if kind == "shuffle":
        piece = bytearray(content[at : at + 200])
        drawn.shuffle(piece)
        return content[:at] + bytes(piece) + content[at + 200 :]
    if kind == "nul":
        return content[:at] + b"\0" * drawn.randrange(1, 300) + content[at:]
    if kind == "lines":
        lines = content.split(b"\n")
        drawn.shuffle(lines)
        return b"\n".join(lines)
    if kind == "quotes":
        return content[:at] + b'"' + content[at:]
    return content[:at] + content[at + drawn.randrange(1, 500) :]


def _workbook(rows: int = 40) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate((AMO + ROWS).splitlines()[:rows]):
            sheet.write_row(number, 0, line.split(","))
    return made.getvalue()


def _html() -> bytes:
    return (TRAPS / "04-xls-that-is-html" / "DEAL_20260225.xls").read_bytes()


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_spoilt_files_end_in_a_clear_error_or_a_read(tmp_path: Path, seed: int) -> None:
    drawn = random.Random(seed)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deals.csv", TEXT)
    kinds = {
        "csv": TEXT,
        "cp1251.csv": TEXT.decode().encode("cp1251"),
        "utf16.csv": TEXT.decode().encode("utf-16"),
        "xlsx": _workbook(),
        "html.xls": _html(),
        "zip": packed.getvalue(),
        "csv.gz": gzip.compress(TEXT, mtime=0),
    }
    files = {f"{n}.{kind}": spoilt(drawn, content) for kind, content in kinds.items() for n in range(4)}
    for told in outcomes(tmp_path, files).values():
        clear(told, tmp_path)


def _bomb(inner: str = "deals.csv") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(inner, "w") as sink:
        for _ in range(300):
            sink.write(b"0" * (1 << 20))
    return made.getvalue()


def _deep(depth: int) -> bytes:
    begin = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    return (begin + "<a>" * depth).encode()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "hahahahahaha">'
    + b"".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">'.encode() for n in range(9))
    + b']><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell><Data>&j;'
    b"</Data></Cell><Cell/></Row></Table></Worksheet></Workbook>"
)
WIDE = ",".join(f"c{n}" for n in range(10_000)).encode() + b"\n" + b",".join([b"1"] * 10_000) + b"\n"
HOSTILE = {
    "bomb.zip": (_bomb, "unpacks into more than"),
    "bomb.csv.gz": (lambda: gzip.compress(b"0" * (300 << 20), 9, mtime=0), "unpacks into more than"),
    "bomb.xlsx": (lambda: _bomb("xl/workbook.xml"), "unpacks into more than"),
    "deep.xls": (lambda: _deep(200_000), "broken XML Spreadsheet"),
    "deep_html.xls": (lambda: b"<html><table>" + b"<tr><td><table>" * 20_000, ""),
    "laughs.xls": (lambda: LAUGHS, ""),
    "wide.csv": (lambda: WIDE, ""),
    "long.csv": (lambda: AMO.encode() + b"1," + b"x" * (40 << 20), "a row longer than"),
    "one_line.csv": (lambda: b"x" * (20 << 20), "the first line goes on for more than"),
    "nul.csv": (lambda: b"\0" * 100_000, ""),
    "some_nul.csv": (lambda: TEXT.replace(b"100,", b"1\x0000,", 3), "rows"),
    "open_quote.csv": (lambda: TEXT.replace("Окно 20".encode(), '"Окно 20'.encode()), ""),
    "cut_html.xls": (lambda: _html()[: len(_html()) * 2 // 3], ""),
    "cut.xlsx": (lambda: _workbook()[:-300], "a damaged archive"),
    "wide_rows.csv": (lambda: TEXT + b"1" + b"," * 5000 + b"\n", ""),
    "headerless.csv": (lambda: ROWS.encode(), "not recognised"),
    "contacts.csv": (lambda: PERSON.encode() * 20, "not recognised"),
    "names.txt": (lambda: b"Zoe Hidden\n" * 20, "no table of several columns"),
    "moved.csv": (
        lambda: (AMO + ROWS.replace("не закрыта", "Zoe Hidden").replace("01.03.2026", "+7 916 123-45-67")).encode(), ""
    ),
}  # fmt: skip


def test_hostile_files_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    told = outcomes(tmp_path, {name: make() for name, (make, _) in HOSTILE.items()})
    for name, (_, said) in HOSTILE.items():
        clear(told[name], tmp_path)
        assert said in json.dumps(told[name]), (name, told[name])
    # NULs inside cells cost no row.
    assert told["some_nul.csv"]["rows"] == 2 * 59
    # A quote that is never closed swallows nothing.
    assert told["open_quote.csv"].get("rows", 2 * 59) == 2 * 59


@pytest.mark.slow
def test_a_line_of_a_gigabyte_is_refused_without_being_held(tmp_path: Path) -> None:
    folder = tmp_path / "0"
    (folder / "exports").mkdir(parents=True)
    (folder / "client.yml").write_text(CLIENT, encoding="utf-8")
    with (folder / "exports" / "line.csv").open("wb") as sink:
        sink.write(AMO.encode() + b"1,")
        for _ in range(1024):
            sink.write(b"x" * (1 << 20))
    (told,) = _child([str(folder)], MEMORY)
    clear(told, tmp_path)
    assert "longer than" in str(told["refused"])
