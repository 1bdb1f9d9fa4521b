# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Nothing is configured: the first call of a phone that nobody ever saw. Its
answer to the probe comes before the 180, and our own value is mended."""
import re
import time

import pytest

from sipharness import unseen
from sipharness.lab import call_text
from sipharness.script import Script

UDP = ["ue6-ua4-baresip-udp", "ue6-ua4-bye-from-ua4", "ue6-ua4-linphone-udp",
       "ue6-ua4-pjsip-udp"]
TCP = ["ue6-ua4-baresip-tcp", "ue6-ua4-linphone-tcp", "ue6-ua4-pjsip-tcp"]


@pytest.mark.parametrize("call", UDP + TCP)
def test_first_call_of_a_phone(lab, call):
    """Each message to the octet: the values in the IPv4 form towards UA4, in
    the synthetic form towards UE6; ACK, and BYE from either side"""
    before, after = unseen.halves(call_text(call))
    with Script(lab) as s:
        s.play(before)
        s.until("proofs", 1)
        s.play(after)
        s.stats(probes=1, received_foreign=0, received_unmatched=0)
        if call in TCP:
            assert lab.wire.read() and unseen.connections(lab.wire) == {
                ("192.0.2.30", "192.0.2.10"): 1,
                ("192.0.2.1", "192.0.2.10"): 1}


@pytest.mark.parametrize("call", ["ue6-ua4-baresip-udp",
                                  "ue6-ua4-bye-from-ua4"])
def test_dual_stack_phone(lab, call):
    """It writes IPv6 everywhere, but its packets are IPv4 all the way: by the
    hint until it has answered, right from then on"""
    before, after = unseen.halves(call_text(call), received="")
    after = unseen.own_values(after.replace(unseen.RECEIVED, ""))
    after = after.replace("IN IP6 2001:db8:64::c000:21e", "IN IP4 192.0.2.30")
    after = after.replace("Content-Length: 330", "Content-Length: 308")
    with Script(lab) as s:
        s.play(before)
        s.until("disproofs", 1)
        s.play(after)
        s.stats(probes=1, proofs=0, mended=0)


def until_answered(s):
    """UE6's call until it has the 200; UA4's 200 and what UE6 got of it"""
    before, after = unseen.halves(call_text("ue6-ua4-baresip-udp"))
    s.play(before)
    s.until("proofs", 1)
    blocks = unseen.CHUNK.split(after)
    ack = next(i for i, b in enumerate(blocks) if "\nACK " in b)
    s.play("".join(blocks[:ack]))
    return blocks[ack - 2], blocks[ack - 1], blocks[ack:]


def to_ue6(lab, status):
    return [m.data for m in lab.wire.read() if m.dst[0] == "192.0.2.1"
            and m.data.startswith(b"SIP/2.0 " + status)]


def test_retransmitted_200_is_mended_alike(lab):
    with Script(lab) as s:
        ok, _, rest = until_answered(s)
        for _ in range(2):
            s.play(ok)
            s.proxy.settle()
        got = [m for m in to_ue6(lab, b"200 Answering")]
        assert len(got) == 3 and len(set(got)) == 1
        assert b"[2001:db8:64::c000:20a]:5060" in got[0]
        s.play("".join(rest))


def test_late_200_is_not_harmed(lab):
    """The transaction is gone: a stateless proxy's 200, but for the Via, the
    Contact and the SDP as UA4 sent it; the call goes on"""
    with Script(lab, "WT_TIMER=1000") as s:
        ok, mended, rest = until_answered(s)
        s.play("".join(rest[:2]))
        time.sleep(2.5)  # no event tells of it
        s.play(ok)
        late = ok.split("\n")
        late = mended.split("\n")[:1] + [
            line for line in late[1:] if "SIP/2.0/UDP 192.0.2.10;" not in line]
        text = "\n".join(late).partition("\nv=0")[0] + "\nv=0" \
            + mended.partition("\nv=0")[2]
        for name in ("Content-Length", "Contact"):
            line = re.search(f"(?mi)^{name}: .*$", mended)[0]
            text = re.sub(f"(?mi)^{name}: .*$", line, text)
        s.play(text)
        s.play("".join(rest[2:]))
