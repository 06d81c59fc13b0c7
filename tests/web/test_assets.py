"""Stylesheets and scripts: one address per content, small, cached for good."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import Structure
from surveyapp.services.transaction import transaction
from surveyapp.web.assets import BUNDLES, STATIC, asset, build

COLOUR = "#1d5c63"


def stylesheet(client: FlaskClient) -> str:
    page = client.get("/confidentialite").text
    found = re.search(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_public_page_loads_one_stylesheet_and_one_icon(client: FlaskClient) -> None:
    page = client.get("/confidentialite").text
    assert re.findall(r'<link rel="(\w+)"', page) == ["icon", "stylesheet"]
    assert "<style" not in page
    assert "style=" not in page


def test_the_stylesheet_is_compressed_and_cached_for_a_year(client: FlaskClient) -> None:
    answer = client.get(stylesheet(client), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css; charset=utf-8"
    assert len(answer.data) < 40_000
    text = gzip.decompress(answer.data).decode()
    assert "Bootstrap" in text
    assert ".skip-link" in text
    assert "sourceMappingURL" not in text


def test_a_browser_without_gzip_gets_the_same_text(client: FlaskClient) -> None:
    address = stylesheet(client)
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert plain.data == gzip.decompress(packed.data)


def test_an_older_address_gives_the_present_content_uncached(client: FlaskClient) -> None:
    answer = client.get("/assets/000000000000/public.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.css", "../config.py", "..%2f__init__.py", ""])
def test_only_files_of_the_static_folder_are_sent(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/000000000000/{name}").status_code == 404


def test_the_address_changes_with_the_colour_of_the_structure(
    app: Flask, client: FlaskClient
) -> None:
    before = stylesheet(client)
    with transaction() as session:
        session.add(Structure(id=1, name="CPTS du Val-Fictif", color="#8a2f4f"))
    after = stylesheet(client)
    assert before != after
    assert "--brand:#8a2f4f" in client.get(after).text


def test_every_file_of_a_bundle_exists() -> None:
    for parts in BUNDLES.values():
        for part in parts:
            assert part.startswith("@") or (STATIC / part).is_file(), part


def test_the_same_content_has_the_same_bytes() -> None:
    first = build("public.css", COLOUR)
    build.cache_clear()
    assert build("public.css", COLOUR) == first


def test_the_icon_is_an_image_and_old_browsers_find_it(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        assert client.get(asset("icon.svg")).content_type.startswith("image/svg+xml")
    assert client.get("/favicon.ico").location.endswith("/icon.svg")
