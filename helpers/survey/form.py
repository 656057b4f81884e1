"""The questionnaire as a form: the data that form.js draws, and one HTML file that works from a phone's downloads.

The file holds the criteria in three languages, form.js and form.css; it asks nothing from a network and its security
policy forbids the browser to. It holds the client's name and stages and nothing else about the client.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.language import LANGUAGES, language
from helpers.survey.criteria import FOLDER, read

if TYPE_CHECKING:
    from helpers.client import Client

_PAGE = """\
<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{css}</style>
</head>
<body class="questionnaire-page">
<main id="questionnaire"></main>
<noscript><p class="questionnaire-plain">{plain}</p></noscript>
<script type="application/json" id="options">{options}</script>
<script type="module">{script}</script>
</body>
</html>
"""

_START = """
const options = JSON.parse(document.getElementById("options").textContent);
mount(document.getElementById("questionnaire"), {
  ...options,
  onLanguage: (lang, title) => { document.documentElement.lang = lang; document.title = title; },
});
"""


@lru_cache(maxsize=1)
def form_texts() -> dict[str, dict[str, str]]:
    """The form's own words: language → key → text.

    Raises:
        ValueError: form_texts.yml lacks a language somewhere.
    """
    found = read("form_texts.yml")
    for key, text in found.items():
        if set(text) != set(LANGUAGES) or not all(isinstance(x, str) and x.strip() for x in text.values()):
            raise ValueError(f"form_texts.yml: {key} needs the languages {', '.join(LANGUAGES)}")
    return {lang: {key: text[lang] for key, text in found.items()} for lang in LANGUAGES}


def form_data(client: Client | None = None) -> dict[str, Any]:
    """All that form.js shows, as plain JSON: texts in three languages, criteria, bands, and the client's stages.

    Without a client: the usual stages, no name.
    """
    from helpers.client import Client
    from helpers.survey.criteria import questionnaire

    shown = client or Client.model_validate({"client": "-", "currency": "EUR"})
    now = questionnaire()
    keep = {"id", "dimension", "title", "statement", "hint", "anchors", "not_applicable"}
    return {
        "version": now.version,
        "client": client.name if client else "",
        "texts": form_texts(),
        "dimensions": [dimension.model_dump(include={"id", "title"}) for dimension in now.dimensions],
        "criteria": [criterion.model_dump(include=keep, exclude_none=True) for criterion in now.criteria],
        "bands": [band.model_dump(exclude={"first"}) for band in now.bands],
        "note": dict(now.note),
        "stages": [
            {"key": key, "name": {lang: shown.stage_label(key, language(lang)) for lang in LANGUAGES}}
            for key in shown.stage_keys
        ],
    }


def page(lang: str, client: Client | None = None) -> str:
    """One stand-alone HTML file: opens in ``lang``, offers all three, keeps a draft on the device only.

    Without a client the survey is announced as open.
    """
    texts = form_texts()[lang]
    mode, threshold = (client.survey.mode, client.survey.threshold) if client else ("open", 5)
    data = form_data(client)
    options = {
        "questionnaire": data,
        "lang": lang,
        "mode": mode,
        "threshold": threshold,
        "storageKey": storage_key(data, mode, threshold),
    }
    script = f"\n{source('form.js')}{_START}"
    css = f"\n{source('form.css')}"
    title = f"{texts['title']} - {client.name}" if client else texts["title"]
    return _PAGE.format(
        lang=lang,
        policy=f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(css)}'; "
        "base-uri 'none'; form-action 'none'",
        title=html.escape(title),
        css=css,
        plain=html.escape(texts["needs_browser"]),
        # "<" is the only letter that could end the element or open a comment in it.
        options=json.dumps(options, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        script=script,
    )


def write_page(client: Client, folder: Path | None = None, lang: str = "") -> Path:
    """Write questionnaire-<lang>.html into ``folder`` (default: the client's own); its path.

    To be written again, and sent again, when the client's stages or the announced mode change.
    """
    lang = lang or client.lang
    path = (folder or client.folder) / f"questionnaire-{lang}.html"
    path.write_text(page(lang, client), encoding="utf-8", newline="\n")
    return path


def storage_key(data: dict[str, Any], mode: str, threshold: int) -> str:
    """Name of the draft on the device: a form of another client, version, list of stages or promise has its own."""
    stages = [stage["key"] for stage in data["stages"]]
    told = json.dumps([data["client"], data["version"], stages, mode, threshold], ensure_ascii=False)
    return f"questionnaire-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def source(name: str) -> str:
    """form.js or form.css."""
    return (FOLDER / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
