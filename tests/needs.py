"""Programs that a machine may lack: their tests skip with the reason, or fail where ``AUDIT_REQUIRE`` names them."""

import os
import shutil
from pathlib import Path

import pytest

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "libreoffice": ("soffice", "libreoffice"),
    "impress": ("loimpress", "simpress"),
    "writer": ("lowriter", "swriter"),
    "postgres": ("postgres", "pg_ctl"),
    "java": ("java",),
    "node": ("node", "nodejs"),
    "poppler": ("pdftotext",),
}
# Debian keeps the server's programs out of PATH.
ELSEWHERE = {"postgres": "/usr/lib/postgresql/*/bin/postgres"}


def find(name: str) -> str | None:
    """The path of a program, or None."""
    found = next(filter(None, map(shutil.which, PROGRAMS[name])), None)
    if found is None and name in ELSEWHERE:
        pattern = ELSEWHERE[name]
        found = next(map(str, sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)), None)
    return found


def needs(name: str) -> pytest.MarkDecorator:
    """``chromium = needs("chromium")``, then ``@chromium`` above a test."""
    required = {part.strip() for part in os.environ.get("AUDIT_REQUIRE", "").split(",")}
    missing = find(name) is None
    if missing and name in required:
        pytest.fail(f"AUDIT_REQUIRE names {name}, which is not installed", pytrace=False)
    return pytest.mark.skipif(missing, reason=f"{name} is not installed")
