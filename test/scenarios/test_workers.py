# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Four UDP workers: what one of them learns, all know."""
import pytest

from sipharness import callfile, shapes, unseen
from sipharness.first_calls import (IPV4_PAIR, UA4, UE6, answer, invite, learn,
                                    mended, news, only, own_values, rings)
from sipharness.lab import call_text
from sipharness.script import Script
from sipharness.workers import Workers
from test_learn_registered import MARK, call_it, probe, register

WORKERS = 4
COPIES = 40  # what the socket's buffer holds


def test_each_part_of_a_call_in_another_worker(lab):
    """The INVITE in one, the answer to the probe in the second, the 180 that
    is mended in the third, the next call in the fourth"""
    with learn(lab, workers=WORKERS) as s, Workers(s) as workers:
        workers.only(0)
        phone = invite(s)
        question = only(news(s, phone), "OPTIONS ")[0]
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        assert own_values(request) == IPV4_PAIR
        workers.only(1)
        answer(s, phone, question, unseen.RECEIVED)
        workers.only(2)
        assert rings(s, request) == mended()
        workers.only(3)
        invite(s, 2)
        request = only(news(s, s.phone(UA4)), "INVITE ")[0]
        assert own_values(request) == mended()
        assert not only(news(s, phone), "OPTIONS ")
        s.stats(probes=1, proofs=1, mended=1)


def test_disproof_in_another_worker(lab):
    with learn(lab, workers=WORKERS) as s, Workers(s) as workers:
        workers.only(0)
        phone = invite(s)
        question = only(news(s, phone), "OPTIONS ")[0]
        workers.only(1)
        answer(s, phone, question, "")
        workers.only(2)
        invite(s, 2)
        requests = only(news(s, s.phone(UA4)), "INVITE ")
        assert own_values(requests[1]) == shapes.PLAIN
        assert not only(news(s, phone), "OPTIONS ")
        s.stats(probes=1, disproofs=1)


def test_registered_in_one_called_by_another(lab):
    """REGISTER, the answer, the REGISTER that is marked, the call to it"""
    question, reply = probe("192.0.2.1:46546")
    ask, ok = register()
    with Script(lab, workers=WORKERS) as s, Workers(s) as workers:
        workers.only(0)
        s.play(ask + question + ok)
        workers.only(1)
        s.play(reply)
        workers.only(2)
        s.play("".join(register(1, MARK)))
        s.stats(probes=1, proofs=1, marked=1)
        workers.only(3)
        call_it(s)
        s.stats(probes=1, no_pref64=0)


def invites(s):
    """One call after the other"""
    for n in range(COPIES):
        phone = invite(s, n)
    return phone


def copies(s):
    """The same call again and again"""
    for _ in range(COPIES):
        phone = invite(s)
    return phone


def registers(s):
    phone = s.phone(("192.0.2.1", 46546))
    for n in range(COPIES):
        phone.send(callfile.parse(register(n)[0])[0].text)
    return phone


BURSTS = {"invites": invites, "copies": copies, "registers": registers}


@pytest.mark.parametrize("burst", BURSTS)
def test_never_a_second_probe(lab, burst):
    """All of them wait until all workers take them at once: one OPTIONS"""
    with learn(lab, workers=WORKERS) as s, Workers(s) as workers:
        workers.none()
        phone = BURSTS[burst](s)
        workers.all()
        workers.idle()
        asked = only(news(s, phone), "OPTIONS ")
        assert len(asked) == 1, asked
        called = only(news(s, s.phone(UA4)), "INVITE ")
        assert len(called) == {"invites": COPIES, "copies": 1,
                               "registers": 0}[burst]
        s.stats(probes=1)
        answered = s.phone(UE6)
        news(s, answered)
