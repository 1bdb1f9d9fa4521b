# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The clock is set by a day, forth and back, while Kamailio runs: calls go on,
the next ones are made; after a step forth phones register again."""
import glob
import os

import pytest

from sipharness.dialogs import PAIRS, Dialog, Proxy

from faultlib.phones import again

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"
STEPS = {"forth": "+1d", "back": "-1d"}


@pytest.fixture
def clock(tmp_path, monkeypatch):
    """Sets the clock of what is started from now on"""
    found = glob.glob(LIBRARY)
    if not found:
        pytest.skip("libfaketime is not installed")
    path = tmp_path / "clock"
    path.write_text("+0\n")
    for name, value in (("LD_PRELOAD", found[0]),
                        ("FAKETIME_TIMESTAMP_FILE", str(path)),
                        ("FAKETIME_NO_CACHE", "1"),
                        # what counts since the start is not set by anybody
                        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
                        ("DONT_FAKE_MONOTONIC", "1")):
        monkeypatch.setenv(name, value)
    yield lambda step: path.write_text(step + "\n")


def start(lab):
    s = Proxy(lab)
    os.environ.pop("LD_PRELOAD", None)
    return s


@pytest.mark.parametrize("pair", ["ue6-ua4", "ua4-ue6"])
@pytest.mark.parametrize("steps", [("forth",), ("back",), ("forth", "back")],
                         ids="-".join)
def test_steps_in_mid_call(lab, clock, pair, steps, record_property):
    with start(lab) as s:
        d = Dialog(s, *PAIRS[pair])
        d.call()
        for step in steps:
            clock(STEPS[step])
            for ua in (d.caller, d.callee):
                req = d.request(ua, "INVITE", d.body(ua))
                d.answer(req, body=d.body(d.other(ua)))
                d.ack(req)
        d.bye(d.callee)
        for ua in (d.caller, d.callee):
            d.phone(ua).send(again(d, ua))
            assert d.receive(ua).startswith("SIP/2.0 200 ")
        d.afresh("next")
        d.call()
        d.bye(d.caller)
    record_property("faults", len(steps))


def test_it_is_another_day(lab, clock):
    """The clock that is set is Kamailio's: a binding of an hour is gone"""
    with start(lab) as s:
        d = Dialog(s, *PAIRS["ua4-ue6"])
        clock(STEPS["forth"])
        d.phone(d.caller).send(d.build(d.caller, "INVITE", "",
                                       d.body(d.caller), 101, "x"))
        assert d.receive(d.caller).startswith("SIP/2.0 404 ")
