# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Kinds of calls by what media they have: how each is played and judged.

A kind that is added to KINDS is in the table of 'utils/lab matrix --media'.
"""

import dataclasses
import time
from dataclasses import dataclass

from . import (call, capture, lab, media, phones, proofs, proofs_ice,
               proofs_media, proofs_secret, scripted)
from . import plan as P
from .control import Control
from .errors import LabError
from .scripted import Script
from .wait import until

SECONDS = 2.0         # of media
RTCP_SECONDS = 6.0    # baresip reports each five
SCRIPT_SECONDS = 15   # that a scripted call may last
KINDS = {}
DIRECTIONS = {"ue6-ua4": ("ue", "ua4"), "ua4-ue6": ("ua4", "ue")}


@dataclass(frozen=True)
class Kind:
    """play(plan, kind, caller, callee, transport) gives a Case; proofs are
    made of it besides those of any call. In the table they have a column, of
    the kind's name: their keys, without the phone, and its legend."""
    name: str
    play: callable
    proofs: tuple
    keys: tuple
    legend: str
    style: phones.Style = phones.PLAIN
    script: Script = None
    seconds: float = SECONDS


def add(kind):
    KINDS[kind.name] = kind


def _talk(plan, kind, caller, callee, transport):
    """baresip at both ends; the callee hangs up."""
    return call.place(plan, caller, callee, transport, kind.seconds, callee,
                      style=kind.style, kind=kind.name)


def _hold(plan, kind, caller, callee, transport):
    """The same; the caller holds and resumes."""
    return call.place(plan, caller, callee, transport, kind.seconds, callee,
                      caller, kind.style, kind.name)


def _without_relay(plan, kind, caller, callee, transport):
    """The same in a lab of its own, which has none and a UA4 that answers
    media where they come from."""
    bare = P.Plan(plan.name[:19] + "d", config=plan.config,
                  libdir=plan.libdir, no_pref64=True, no_relay="latching")
    try:
        lab.up(bare, transport, _unsaid)
        return _talk(bare, kind, caller, callee, transport)
    finally:
        lab.down(bare, _unsaid)


def _unsaid(_):
    """The table is what is printed."""


def _with_baresip(plan, kind, pair, other, transport, work):
    """A call between a scripted phone and baresip. work: what it takes.

    pair: caller, callee; other: which of the two is scripted.
    """
    phones.bring_up(plan, transport, kind.style)
    real = next(p for p in pair if p != other)
    before, since = phones.recordings(plan, real), time.time()
    peer = "" if other == pair[1] else phones.user(real)
    with Control(plan.space(real)) as control, scripted.Phone(
            plan, other, kind.script, transport, peer) as phone:
        if not peer:
            until(phone.registered, f"{phone.user} to register")
        work(control, phone)
        capture.flush(plan)
    heard = phones.heard(plan, real, before)
    return _scripted_case(plan, kind, pair, transport, since, [phone], {
        real: call.listen(heard, pair, real)})


def _await(phone, control=None):
    try:
        until(phone.done, "the call", SCRIPT_SECONDS)
    except LabError:
        pass  # the proofs will tell
    if control:
        control.command("hangup")  # don't leave it in the call


def _scripted_caller(plan, kind, caller, callee, transport):
    return _with_baresip(plan, kind, (caller, callee), caller, transport,
                         lambda control, phone: _await(phone, control))


def _scripted_callee(plan, kind, caller, callee, transport):
    def work(control, phone):
        control.command("dial", f"sip:{phone.user}@{call.P.DOMAIN}")
        control.event(("CALL_CLOSED",), SCRIPT_SECONDS)
        control.command("hangup")
    return _with_baresip(plan, kind, (caller, callee), callee, transport,
                         work)


def _both_scripted(plan, kind, caller, callee, transport):
    phones.bring_up(plan, transport, kind.style)
    since = time.time()
    with scripted.Phone(plan, callee, kind.script, transport) as there:
        until(there.registered, f"{there.user} to register")
        with scripted.Phone(plan, caller, kind.script, transport,
                            there.user) as here:
            _await(here)
            capture.flush(plan)
    return _scripted_case(plan, kind, (caller, callee), transport, since,
                          [here, there], {})


def _scripted_case(plan, kind, pair, transport, since, acting, heard):
    """What a scripted phone heard is what reached it."""
    hangup = pair[1] if kind.script.early else pair[0]
    case = call.collect(plan, pair, hangup, transport, since, heard,
                        kind=kind.name)
    for phone in acting:
        case.ends[phone.phone] = dataclasses.replace(
            case.ends[phone.phone], port=phone.port)
        case.heard[phone.phone] = media.listen(
            list(filter(media.is_rtp, case.wire[phone.phone].got)),
            case.wanted[phone.phone])
    return case


def judge(case):
    """All proofs of any call, and those of its kind."""
    return proofs.judge(case) + [
        proofs_media.first(case, phone) for phone in case.phones] + [
        proof for make in KINDS[case.kind].proofs for proof in make(case)]


def _once(*makers):
    return tuple(lambda case, make=make: [make(case)] for make in makers)


def _each(make):
    return lambda case: [make(case, phone) for phone in case.phones]


SECRET = _once(proofs_secret.secret)
VIDEO_CONFIG = """module vp8.so
module fakevideo.so
video_source fakevideo,nil
video_display fakevideo,nil
video_size 176x144
video_fps 25
video_bitrate 64000
"""

for one in (
        Kind("audio", _talk, (), (), ""),
        # its proofs are those of any call that is held
        Kind("hold", _hold, (), ("hold", "resume"),
             "the caller's hold silenced the callee; after it both talked"),
        Kind("rtcp", _talk, _once(proofs_media.rtcp), ("rtcp",),
             "RTCP crossed each NAT64, both ways", seconds=RTCP_SECONDS),
        Kind("early", _scripted_callee, _once(proofs_media.early), ("early",),
             "the callee's tone came before its 200, voice went back",
             script=Script(early=True)),
        Kind("codec", _scripted_caller, _once(proofs_media.codec), ("codec",),
             "PCMU, after a re-INVITE PCMA, each with the other's tone",
             phones.Style("codec", codecs="pcmu,pcma"),
             Script(second=scripted.PCMA)),
        Kind("ice", _talk, (_each(proofs_ice.candidates),
                            *_once(proofs_ice.checks)),
             ("candidates", "checks"),
             "candidates agree with c=, checks succeeded both ways",
             phones.Style("ice", ";medianat=ice",
                          config="module stun.so\nmodule ice.so\n")),
        Kind("srtp", _talk, SECRET, ("secret",),
             "SRTP was asked for, and nobody could listen in",
             phones.Style("srtp", ";mediaenc=srtp-mand",
                          config="module srtp.so\n")),
        Kind("dtls", _talk, SECRET + _once(proofs_secret.dtls), ("dtls",),
             "the handshake crossed each NAT64, begun by its phone",
             phones.Style("dtls", ";mediaenc=dtls_srtp",
                          config="module dtls_srtp.so\n")),
        Kind("video", _scripted_caller, _once(proofs_media.video),
             ("video",), "m=video was added, and its RTP crossed both ways",
             phones.Style("video", config=VIDEO_CONFIG),
             Script(scripted.PCMU, scripted.PCMU + scripted.VIDEO, "video",
                    talk=2.0)),
        Kind("t38", _both_scripted, _once(proofs_media.image), ("image",),
             "m=image took over, and its UDPTL crossed both ways",
             script=Script(scripted.PCMU, scripted.IMAGE, "image",
                           talk=2.0)),
        # and these those of any call without a relay
        Kind("direct", _without_relay, (), ("direct", "latched", "named"),
             "without a relay: by the NAT64 alone, to the port that it made")
):
    add(one)
