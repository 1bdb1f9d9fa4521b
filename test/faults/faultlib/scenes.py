# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What is played while an allocation fails: between them, all messages that
make the module allocate."""
import os
import re

from sipharness import netns, shapes
from sipharness.kamailio import ROOT
from sipharness.lab import HERE, SHIPPED
from sipharness.shapes import STATIC
from sipharness.texts import (LITERAL, NONE, SDP4, SDP6, request, response,
                              routes)

from .rounds import Stop

PORT = 41000  # of UE6 in the first round; another flow in each
OWN6 = shapes.synthetic("2001:db8:64::/96", shapes.V4)[1:-1]
DOMAIN = 'SIP_DOMAIN="sip.example.test"'
BOB = "sip:bob@sip.example.test"
ALICE = "sip:alice@sip.example.test"
PREF = 'NAT64_PREF64="2001:db8:64::/96"'
# a call without Record-Route ends, and dialog does not see it
DIALOG = 'modparam("dialog", "default_timeout", 3)'
PEER = "192.0.2.40:5060"
LIE = 'PortaSIP-Notify: caller=nat64;callee=nat64\n'


def cfg(name):
    return os.path.join(HERE, "cfg", name + ".cfg")


class Scene:
    """One proxy and what is played through it, again and again"""
    base, defines = SHIPPED, (DOMAIN,)
    extra = ""  # lines of the configuration
    long = False
    # s: of the phones behind one NAT64, 25 are asked in a second, no more
    pause = 0.042
    forget = ()  # addresses of record that come back with each round
    never = None  # in no message, whatever fails
    heal = 1  # rounds after a fault until all is as before

    def names(self, n):
        """Who takes part in the n-th round"""
        return {"ue6": (netns.HOSTS["ue6"], PORT + n),
                "ua4": (netns.HOSTS["ua4"], 5060)}

    def params(self):
        """What else differs from round to round"""
        return [(rf"\b{PORT // 1000}\d\d\d\b", "PORT")]

    def set_up(self, r):
        """Before the first round"""
        register(r, "ua4", BOB, "192.0.2.30:5060")
        r.need("ua4", "SIP/2.0 200 ")

    def play(self, r):
        raise NotImplementedError


def text(r, method, caller=LITERAL, cseq=0, **changed):
    """A request of this round's own dialog; the number is its CSeq"""
    changed.setdefault("body", NONE)
    out = request(caller, method, n=cseq or 1, **changed)
    return out.replace("Call-ID: texts", f"Call-ID: round{r.n}").replace(
        "branch=z9hG4bKt", f"branch=z9hG4bKr{r.n}-")


def register(r, who, aor, contact, extra="", cseq=1, tail=""):
    out = text(r, "REGISTER", contact, uri="sip:sip.example.test",
               extra=extra, cseq=cseq)
    out = re.sub(r"(?m)^(To|From): <[^>]*>", rf"\1: <{aor}>", out)
    out = re.sub(r"(?m)^(Contact: .*)$", rf"\1{tail};expires=3600", out)
    r.send(who, out.replace(f"Call-ID: round{r.n}", f"Call-ID: reg{who}"))


def shown(answer, address=OWN6):
    """As a phone behind NAT64 writes it: received in the topmost Via"""
    return re.sub(r"(?m)^(Via: .*)$", rf"\1;received={address}", answer,
                  count=1)


def told(r):
    """UE6 answers the probe, if it was asked"""
    asked = r.maybe("ue6", "OPTIONS ")
    if asked:
        r.send("ue6", shown(response(asked, contact=LITERAL, body=NONE)))


def contact(got):
    return re.search(r"(?m)^Contact: <([^>]*)>", got)[1]


class FirstCall(Scene):
    """A phone that nobody ever saw calls, is asked, gets its value mended; the
    other one puts it on hold, it hangs up"""
    long = True

    def play(self, r):
        r.send("ue6", text(r, "INVITE", uri=BOB, body=SDP6))
        invite = r.need("ua4", "INVITE ")
        told(r)
        r.send("ua4", response(invite, "180 Ringing", body=NONE))
        r.need("ue6", "SIP/2.0 180 ")
        r.send("ua4", response(invite, body=SDP4))
        ok = r.need("ue6", "SIP/2.0 200 ")
        r.send("ue6", text(r, "ACK", uri=contact(ok), to_tag="tt",
                           extra=routes(ok)))
        r.need("ua4", "ACK ")
        back = {"from_tag": "tt", "to_tag": shapes.FTAG,
                "extra": routes(invite, False), "uri": contact(invite)}
        r.send("ua4", text(r, "INVITE", "192.0.2.30:5060", 7, body=SDP4,
                           **back))
        again = r.need("ue6", "INVITE ")
        r.send("ue6", shown(response(again, contact=LITERAL, body=SDP6)))
        r.need("ua4", "SIP/2.0 200 ")
        r.send("ua4", text(r, "ACK", "192.0.2.30:5060", 7, **back))
        r.need("ue6", "ACK ")
        r.send("ue6", text(r, "BYE", cseq=2, uri=contact(ok), to_tag="tt",
                           extra=routes(ok)))
        r.send("ua4", response(r.need("ua4", "BYE "), body=NONE))
        r.need("ue6", "SIP/2.0 200 ")


class Notify(Scene):
    """Through a peer that is told and tells: what a stranger says is removed,
    what the peer says is not for the phones"""
    pause = 0
    defines = (DOMAIN, "WITH_NOTIFY", 'NOTIFY_PEER="192.0.2.40/32"',
               'NOTIFY_NEXT_HOP="sip:192.0.2.40:5060"', PREF, "NAT64_NO_PROBE")

    def names(self, n):
        return {"ue6": (netns.HOSTS["ue6"], 40001),
                "peer": (netns.HOSTS["peer"], 5060),
                "ua4": (netns.HOSTS["ua4"], 5060)}

    def play(self, r):
        r.send("ue6", text(r, "INVITE", uri=BOB, body=SDP6, extra=LIE + LIE))
        invite = r.need("peer", "INVITE ")
        r.send("peer", response(invite, contact=PEER, body=SDP4, extra=LIE))
        ok = r.need("ue6", "SIP/2.0 200 ")
        r.send("ue6", text(r, "ACK", uri=contact(ok), to_tag="tt",
                           extra=routes(ok) + LIE, body=SDP6))
        r.need("peer", "ACK ")
        r.send("peer", text(r, "INVITE", PEER, uri=BOB, body=SDP4, extra=LIE,
                            from_tag="pp"))
        r.send("ua4", response(r.need("ua4", "INVITE "), "486 Busy Here",
                               body=NONE, extra=LIE))
        r.need("peer", "SIP/2.0 486 ")


class Register(Scene):
    """UE6 registers and claims a received; it is asked, and registers again,
    now marked; UA4 calls it"""
    heal = 2
    long = True
    forget = ("alice",)
    # believed what it claimed; a binding by which nobody can be reached
    never = r"(?m)192\.0\.2\.66|^Contact: <sip:alice@.*>;expires=\d+$"

    def play(self, r):
        for i in (1, 2):
            register(r, "ue6", ALICE, LITERAL, cseq=2 * r.n + i,
                     tail=';received="sip:192.0.2.66:5060"')
            told(r)
            r.need("ue6", "SIP/2.0 200 ")
        r.send("ua4", text(r, "INVITE", "192.0.2.30:5060", uri=ALICE,
                           body=SDP4, from_tag="cc"))
        got = r.need("ue6", "INVITE ")
        r.send("ue6", shown(response(got, contact=LITERAL, body=SDP6)))
        r.need("ua4", "SIP/2.0 200 ")


class Edge(Scene):
    """The same through an edge proxy, whose Path gets the mark"""
    base = os.path.join(ROOT, "etc", "kamailio-nat64-edge.cfg")
    defines = (DOMAIN, 'REGISTRAR_URI="sip:192.0.2.11:5060"',
               'REGISTRAR_NET="192.0.2.11/32"')

    def names(self, n):
        return {"ue6": (netns.HOSTS["ue6"], PORT + n),
                "reg": (netns.HOSTS["proxy2"], 5060)}

    def set_up(self, r):
        pass

    def play(self, r):
        for i in (1, 2):
            register(r, "ue6", ALICE, LITERAL, cseq=2 * r.n + i)
            told(r)
            got = r.need("reg", "REGISTER ")
            path = re.search("(?m)^Path: (.*)$", got)
            r.send("reg", response(got, contact=LITERAL, body=NONE))
            r.need("ue6", "SIP/2.0 200 ")
        if not path:
            raise Stop("reg: no Path")
        r.send("reg", text(r, "INVITE", "192.0.2.11:5060", body=SDP4,
                           uri=f"sip:alice@{LITERAL}", from_tag="cc",
                           extra=f"Route: {path[1]}\n"))
        got = r.need("ue6", "INVITE ")
        r.send("ue6", shown(response(got, contact=LITERAL, body=SDP6)))
        r.need("reg", "SIP/2.0 200 ")


class Fork(Scene):
    """UE6 calls two phones, one behind NAT64 as well; both are busy, a third
    takes it. The module dialog leaves parameters with rr."""
    base = cfg("beside")
    pause = 0
    extra, long = DIALOG, True
    defines = ("WITH_DIALOG", "FORK", "SERIAL", "ON_BRANCH=return;",
               'BEFORE=replace_body("PCMU", "PCMA"); dlg_manage();',
               'SECOND="sip:second@192.0.2.40:5060"',
               'SECOND_HOP="sip:192.0.2.40:5060"')

    def names(self, n):
        return {"ue6": (netns.HOSTS["ue6"], 40005),
                "callee": (netns.HOSTS["ue6"], 40001),
                "ua4": (netns.HOSTS["ua4"], 5060),
                "second": (netns.HOSTS["peer"], 5060)}

    def set_up(self, r):
        pass

    def play(self, r):
        r.send("ue6", text(r, "INVITE", uri=BOB, body=SDP6))
        one, other = (r.maybe(who, "INVITE ") for who in ("ua4", "callee"))
        for who, got in (("ua4", one), ("callee", other)):
            if got:
                r.send(who, response(got, "486 Busy Here", body=NONE,
                                     tag="t" + who))
        got = r.need("second", "INVITE ")
        r.send("second", response(got, contact=PEER, body=SDP4))
        ok = r.need("ue6", "SIP/2.0 200 ")
        r.send("ue6", text(r, "ACK", uri=contact(ok), to_tag="tt",
                           extra=routes(ok)))
        r.need("second", "ACK ")
        r.send("ue6", text(r, "BYE", cseq=2, uri=contact(ok), to_tag="tt",
                           extra=routes(ok)))
        r.send("second", response(r.need("second", "BYE "), body=NONE))


class LateOffer(Scene):
    """UA4 calls without SDP, UE6 offers IP4 in its 183 and its 200: its label
    is mended; PRACK and ACK answer"""
    defines = (DOMAIN, PREF, "NAT64_NO_PROBE")
    pause = 0

    def set_up(self, r):
        super().set_up(r)
        register(r, "ue6", ALICE, LITERAL)
        r.need("ue6", "SIP/2.0 200 ")

    def names(self, n):
        return {"ue6": (netns.HOSTS["ue6"], 40001),
                "ua4": (netns.HOSTS["ua4"], 5060)}

    def play(self, r):
        mine = {"caller": "192.0.2.30:5060", "from_tag": "cc",
                "to_tag": "tt"}
        r.send("ua4", text(r, "INVITE", "192.0.2.30:5060", uri=ALICE,
                           from_tag="cc"))
        got = r.need("ue6", "INVITE ")
        r.send("ue6", shown(response(
            got, "183 Session Progress", contact=LITERAL, body=SDP4,
            extra="Require: 100rel\nRSeq: 7\n")))
        early = r.need("ua4", "SIP/2.0 183 ")
        r.send("ua4", text(r, "PRACK", cseq=2, uri=contact(early), body=SDP4,
                           extra=routes(early) + "RAck: 7 1 INVITE\n",
                           **mine))
        prack = r.need("ue6", "PRACK ")
        r.send("ue6", shown(response(prack, contact=LITERAL, body=NONE)))
        r.need("ua4", "SIP/2.0 200 ")
        r.send("ue6", shown(response(got, contact=LITERAL, body=SDP4)))
        ok = r.need("ua4", "SIP/2.0 200 ")
        r.send("ua4", text(r, "ACK", cseq=1, uri=contact(ok), body=SDP4,
                           extra=routes(ok), **mine))
        r.need("ue6", "ACK ")


class Functions(Scene):
    """add_dual_rr(), fix_nat64_sdp(), set_notify_net() by themselves"""
    base = cfg("proxy")
    defines = (STATIC, "WITH_NOTIFY")
    pause = 0

    def names(self, n):
        return {"ue6": (netns.HOSTS["ue6"], 40001),
                "ua4": (netns.HOSTS["ua4"], 5060)}

    def set_up(self, r):
        pass

    def play(self, r):
        r.send("ue6", text(r, "INVITE", uri=BOB, body=SDP6, extra=LIE))
        got = r.need("ua4", "INVITE ")
        r.send("ua4", response(got, body=SDP4, extra=LIE))
        r.need("ue6", "SIP/2.0 200 ")


class Plain(Scene):
    """Two phones on IPv4: nothing is for the module but Record-Route"""
    base = cfg("plain")
    defines = ("WITH_DIALOG",)
    extra, long = DIALOG, True
    pause = 0

    def names(self, n):
        return {"one": (netns.HOSTS["peer"], 5060),
                "ua4": (netns.HOSTS["ua4"], 5060)}

    def set_up(self, r):
        pass

    def play(self, r):
        r.send("one", text(r, "INVITE", PEER, body=SDP4,
                           uri="sip:bob@192.0.2.30:5060"))
        got = r.need("ua4", "INVITE ")
        r.send("ua4", response(got, body=SDP4))
        ok = r.need("one", "SIP/2.0 200 ")
        r.send("one", text(r, "ACK", PEER, uri=contact(ok), to_tag="tt",
                           extra=routes(ok)))
        r.need("ua4", "ACK ")
        r.send("one", text(r, "BYE", PEER, cseq=2, uri=contact(ok),
                           to_tag="tt", extra=routes(ok)))
        r.send("ua4", response(r.need("ua4", "BYE "), body=NONE))


SCENES = {"first-call": FirstCall, "notify": Notify, "register": Register,
          "edge": Edge, "fork": Fork, "late-offer": LateOffer,
          "functions": Functions, "plain": Plain}
