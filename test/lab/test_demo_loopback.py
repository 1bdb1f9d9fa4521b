# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The demonstration where no lab can be made."""

import os
import subprocess

from conftest import TOP, on_another_proxy


def _demo(pages, *options, env=None):
    args = [os.path.join(TOP, "utils", "demo"), "--pages", pages, *options,
            *on_another_proxy(options)]
    return subprocess.run(args, capture_output=True, text=True, timeout=90,
                          check=False, env=env)


def test_demo_loopback(tmp_path):
    done = _demo(tmp_path, "--loopback")
    assert done.returncode == 0, done.stdout + done.stderr
    text = done.stdout
    assert "FAIL" not in text
    assert text.count("PASS") == 22
    assert "No lab here" in text and "What this does not show" in text
    assert "UE6 calls UA4" in text and "UA4 calls UE6" in text
    assert "+ Record-Route: <sip:[" in text
    assert "+ c=IN IP6 " in text
    for name in ("ue-ua4", "ua4-ue"):
        page = tmp_path / f"{name}.html"
        assert f"The ladder as a page: {page}" in text
        assert page.read_text(encoding="utf-8").count('<a class="arrow') >= 12


def test_ladder_is_causal(tmp_path):
    """Nothing leaves the proxy before it entered it."""
    lines = _demo(tmp_path, "--loopback").stdout.splitlines()
    bye = [n for n, line in enumerate(lines) if "  BYE sip:" in line]
    ack = [n for n, line in enumerate(lines) if "  ACK sip:" in line]
    assert len(bye) == len(ack) == 4
    assert "|<--------------|  BYE" in lines[bye[0]]
    assert "|<--------------|               |  BYE" in lines[bye[1]]
