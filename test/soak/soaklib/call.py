# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""One call, from its INVITE to the last answer that either phone waits for.

What is judged of a call behind NAT64: the SDP that a phone gets is of its
family, the first Route is one that its network has a way to, each request is
answered 200 (or by what the callee says). While the module is off or only
looks on, that cannot be: a call that was begun or answered so is not judged,
but has to end. A call that was up before goes on in each mode.
"""
from sipharness.crowd import BLANK, CONTACT, CSEQ, FROM, RECORD_ROUTE, TO

# in the dialog: which end does what
SHAPES = {
    "bye": (("caller", "BYE"),),
    "bye-back": (("callee", "BYE"),),
    "hold": (("caller", "hold"), ("caller", "resume"), ("callee", "BYE")),
    "hold-back": (("callee", "hold"), ("callee", "resume"),
                  ("caller", "BYE")),
    "late-offer": (("caller", "BYE"),),
    "cancel": (),
    "busy": (),
}
ASKED = 5.0   # s that a callee rings for a caller who was not asked yet
UNHEARD = 1.0  # s after which a caller gives up who does not hear it ring
STUCK = 40.0  # s: more than any of RFC 3261's timers
UNDONE = 3.0  # s for what need not come, in another mode than on


class End:
    """One phone's side of the dialog"""

    def __init__(self, phone, local, remote, target, routes):
        self.phone, self.local, self.remote = phone, local, remote
        self.target, self.routes = target, routes
        self.cseq = 1

    def request(self, call, method, cseq, sdp=b""):
        return self.phone.request(
            method, self.target, call.number, cseq, self.remote, sdp=sdp,
            tag=self.local, routes=self.routes, extra=self.phone.contact)


class Call:
    def __init__(self, player, number, shape, caller, callee, flow):
        self.player, self.loop = player, player.loop
        self.number, self.shape, self.flow = number, shape, flow
        self.caller, self.callee = caller, callee
        self.nat64 = caller.nat64 or callee.nat64
        self.ends = {}
        self.steps = list(SHAPES[shape])
        self.answers, self.acks, self.done_replies = {}, {}, set()
        self.faults, self.lost, self.log = [], 0, []
        self.step, self.torn = 1, False
        self.over = self.set_up = self.refusal_seen = self.heard = False
        self.on_when_set_up = self.ringing = self.cancelled = False
        self.turn = player.modes.turn()
        self.on = player.modes.on() and callee.is_bound(self.turn)

    # the caller

    def start(self):
        phone, user = self.caller, self.callee.user
        self.to = b"<sip:%b@sip.example.test>" % user
        sdp = b"" if self.shape == "late-offer" else phone.sdp
        data = phone.request(
            b"INVITE", b"sip:%b@sip.example.test" % user, self.number, 1,
            self.to, sdp=sdp, extra=phone.contact)
        self.send(("INVITE", 1), phone, data)
        self.loop.later(STUCK, self.stuck)
        if self.nat64 and not self.on:
            self.loop.later(UNDONE, self.undone)

    def stuck(self):
        if not self.over:
            if not self.refusal_seen:
                self.fault("does not go on")
            self.finish()

    def undone(self):
        """What stock modules make of it: no ACK, no BYE gets to the phone"""
        if self.heard:
            self.finish()
        else:
            self.loop.later(UNDONE, self.undone)

    def judged(self):
        if not self.nat64:
            return True
        if self.torn:  # a re-INVITE was under way when the mode was switched
            return False
        return self.on_when_set_up if self.set_up else self.steady()

    def send(self, what, phone, data, over_tcp=False, limit=None):
        self.loop.repeat(
            (self.number, what), lambda: phone.send(data),
            lambda: self.gave_up(what), over_tcp or phone.proto == "udp",
            limit or (1e9 if what[0] == "INVITE" else 4.0))

    def answered(self, what):
        return self.loop.stop((self.number, what))

    def gave_up(self, what):
        # a callee whose refusal arrived only stops (17.2.1, timer H): tm let go
        # of the call and can acknowledge no more
        if what[0] == "refusal" and self.refusal_seen:
            self.finish()
            return
        self.fault(f"no answer to {what[0]}" if what[0] in ("INVITE", "BYE",
                                                            "CANCEL")
                   else f"no ACK of {what[0]}")
        self.finish()

    def steady(self):
        """Is the mode on, as it was when this step began?"""
        return self.on and self.player.modes.turn() == self.turn

    def fault(self, text):
        self.faults.append(text)

    def nat64_fault(self, text):
        """Counts only where the module was on all the time"""
        if not self.nat64 or self.steady():
            self.fault(text)

    # whatever comes

    def got(self, phone, data):
        first = data[:data.index(b"\r\n")]
        number, method = CSEQ.search(data).groups()
        cseq, method = int(number), method.decode()
        self.log.append((phone.user, first, method))
        body = data.partition(BLANK)[2]
        # not what was sent before this step, maybe in another mode
        if body and cseq == self.step and (b"\r\nc=IN IP6 " in body) != phone.nat64:
            self.nat64_fault(f"SDP of the wrong family in {first[:20]!r}, "
                             f"{method}")
        if first.startswith(b"SIP/2.0 "):
            self.on_reply(phone, data, int(first[8:11]), method, cseq)
        else:
            self.on_request(phone, data, method, cseq)

    def on_reply(self, phone, data, status, method, cseq):
        self.heard = True
        if status < 200:
            if method == "INVITE":
                self.answered((method, cseq))
                if self.shape == "cancel":
                    # a 180 may be lost (RFC 3261 9.1: any 1xx will do)
                    self.loop.later(self.player.pause() + (
                        UNHEARD if status == 100 else 0.0), self.cancel)
            return
        key = (method, cseq, phone.user)
        if key in self.done_replies:
            if method == "INVITE" and key in self.acks:
                phone.send(self.acks[key])  # a 200 or a refusal, again
            return
        self.done_replies.add(key)
        waited = self.answered((method, cseq))
        if method == "INVITE":
            self.invite_answered(phone, data, status, cseq, key)
        elif method == "BYE":
            if status != 200:
                self.undelivered(f"BYE got {status}")
            if waited:
                self.finish()
        elif status != 200:
            self.fault(f"{method} got {status}")

    def cancel(self):
        if self.cancelled:
            return
        self.cancelled = True
        self.send(("CANCEL", 1), self.caller, self.caller.request(
            b"CANCEL", b"sip:%b@sip.example.test" % self.callee.user,
            self.number, 1, self.to, branch=b"%d-1-INVITE" % self.number))

    def invite_answered(self, phone, data, status, cseq, key):
        if status >= 300:
            self.refused(phone, data, status, cseq, key)
            return
        if phone is self.caller and cseq == 1:
            self.ends["caller"] = End(
                phone, b"From: <sip:%b@sip.example.test>;tag=caller"
                % phone.user, TO.search(data)[1], CONTACT.search(data)[1],
                RECORD_ROUTE.findall(data)[::-1])
            self.way(self.ends["caller"])
        end = self.end_of(phone)
        self.torn |= cseq > 1 and self.player.modes.turn() != self.turn
        end.target = CONTACT.search(data)[1]
        late = self.shape == "late-offer" and cseq == 1
        self.acks[key] = end.request(self, b"ACK", cseq,
                                     phone.sdp if late else b"")
        phone.send(self.acks[key])

    def refused(self, phone, data, status, cseq, key):
        want = {"cancel": 487, "busy": 486}.get(self.shape)
        if cseq == 1:
            uri = b"sip:%b@sip.example.test" % self.callee.user
            self.acks[key] = phone.request(
                b"ACK", uri, self.number, 1, TO.search(data)[1],
                branch=b"%d-1-INVITE" % self.number)
            phone.send(self.acks[key])
        if status != want or cseq != 1:
            self.undelivered(f"INVITE got {status}, not {want or 200}")
            self.finish()
            return
        self.refusal_seen = True
        if self.answers.get("refused"):
            self.finish()

    def undelivered(self, text):
        """No bare proxy could have brought it to a phone behind NAT64"""
        if self.set_up and self.on_when_set_up or not self.nat64:
            self.fault(text)
        else:
            self.nat64_fault(text)

    def way(self, end):
        if not end.routes or not end.phone.reaches(end.routes[0]):
            self.nat64_fault(f"{end.phone.network} has no way to "
                             f"{(end.routes or [b'nothing'])[0].decode()}")

    def end_of(self, phone):
        return self.ends["caller" if phone is self.caller else "callee"]

    # whoever is called

    def on_request(self, phone, data, method, cseq):
        key = (method, cseq, phone.user)
        if method == "ACK":
            self.acked(phone, cseq)
        elif key in self.answers:
            for reply in self.answers[key]:
                phone.send(reply)
        elif method == "INVITE":
            self.invited(phone, data, cseq, key)
        else:
            self.answers[key] = [phone.answer(data, b"200 OK")]
            phone.send(self.answers[key][0])
            if method == "CANCEL":
                self.refuse(b"487 Request Terminated")

    def invited(self, phone, data, cseq, key):
        if cseq > 1 or phone is self.caller:
            self.end_of(phone).target = CONTACT.search(data)[1]
            self.accept(phone, data, key)
            return
        self.invite = data
        self.ends["callee"] = End(
            phone, b"From: %b;tag=callee" % TO.search(data)[1],
            FROM.search(data)[1], CONTACT.search(data)[1],
            RECORD_ROUTE.findall(data))
        self.ends["callee"].cseq = 100
        self.way(self.ends["callee"])
        if self.shape == "busy":
            self.answers[key] = []
            self.refuse(b"486 Busy Here")
            return
        ringing = phone.answer(data, b"180 Ringing", phone.contact)
        self.answers[key], self.ringing = [ringing], True
        phone.send(ringing)
        if self.shape != "cancel":
            self.loop.later(self.player.pause(), self.pick_up, phone, data,
                            key, ASKED)

    def pick_up(self, phone, data, key, patience):
        """Once the proxy could know a caller whom it never saw"""
        if self.caller.fresh and not self.caller.is_known() and self.steady() \
                and patience > 0 and self.caller.nat64:
            self.loop.later(0.1, self.pick_up, phone, data, key,
                            patience - 0.1)
        elif not self.over:
            self.accept(phone, data, key)

    def accept(self, phone, data, key):
        ok = phone.answer(data, b"200 OK", phone.contact, phone.sdp)
        self.answers[key], self.ringing = [ok], False
        self.send((f"200, {key[1]}", phone.user), phone, ok, over_tcp=True)

    def refuse(self, status):
        if self.answers.get("refused") is not None:
            return
        self.answers["refused"], self.ringing = False, False
        self.send(("refusal", 1), self.callee,
                  self.callee.answer(self.invite, status))

    def acked(self, phone, cseq):
        if self.answered(("refusal", 1)):
            self.answers["refused"] = True
            if self.refusal_seen:
                self.finish()
        elif self.answered((f"200, {cseq}", phone.user)):
            if not self.set_up:
                self.set_up, self.on_when_set_up = True, self.steady()
            self.loop.later(self.player.pause(), self.next_step)

    # in the dialog

    def next_step(self):
        if self.over:
            return
        if not self.steps or "caller" not in self.ends:
            self.fault("an ACK came for nothing")
            self.finish()
            return
        who, what = self.steps.pop(0)
        end = self.ends[who]
        end.cseq += 1
        self.step = end.cseq
        self.turn = self.player.modes.turn()
        self.on = self.player.modes.on()
        if what == "BYE":
            self.send((what, end.cseq), end.phone,
                      end.request(self, b"BYE", end.cseq))
            return
        sdp = end.phone.sdp
        if what == "hold":
            sdp = sdp.replace(b"a=sendrecv", b"a=sendonly")
        self.send(("INVITE", end.cseq), end.phone,
                  end.request(self, b"INVITE", end.cseq, sdp))

    def finish(self):
        """Nothing more is sent of one's own; what comes again is answered"""
        if self.over:
            return
        self.over = True
        for key in [k for k in self.loop.sending if k[0] == self.number]:
            self.loop.stop(key)
        if self.ringing:  # or the proxy would wait for two minutes
            self.callee.out(self.callee.answer(self.invite, b"480 Gone"))
        self.player.finished(self)
