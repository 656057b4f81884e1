"""``python -m helpers.locale``: find the texts in the sources, update the ``.po`` files, compile the ``.mo`` files.

Translations are kept. Texts that left the sources stay below as ``#~`` until ``--tidy``; ``--check`` writes nothing
and ends with 1 where something is to do.
"""

from __future__ import annotations

import argparse
import sys

from helpers.locale.catalogue import LANGUAGES, extract, po_path, read, to_mo, to_po


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m helpers.locale", description=__doc__)
    parser.add_argument("--tidy", action="store_true", help="drop translations of texts that are no longer used")
    parser.add_argument("--check", action="store_true", help="only say what is to do")
    chosen = parser.parse_args(arguments)
    texts = extract()
    todo = 0
    for language in LANGUAGES:
        old = read(language)
        new = old.updated(texts, tidy=chosen.tidy)
        path = po_path(language)
        if chosen.check:
            stale = not path.is_file() or path.read_text(encoding="utf-8") != to_po(new)
            todo += stale or bool(new.missing() or new.obsolete or new.fuzzy)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(to_po(new), encoding="utf-8", newline="\n")
            path.with_suffix(".mo").write_bytes(to_mo(new))
        sys.stdout.write(
            f"{language}: {len(texts)} texts, {len(new.missing())} to translate, {len(new.fuzzy)} fuzzy, "
            f"{len(new.obsolete)} no longer used\n"
        )
    return 1 if todo else 0


if __name__ == "__main__":
    sys.exit(main())
