"""Word files whose bytes depend on their content only."""

from __future__ import annotations

import io
import zipfile

#: Earliest date that a zip archive can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def reproducible(data: bytes) -> bytes:
    """The same package with its parts in a fixed order and without a time of writing."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in sorted(source.namelist(), key=_order):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, source.read(name))
    return out.getvalue()


def _order(name: str) -> tuple[int, str]:
    """Readers that sniff a file's type want ``[Content_Types].xml`` first."""
    return (0 if name == "[Content_Types].xml" else 1, name)
