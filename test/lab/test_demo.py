# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""`make demo`'s program as a newcomer runs it."""

import os
import re
import subprocess

from conftest import STOCK, TOP, on_another_proxy

DEMO = os.path.join(TOP, "utils", "demo")


def _run(pages, *options):
    args = [DEMO, "--pages", pages, *options, *on_another_proxy(options)]
    return subprocess.run(args, capture_output=True, text=True, timeout=120,
                          check=False)


def test_demo(permitted, tmp_path):
    done = _run(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "28 of 28 proofs passed" in done.stdout
    assert "FAIL" not in done.stdout
    for name in ("ue-ua4", "ua4-ue"):
        page = tmp_path / f"{name}.html"
        assert f"The ladder as a page: {page}" in done.stdout
        text = page.read_text(encoding="utf-8")
        assert text.count('<a class="arrow') >= 12
        lanes = re.findall('class="name"[^>]*>([^<]*)', text)
        assert lanes == ["UE6", "NAT64", "proxy", "relay", "UA4"]
        assert text.count('<g class="bar"') >= 2


def test_demo_without_module(permitted, tmp_path):
    """It says so when a proof fails, in its exit status too."""
    done = _run(tmp_path, "--config", STOCK, "--seconds", "1")
    assert done.returncode == 1
    assert "FAIL  ACK arrived at UA4" in done.stdout
