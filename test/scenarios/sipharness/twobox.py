# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Both shipped boxes, a real rtpengine at the second one, and phones at the
first; a trunk at the second. Each call passes box 1, box 2, and box 1 again."""
import os
import re
from dataclasses import dataclass

from . import netns, shapes
from .branches import NET_B, PREFIX, PREFIX_B, Calls, Party
from .compare import visible
from .kamailio import ROOT, Kamailio, Refused
from .shapes import FTAG, V4
from .texts import NONE, response, routes, values

BOX1 = os.path.join(ROOT, "etc", "kamailio-nat64-box1.cfg")
BOX2 = os.path.join(ROOT, "etc", "kamailio-nat64-box2.cfg")
HOST2 = netns.HOSTS["proxy2"]
RELAY = netns.HOSTS["relay"]
TRUNK = (netns.HOSTS["peer"], 5060)
DOMAIN = 'SIP_DOMAIN="sip.example.test"'
NOTIFY = "PortaSIP-Notify"
BOXES = (V4, HOST2)
ADDRESS = re.compile(r"(?m)^(?:o=\S+ \S+ \S+|c=) ?IN (.*)$")
TAG = "tt"  # of the callee


def net_of(party):
    """As the header tells it"""
    return "nat64" if party.prefix else "ipv4"


def header(caller, callee):
    """The header of a request that sets up media"""
    out = []
    for leg, party in (("caller", caller), ("callee", callee)):
        out.append(f"{leg}={net_of(party)}")
        if party.prefix:
            out.append(f'{leg}-pref64="{party.prefix}"')
    return ";".join(out)


def relayed(party):
    """The relay's address, as this reader can reach it"""
    if party.prefix:
        return "IP6 " + shapes.synthetic(party.prefix, RELAY)[1:-1]
    return f"IP4 {RELAY}"


def addresses(text):
    """Of all o= and c= lines"""
    return ADDRESS.findall(text.partition("\n\n")[2])


def own(label, r2=True):
    """Box 1's value towards box 2"""
    return (f"Record-Route: <sip:{V4}:5060{';r2=on' if r2 else ''};"
            f"n64={label};ftag={FTAG};lr>\n")


def plain(host, tp="", r2=""):
    return f"Record-Route: <sip:{host}{tp}{r2};lr;ftag={FTAG}>\n"


def is_trunk(party):
    """It is at box 2, the phones are at box 1"""
    return party.own == HOST2


def trunk(script):
    return Party(script, TRUNK, own=HOST2)


def contact(party, user):
    alias = "" if is_trunk(party) else party.alias
    return f"Contact: <sip:{user}@{party.name}{party.tp}{alias}>\n"


def facing(party, leg, family, other):
    """Both values of one pass through box 1, the one on top faces the callee

    @param family  Letter of the phone's own offer
    @param other   and of box 2's
    """
    if is_trunk(party):
        return ""
    if party.prefix:
        pair = [party.form(leg + family), own(("a" if leg == "b" else "b")
                                              + other)]
    elif party.tp:
        pair = [plain(V4, party.tp, ";r2=on"), plain(V4, "", ";r2=on")]
    else:
        return plain(V4)
    return "".join(pair if leg == "b" else pair[::-1])


class OneBox(Calls):
    """Box 1 alone; a test speaks for what is behind it

    @param pools  It is told of each network's prefix, and asks no phone
    """

    def __init__(self, lab, *defines, pools=True, logged=None):
        self.n = 0
        told = ["NAT64_NO_PROBE"] if pools else []
        if pools:
            path = os.path.join(lab.folder, "pools.txt")
            with open(path, "w") as f:
                f.write(f"{netns.HOSTS['ue6']}/32={PREFIX}\n"
                        f"{NET_B}/32={PREFIX_B}\n")
            told.append(f'NAT64_POOL_FILE="{path}"')
        self.first_defines = [
            DOMAIN, f'BOX2_URI="sip:{HOST2}:5060"', f'BOX2_NET="{HOST2}/32"',
            *told, *defines]
        super().__init__(lab, *self.first_defines, cfg=BOX1, logged=logged)

    def next(self):
        self.n += 1
        return self.n

    def restart(self):
        """Box 1, and with it what it knows of flows and bindings"""
        self.proxy.stop()
        self.lab.running.remove(self.proxy)
        self.proxy = self.lab.proxy(BOX1, defines=self.first_defines)

    def done(self):
        super().done()
        sent = self.lab.wire.read()
        leaks = [m for m in sent if m.src[0] in BOXES and NOTIFY.lower()
                 in m.data.partition(b"\r\n\r\n")[0].decode().lower()
                 and (m.src[0], m.dst[0]) != (V4, HOST2)]
        assert not leaks, f"{leaks[0]}:\n" + visible(leaks[0].data)

    def told(self, method, since=0):
        """The headers of what box 1 sent to box 2 of this method: of each
        message its values"""
        found = []
        for m in self.lab.wire.read()[since:]:
            text = visible(m.data)
            if (m.src[0], m.dst[0]) == (V4, HOST2) \
                    and text.startswith(f"{method} "):
                values_ = re.findall(rf"(?mi)^{NOTIFY}\s*: (.*)$",
                                     text.partition("\n\n")[0])
                if values_ not in found:
                    found.append(values_)
        return found

    def mark(self):
        return len(self.lab.wire.read())


class TwoBoxes(OneBox):
    """Nothing is configured at box 2 of any prefix

    @param to_trunk  Box 2 has a trunk
    @param relay     Options of rtpengine's command line
    """

    def __init__(self, lab, *defines, to_trunk=True, relay=(), **options):
        self.second_defines = [
            DOMAIN, f'BOX1_URI="sip:{V4}:5060"', f'BOX1_NET="{V4}/32"',
            lab.relay(options=relay)[1], f'TRUNK_NET="{TRUNK[0]}/32"']
        if to_trunk:
            self.second_defines.append(
                f'TRUNK_URI="sip:{TRUNK[0]}:{TRUNK[1]}"')
        self.second = self._box2(lab, self.second_defines)
        super().__init__(lab, *defines, **options)

    @staticmethod
    def _box2(lab, defines):
        folder = os.path.join(lab.folder, "box2")
        os.makedirs(folder, exist_ok=True)
        try:
            box = Kamailio(BOX2, folder, [f"udp:{HOST2}:5060"], defines,
                           probe=(HOST2, 5060))
        except Refused as e:
            raise AssertionError(f"box 2 did not start:\n{e}") from None
        lab.running.append(box)
        return box

    def restart(self):
        """Box 2 as well; rtpengine has its calls"""
        super().restart()
        self.second.stop()
        self.lab.running.remove(self.second)
        self.second = self._box2(self.lab, self.second_defines)

    def done(self):
        super().done()
        assert not self.second.complaints(), self.second.complaints()


@dataclass
class Call:
    """Two phones, and what each got of the other's side"""
    s: TwoBoxes
    caller: Party
    callee: Party
    user: str = "bob"
    known: bool = True  # does box 2 know of the callee what box 1 does?
    sent: str = ""
    invite: str = ""
    answer: str = ""
    late: bool = False
    forked: bool = False  # there are other callees

    def other(self, party):
        return self.callee if party is self.caller else self.caller

    def expected_routes(self):
        """Of the INVITE, as the callee gets it"""
        mine = "n" if self.late else "s" if self.caller.prefix else "f"
        his = "n" if self.late else \
            "s" if self.callee.prefix and self.known else "f"
        return (facing(self.callee, "b", "n", his) + plain(HOST2)
                + facing(self.caller, "a", mine, "n"))

    def check_sdp(self, text, reader):
        assert addresses(text) == [relayed(reader)] * 2, text

    def open(self, **changed):
        """The INVITE, as the callee gets it"""
        n = self.s.next()
        self.late = changed.get("body") == NONE
        host = HOST2 if is_trunk(self.caller) else "sip.example.test"
        self.sent = self.caller.text(uri=f"sip:{self.user}@{host}", n=n,
                                     **changed)
        since = self.s.mark()
        self.caller.send(self.sent)
        return self.came(self.callee.receive("INVITE "), since)

    def came(self, invite, since):
        callee = self.callee
        assert invite.split()[1] == (
            f"sip:{self.user}@sip.example.test" if is_trunk(callee)
            else callee.uri(self.user)), invite
        assert values(invite) == self.expected_routes(), invite
        assert values(invite, "Contact") == contact(self.caller, "alice")
        if "\nv=0" in invite:
            self.check_sdp(invite, callee)
            self.check_box2(since)
        self.check_told(self.caller, "INVITE", True, since)
        self.invite = invite
        return invite

    def check_box2(self, since):
        """What it knows of the callee, it writes; the rest is for box 1"""
        want = relayed(self.callee) if self.known else f"IP4 {RELAY}"
        wrote = [addresses(visible(m.data))
                 for m in self.s.lab.wire.read()[since:] if m.src[0] == HOST2
                 and m.data.startswith(b"INVITE ")]
        assert [want] * 2 in wrote, wrote

    def reply(self, status="200 OK", tag=TAG, **changed):
        """The callee answers the INVITE; what the caller got of it"""
        changed.setdefault("user", self.user)
        self.callee.answer(self.invite, status, tag=tag, **changed)
        got = self.caller.receive(f"SIP/2.0 {status}")
        return self.got_reply(got, status)

    def got_reply(self, got, status="200 OK"):
        if "\nv=0" in got:
            self.check_sdp(got, self.caller)
        assert values(got) == self.expected_routes(), got
        assert values(got, "Contact") == contact(self.callee, self.user), got
        if status.startswith("200"):
            self.answer = got
        return got

    def ask(self, teller, method, body=NONE, tag=TAG, n=None, extra=""):
        """Within the dialog; what the other phone got"""
        has = self.answer if teller is self.caller else self.invite
        tags = (FTAG, tag) if teller is self.caller else (tag, FTAG)
        target = re.search("(?m)^Contact: <(.*)>$", has)[1]
        listener = self.other(teller)
        since = self.s.mark()
        teller.send(teller.text(
            method, target, n or self.s.next(), from_tag=tags[0],
            to_tag=tags[1], body=body,
            extra=extra + routes(has, teller is self.caller)))
        got = listener.receive(f"{method} ")
        assert got.split()[1] == target.partition(";alias=")[0], got
        assert "\nRoute:" not in got, got
        if "\nv=0" in got:
            self.check_sdp(got, listener)
        self.check_told(teller, method, method in ("INVITE", "UPDATE")
                        or body != NONE, since)
        return got

    def check_told(self, teller, method, media, since):
        """What box 1 told box 2 with what this phone sent"""
        want = [header(self.caller, self.callee)] if media else []
        told = self.s.told(method, since)
        if is_trunk(teller):
            assert not told, told
        elif self.forked:
            assert want in told, told
        else:
            assert told == [want], (want, told)

    def answered(self, teller, got, body=NONE):
        """The other phone answers a request of the teller's"""
        listener = self.other(teller)
        listener.send(response(got, contact=f"{listener.name}{listener.tp}",
                               body=body))
        back = teller.receive("SIP/2.0 200 ")
        if body != NONE:
            self.check_sdp(back, teller)
        return back

    def sdp(self, party, address=None):
        return shapes.body(address or party.inside)

    def up(self):
        """Ringing, answered, acknowledged"""
        self.open()
        self.reply("180 Ringing", body=NONE)
        self.reply()
        self.ask(self.caller, "ACK", n=1)
        return self

    def again(self, teller, method="INVITE"):
        """An offer within the dialog, and its answer"""
        n = self.s.next()
        got = self.ask(teller, method, self.sdp(teller), n=n)
        self.answered(teller, got, self.sdp(self.other(teller)))
        if method == "INVITE":
            self.ask(teller, "ACK", n=n)

    def bye(self, teller, extra=""):
        got = self.ask(teller, "BYE", extra=extra)
        self.answered(teller, got)

    def cancel(self):
        """The caller gives up while the callee rings"""
        lines = self.sent.partition("\n\n")[0].split("\n")
        kept = [m for m in lines if re.match(
            "INVITE|Via|Max-F|From|To|Call-ID|CSeq", m)]
        text = "\n".join([*kept, NONE])
        self.caller.send(text.replace("INVITE", "CANCEL"))
        self.caller.receive("SIP/2.0 200 ")
        self.cancelled()
        got = self.caller.receive("SIP/2.0 487 ")
        to = values(got, "To")
        self.caller.send(re.sub("(?m)^To: .*\n", to, text).replace(
            "INVITE", "ACK"))

    def cancelled(self, tag=TAG):
        """The callee's part of it"""
        got = self.callee.receive("CANCEL ")
        self.callee.answer(got, body=NONE, tag=tag)
        self.callee.answer(self.invite, "487 Request Terminated", body=NONE,
                           tag=tag, user=self.user)
        self.callee.receive("ACK ")
