# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The phones' messages in the call files are those of the captures."""
import glob
import os

import pytest

from sipharness import callfile, captures, lab

CALLS = sorted(os.path.basename(p)[:-5] for p in
               glob.glob(os.path.join(lab.HERE, "calls", "*.call")))


def from_captures(name):
    return [b for b in callfile.parse(lab.call_text(name)) if b.origin]


WITH_ORIGIN = [n for n in CALLS if ", from " in lab.call_text(n)]


@pytest.mark.skipif(not captures.folder(), reason="the captures are not "
                    "beside the checkout (N64_CAPTURES says where)")
@pytest.mark.parametrize("name", WITH_ORIGIN)
def test_phone_messages_are_octet_true(name):
    """But for what a phone echoes of the proxy: own values, Via, its tags"""
    for block in from_captures(name):
        assert not block.by_proxy
        assert any(captures.is_as_captured(block.text, captured)
                   for captured in captures.messages(*block.origin)), (
            f"{block.origin}: {block.first_line}")


def test_each_phone_and_transport_is_there():
    """baresip, linphone and PJSIP as UE6, UDP and TCP"""
    files = {b.origin[0].split("-")[0] + " " + b.proto
             for n in WITH_ORIGIN for b in from_captures(n)
             if b.who == "ue6"}
    assert files == {f"{ua} {proto}" for ua in ("baresip", "linphone", "pjsua")
                     for proto in ("udp", "tcp")}
