# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What guide.md, comparison.md, deviations.md and architecture.md name is
there. Their commands are run by test_guide.py of the scenarios, and by
test_guide_tool.py of the tool."""
import re
import xml.etree.ElementTree as ElementTree

import pytest

import pages
from pages import DOC, PAGES, ROOT

each = pytest.mark.parametrize("page", PAGES)


@each
def test_what_is_named_is_there(page):
    assert len(pages.spans(page)) > 10
    assert not list(pages.faults(page))


@pytest.mark.parametrize("span", [
    "test_sdp.py::test_to_mars", "test_mars.py::test_to_ue6", "make mars",
    "nat64sip.mars", "$nat64(mars)", "mars_relay()", "WITH_MARS",
    "etc/mars.cfg", "modules/nat64sip/n64_mars.c", "state: mars",
    "mars=1", "sdp_left_mars", "mars_interval", "mars", "What is this?"])
def test_what_is_not_there_is_found(monkeypatch, span):
    monkeypatch.setattr(pages, "text", lambda page: f"See `{span}`.\n")
    assert len(list(pages.faults("x.md"))) == 1


def test_names_of_others_are_used_here():
    for group in pages.IN_ETC:
        assert not {n for n in pages.OTHERS[group] if n not in pages.shipped()}


def anchors(page):
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
            for title in re.findall(r"(?m)^#+ (.+)$", page.read_text())}


@each
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)]+)\)", pages.text(page)):
        if re.match(r"https://", target):
            continue
        name, _, anchor = target.partition("#")
        path = (DOC / name).resolve() if name else DOC / page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target


def section(title):
    return pages.text("guide.md").split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_every_statistic_is_read_in_the_guide():
    named = set(re.findall(r"`(\w+)`", section("Reading the statistics")))
    assert not (pages.statistics() | pages.flow_statistics()) - named


def test_parameters_in_the_blocks_are_there():
    set_there = [name for page in PAGES for block in pages.blocks(page)
                 for line in block
                 for name in re.findall(r'modparam\("nat64sip", "(\w+)"',
                                        line)]
    assert set_there and set(set_there) <= pages.parameters()


SECTIONS = re.findall(r"(?ms)^(#{2,3} .+?)\n(.*?)(?=^##|\Z)",
                      pages.text("deviations.md"))


@pytest.mark.parametrize("title,body", [
    (title, body) for title, body in SECTIONS if body.strip()],
    ids=lambda value: value[:40])
def test_each_deviation_names_its_test(title, body):
    assert re.search(r"`test_\w+\.py::|`test/cases/sdp/|no test of ours", body)


def test_picture():
    """One, small, without a script; the page shows it"""
    path = DOC / "architecture.svg"
    assert path.stat().st_size < 10_000
    root = ElementTree.parse(path).getroot()
    tags = {e.tag.split("}")[1] for e in root.iter()}
    assert {"title", "desc", "style"} <= tags and "script" not in tags
    assert "prefers-color-scheme: dark" in path.read_text()
    assert "(architecture.svg)" in pages.text("architecture.md")
    drawn = " ".join(e.text or "" for e in root.iter())
    files = set(re.findall(r"\b[a-z0-9_]+\.c\b", drawn))
    assert len(files) > 30
    missing = [f for f in files if not (pages.MODULE / f).exists()
               and not (ROOT / "nat64sip" / f).exists()]
    assert not missing


@each
def test_it_is_led_to_and_installed(page):
    path = f"modules/nat64sip/doc/{page}"
    for other in ("README.md", "utils/debian/kamailio-nat64sip-modules.docs"):
        assert path in (ROOT / other).read_text(), other
    assert page in (ROOT / "mk/install.mk").read_text()
    overview = pages.source("doc/nat64sip_admin.xml").split(
        '<section id="nat64sip.dependencies">')[0]
    assert f"doc/{page}" in overview
