# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Two labs at once: neither knows of the other."""

from conftest import STOCK, new_plan
from lablib import capture, dns, lab, phones, pcap, proxy, sipmsg


def _registered(plan):
    """Call-IDs of this lab's REGISTERs."""
    seen = sipmsg.messages(pcap.packets(capture.file_of(plan, "core")))
    return {m.call_id for m in seen if m.method == "REGISTER"
            and m.status == 200}


def test_two_labs(permitted):
    one = new_plan(config=STOCK)
    two = new_plan(config=STOCK, pref64="2001:db8:100::/40")
    try:
        lab.up(one)
        lab.up(two)
        for plan in (one, two):
            assert lab.healthy(plan)
            capture.flush(plan)
            assert dns.ask_aaaa(plan) == [plan.proxy6]
        assert len(_registered(one)) == len(_registered(two)) == 2
        assert not _registered(one) & _registered(two)
        lab.down(one)
        assert not lab.healthy(one)
        assert lab.healthy(two)
        assert proxy.probe_from(two, "ue", 2.0)
        for phone in two.phones:
            phones.wait_registered(two, phone)
    finally:
        lab.down(one)
        lab.down(two)
