# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A peer on IPv4 that sends each packet of media back to where it came from:
SIPp beside the UA4, in a lab without a media relay.

The UE6 calls it and hears itself: its tone went through the NAT64 both ways.
"""

import dataclasses
import os
import time

from . import audio, call, capture, media, phones, process
from . import plan as P
from .sipp import SCENARIOS
from .wait import until

NAME, USER, SIP_PORT, MEDIA_PORT = "echo", "greta", 5080, 6000


def _start(plan):
    keys = {"domain": P.DOMAIN, "user": USER, "peer": "nobody",
            "host": P.UA4_ADDR, "addr": P.UA4_ADDR, "param": "",
            "hangup": "no"}
    cmd = ["sipp", f"{P.PROXY_ADDR}:{P.SIP_PORT}", "-i", P.UA4_ADDR,
           "-p", str(SIP_PORT), "-m", "1", "-nostdin", "-timeout", "120",
           "-rtp_echo", "-mi", P.UA4_ADDR, "-mp", str(MEDIA_PORT),
           "-sf", os.path.join(SCENARIOS, "silent.xml"),
           "-oocsf", os.path.join(SCENARIOS, "echo.xml"),
           "-trace_msg", "-message_file", plan.path("log", "echo-sip.log")]
    for key, value in keys.items():
        cmd += ["-key", key, value]
    process.start(plan, NAME, cmd, space="ua4")


def _registered(plan):
    try:
        with open(plan.path("log", "echo-sip.log"), "rb") as src:
            return b"SIP/2.0 200 " in src.read()
    except FileNotFoundError:
        return False


def place(plan, caller="ue", hold=True):
    """A call to such a peer, with a hold; the Case for the judge."""
    phones.bring_up(plan, "udp")
    pair, before = (caller, "ua4"), phones.recordings(plan, caller)
    since = time.time()
    _start(plan)
    try:
        until(lambda: _registered(plan), f"{USER} to register",
              alive=lambda: process.must_live(plan, NAME))
        with phones.control(plan, caller) as control:
            control.command("dial", f"sip:{USER}@{P.DOMAIN}")
            if control.event(("CALL_ESTABLISHED",), 10):
                call.talk(plan, pair, since, 2.0)
                if hold:
                    call.hold_on(plan, pair, control)
            control.command("hangup")
        heard = phones.heard(plan, caller, before)
        capture.flush(plan)
    finally:
        process.stop(plan, NAME)
    return _case(plan, pair, since, heard, hold)


def _case(plan, pair, since, path, hold):
    """Both are to hear the caller's tone; of the echo, what reached it."""
    tone = phones.tone_of(pair[0])
    case = call.collect(plan, pair, pair[0], "udp", since, None,
                        pair[0] if hold else "")
    heard = {pair[0]: audio.listen(path, tone) if path else None,
             "ua4": media.listen(case.direct[pair[0]].came, tone)}
    end = dataclasses.replace(case.ends["ua4"], port=SIP_PORT)
    return dataclasses.replace(case, heard=heard,
                               wanted={phone: tone for phone in pair},
                               ends={**case.ends, "ua4": end})
