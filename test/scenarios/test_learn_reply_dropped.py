# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A module beside ours ends a reply that we have looked at: tm never gets it,
and nothing of its transaction may be held."""
import os
import re
import time

import pytest

from sipharness.ctl import Ctl
from sipharness.first_calls import UA4, invite, learn, news, only, ringing
from sipharness.kamailio import ROOT
from sipharness.texts import NONE, response

MODULE = os.path.join(os.environ.get("N64_BUILD", os.path.join(ROOT, "build")),
                      "modules", "drop_replies.so")
FREED = 15  # s that tm may take


def transactions(s):
    text = Ctl(s.ctl).ask("tm.stats")
    return {name: int(re.search(rf"{name}: (\d+)", text)[1])
            for name in ("created", "freed")}


def end_call(s, phone, request):
    """UA4 is busy; UE6 acknowledges"""
    s.phone(UA4).send(response(request, "486 Busy Here", body=NONE))
    busy = only(news(s, phone), "SIP/2.0 486 ")[0]
    to = re.search("(?m)^To: .*$", busy)[0]
    via = re.search("(?m)^Via: .*$", busy)[0]
    call = re.search("(?m)^Call-ID: .*$", busy)[0]
    phone.send("ACK sip:bob@sip.example.test SIP/2.0\n" + "\n".join(
        [via, "Max-Forwards: 70", to, re.search("(?m)^From: .*$", busy)[0],
         call, "CSeq: 17478 ACK", "Content-Length: 0", "", ""]))
    news(s, s.phone(UA4))


@pytest.mark.parametrize("place", ["MODULE_BEFORE", "MODULE_AFTER"])
def test_nothing_is_held(lab, place):
    """The 180 shows what proves nothing of UA4, but tm is asked whose it is"""
    with learn(lab, "PROBE=0", "WT_TIMER=1000", f'{place}="{MODULE}"') as s:
        for n in range(1, 4):
            phone = invite(s, n)
            request = only(news(s, s.phone(UA4)), "INVITE ")[0]
            s.phone(UA4).send(re.sub(
                r"(?m)^(Via: SIP/2.0/UDP 192.0.2.10[^\n,]*)",
                r"\1;received=2001:db8:64::c000:20a\nX-Drop: 1",
                ringing(request), count=1))
            assert not only(news(s, phone), "SIP/2.0 180 ")
            end_call(s, phone, request)
        assert s.stat("received_unmatched") in (0, 3)
        end = time.monotonic() + FREED
        while transactions(s)["freed"] < transactions(s)["created"]:
            assert time.monotonic() < end, transactions(s)
            time.sleep(0.1)
        assert transactions(s)["created"] >= 3
