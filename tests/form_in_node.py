"""The form's own rules, run by node: form.js without a browser."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from needs import find

from helpers.survey.form import form_data, source

_RUN = """
import { readFileSync } from "node:fs";
import * as form from "./form.mjs";
const { calls, questionnaire } = JSON.parse(readFileSync(0, "utf8"));
const results = calls.map(([name, given, stages]) => {
  const shown = stages ? { ...questionnaire, stages: stages.map((key) => ({ key })) } : questionnaire;
  try { return { result: form[name](given, shown) }; } catch (error) { return { error: error.message }; }
});
console.log(JSON.stringify(results));
"""


def in_node(folder: Path, calls: Sequence[tuple[str, Any] | tuple[str, Any, Any]]) -> list[dict[str, Any]]:
    """Each call's ``{"result": ...}`` or ``{"error": ...}``; a call is (function, argument[, keys of stages])."""
    (folder / "form.mjs").write_text(source("form.js"), encoding="utf-8")
    (folder / "run.mjs").write_text(_RUN, encoding="utf-8")
    done = subprocess.run(
        [find("node"), "run.mjs"],
        input=json.dumps({"calls": calls, "questionnaire": form_data()}),
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
