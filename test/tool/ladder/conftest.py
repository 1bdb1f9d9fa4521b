# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the command line tool's tests share."""
import os
import shutil
import sys

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from browser import Browser  # noqa: E402
from capturing import CAPTURES, call_with_media, pcap, run  # noqa: E402


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    for program in ("chromedriver", "chromium", "pdftotext"):
        if not shutil.which(program):
            pytest.skip(f"NO BROWSER HERE: {program} is not installed")
    made = Browser(tmp_path_factory.mktemp("chromium"))
    yield made
    made.close()


@pytest.fixture(scope="session", autouse=True)
def _captures():
    if not os.path.isdir(CAPTURES):
        pytest.skip(f"NO CAPTURES HERE: {CAPTURES}")


@pytest.fixture(name="draw")
def _draw(tmp_path):
    """Draw packet lists, one capture each; the page's path."""
    def draw(*lists, options=()):
        paths = []
        for number, packets in enumerate(lists):
            paths.append(tmp_path / f"{number}.pcap")
            pcap.write(paths[-1], packets)
        page = tmp_path / "call.html"
        done = run("ladder", *paths, "-o", page, *options)
        assert done.returncode == 0, done.stderr
        assert not done.stderr
        return page
    return draw


@pytest.fixture(name="page")
def _page(draw):
    return draw(*call_with_media())
