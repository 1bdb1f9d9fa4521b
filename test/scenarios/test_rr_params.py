# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What a script hands to add_dual_rr(): URI parameters, or it is told."""
import re

import pytest

from sipharness import ctl, shapes
from sipharness.shapes import FTAG, PAIR, STATIC, V4

BAD = {"no-semicolon": "svc=a", "blank": " ;svc=a", "at": ";svc=a@b",
       "angle": ";svc=<a>", "comma": ";svc=a,b", "empty-name": ";=a",
       "empty-value": ";svc=", "last-empty": ";svc=a;", "percent": ";svc=%4"}
RIGHT = ('must be URI parameters with a ";" before each, such as ";svc=a"')


@pytest.mark.parametrize("case", BAD)
def test_constant_stops_the_start(lab, case):
    log = lab.refused(defines=[STATIC, f'RR_PARAMS_TEXT="{BAD[case]}"'])
    lines = [line for line in log.splitlines()
             if re.search(r"(ERROR|CRITICAL): nat64sip ", line)]
    assert len(lines) == 1, lines
    assert lines[0].endswith(
        f': function "add_dual_rr", value "{BAD[case]}": {RIGHT}'), lines


def with_params(rr, text):
    return rr.replace(f";ftag={FTAG};lr>", f"{text};ftag={FTAG};lr>")


@pytest.mark.parametrize("text", [";svc=a", ";svc=%41;b;c=[::1]:5/~"])
def test_constant(lab, text):
    lab.proxy(defines=[STATIC, f'RR_PARAMS_TEXT="{text}"'])
    lab.play("one-invite", **shapes.invite(rr=with_params(PAIR, text)))


IPV4 = {"via": "192.0.2.1:39859", "contact": "192.0.2.1:39859",
        "body_in": shapes.body("IP4 192.0.2.1")}
OF = {"good": (";svc=b", 0), **{name: (text.strip(), 1)
                                for name, text in BAD.items()
                                if name != "blank"}}


@pytest.mark.parametrize("phone", ["ue6", "ipv4"])
@pytest.mark.parametrize("case", OF)
def test_variable(lab, case, phone):
    """A bad one is left out and counted; the Record-Route is written"""
    text, bad = OF[case]
    rr, changed = PAIR, {}
    if phone == "ipv4":
        rr, changed = shapes.PLAIN, IPV4
    if not bad:
        rr = with_params(PAIR, text) if phone == "ue6" else (
            f"Record-Route: <sip:{V4};lr;ftag={FTAG}{text}>\n")
    _, ask = ctl.proxy(lab, STATIC, "RR_PARAMS_OF")
    lab.play("one-invite", **shapes.invite(
        rr=rr, **{"in": f"X-Params: {text}\n"}, **changed))
    assert ask.stats("bad_params") == ({"bad_params": 1} if bad else {})
