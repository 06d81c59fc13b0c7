"""QR codes of addresses, dark on white whatever the theme: scanners need it."""

from __future__ import annotations

from io import BytesIO

import segno

#: Modules of white around the code, as ISO/IEC 18004 asks.
QUIET_ZONE = 4


def qr_svg(url: str) -> bytes:
    """A scalable image, for posters and documents."""
    out = BytesIO()
    _code(url).save(out, kind="svg", border=QUIET_ZONE, scale=8, light="#ffffff", xmldecl=False)
    return out.getvalue()


def qr_png(url: str) -> bytes:
    """An image of about 500 pixels, for slides and mails."""
    code = _code(url)
    scale = max(4, -(-500 // code.symbol_size(border=QUIET_ZONE)[0]))
    out = BytesIO()
    code.save(out, kind="png", border=QUIET_ZONE, scale=scale)
    return out.getvalue()


def _code(url: str) -> segno.QRCode:
    """Level Q: a quarter of a crumpled poster may be hidden."""
    return segno.make_qr(url, error="q")
