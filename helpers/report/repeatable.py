"""An office document whose bytes depend on its content only: the time of writing is taken out of its package."""

from __future__ import annotations

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file can hold; XlsxWriter writes it too."""


def repeatable(package: bytes) -> bytes:
    """The same package with every part dated 1980-01-01, in the order in which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            named = zipfile.ZipInfo(part.filename, EPOCH)
            named.compress_type = zipfile.ZIP_DEFLATED
            named.external_attr = 0o600 << 16
            # As on every system: the default says which one wrote the file.
            named.create_system = 3
            new.writestr(named, old.read(part))
    return out.getvalue()
