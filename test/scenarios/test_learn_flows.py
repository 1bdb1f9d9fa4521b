# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The flow cache: it expires, it is bounded, and a flood does no harm."""
import re
import time

import pytest

from sipharness import unseen
from sipharness.first_calls import (IPV4_PAIR, UA4, UE6, answer,
                                    ask_and_answer, invite, learn, mended,
                                    news, only, own_values, ringing, rings)
from sipharness.script import LEARN
from sipharness.workers import Workers


def test_proof_expires(lab):
    """flow_expire=1: asked again"""
    with learn(lab, "FLOW_EXPIRE=1") as s:
        ask_and_answer(s, unseen.RECEIVED)
        time.sleep(2.5)  # no event tells of it
        request = ask_and_answer(s, unseen.RECEIVED, 2)
        assert own_values(request) == IPV4_PAIR
        s.stats(probes=2, proofs=2)


def test_flood_of_flows(lab):
    """flows=1: each new one evicts; all calls go through, none is asked more
    than once"""
    with learn(lab, "FLOWS=1") as s:
        for n in range(1, 301):
            phone = invite(s, n, 41000 + n)
            assert len(only(news(s, phone), "OPTIONS ")) <= 1
            request = only(news(s, s.phone(UA4)), "INVITE ")[0]
            assert rings(s, request, 41000 + n) == IPV4_PAIR
        request, port = ask_and_answer_late(s)
        assert rings(s, request, port) == mended()


def ask_and_answer_late(s):
    """Flow after flow, until the rate limit lets one be asked"""
    end = time.monotonic() + 5
    for n in range(301, 400):
        assert time.monotonic() < end, "none is asked any more"
        port = 41000 + n
        phone = invite(s, n, port)
        questions = only(news(s, phone), "OPTIONS ")
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        if questions:
            break
        rings(s, request, port)
        time.sleep(0.1)  # the limit counts by the second
    s.known.clear()
    answer(s, phone, questions[0], unseen.RECEIVED, port)
    return request, port


@pytest.mark.parametrize("workers", [1, 4])
def test_rate_limit(lab, workers):
    """A burst of new flows from one address: half of the 50 that are asked in a
    second, by all workers together; no call suffers; who was left out is asked
    with its next call"""
    with learn(lab, workers=workers) as s, Workers(s) as all_workers:
        ports = range(41000, 41150)
        begin = time.monotonic()
        called = 0
        for n, port in enumerate(ports):
            invite(s, n, port)
            if n % 30 < 29:
                continue
            all_workers.idle()
            for request in only(news(s, s.phone(UA4)), "INVITE "):
                s.phone(UA4).send(ringing(request))
                called += 1
        all_workers.idle()
        asked = [p for p in ports
                 if only(news(s, s.phone((UE6[0], p))), "OPTIONS ")]
        seconds = int(time.monotonic() - begin) + 2
        assert 25 <= len(asked) <= 25 * seconds and len(asked) < 150
        assert called == 150
        assert s.stat("probes_left_out") >= 150 - len(asked)
        left_out = next(p for p in ports if p not in asked)
        time.sleep(1.1)  # the limit counts by the second
        phone = invite(s, 200, left_out)
        all_workers.idle()
        assert len(only(news(s, phone), "OPTIONS ")) == 1
        news(s, s.phone(UA4))


def test_full_of_proofs(lab):
    """Room for eight: the ninth that proves takes the place of another"""
    with learn(lab, "FLOWS=1") as s:
        for n in range(9):
            ask_and_answer(s, unseen.RECEIVED, n, 41000 + n)
        s.proxy.settle()
        s.stats(proofs=9, flows_evicted=1)


BAD = {
    "believe": ('BELIEVE="anything"', "anything",
                "must be shown or configured"),
    "probe": ("PROBE=2", "2", "must be 0 or 1"),
    "flows": ("FLOWS=0", "0", "must be 1 to 16777216"),
    "flow_expire": ("FLOW_EXPIRE=0", "0", "must be 1 to 16777216"),
    "received_avp": ('RECEIVED_AVP="received"', "received",
                     "must be an AVP such as $avp(received)"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_parameter(lab, name):
    define, text, right = BAD[name]
    log = lab.refused(cfg=LEARN, defines=[
        f'CTL_SOCKET="unix:{lab.folder}/ctl"', define])
    lines = [m for m in log.splitlines()
             if re.search(r"(ERROR|CRITICAL): nat64sip ", m)]
    assert len(lines) == 1, lines
    assert lines[0].endswith(f'parameter "{name}", value "{text}": {right}')
