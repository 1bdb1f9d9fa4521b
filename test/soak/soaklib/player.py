# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A process full of phones: those behind NAT64 and their likes on IPv4, for
each flow the same call by the other, at a given rate or as fast as it goes."""
import collections
import itertools
import multiprocessing
import os
import random
import signal
import time

from sipharness import crowd, netns

from .call import SHAPES, Call
from .loop import Loop
from .phone import Phone
from .weather import Calm, Phones

UE6, UE6_B, UA4 = (netns.HOSTS[name] for name in ("ue6", "ue6b", "ua4"))
# user, host, transport, network; the twin of each is on IPv4
TEAM = (("a", UE6, "udp", "UE6"), ("c", UE6, "tcp", "UE6"),
        ("e", UE6_B, "udp", "UE6 of another NAT64"),
        ("b", UA4, "udp", "UA4"), ("d", UA4, "tcp", "UA4"))
LINGER = 5.0     # s that a call that is over answers what comes again
OPEN = 4.0       # s of new calls that may be open
REGISTER = 5.0   # s between two of a phone
KEPT = 20        # failed calls told of
STRANGERS = 0.1  # of the calls of UE6, from a port that nobody saw before


class Player:
    def __init__(self, number, modes, conn, weather):
        self.number, self.modes, self.conn = number, modes, conn
        self.loop, self.calls = Loop(), {}
        self.weather = weather
        self.random = random.Random(number)
        self.made = self.open = self.port = 0
        self.rate = self.at_once = 0
        self.held_back = 0
        self.ended = self.registrations = self.unregistered = 0
        self.counts = collections.Counter()
        self.failures = []
        self.pauses = False
        base = 5000 + 1000 * number
        self.phones, self.twins = [], {}
        for i, (user, host, proto, network) in enumerate(TEAM):
            phone = self.phone(f"{user}{number}", host, base + i, proto,
                               network)
            twin = self.phone(f"{user}{number}-twin", UA4, base + 100 + i,
                              proto, "UA4")
            self.phones.append(phone)
            self.twins[phone] = twin
        self.kinds = itertools.cycle(
            (shape, caller, callee) for shape in SHAPES
            for caller, callee in itertools.permutations(self.phones, 2)
            if caller.nat64 or callee.nat64)
        # comes back from wherever it is, in whatever mode, nobody calls it
        self.walker = self.phone(f"w{number}", UE6, base + 200, "udp", "UE6")
        self.loop.add(conn, self.command)

    def phone(self, user, host, port, proto, network, fresh=False):
        phone = Phone(self.loop, user, host, port, proto, network)
        phone.take, phone.lose = self.take, self.lose
        phone.fresh = fresh
        return phone

    def pause(self):
        return self.random.uniform(0, 0.4) if self.pauses else 0.0

    # calls

    def take(self, phone, data):
        found = crowd.NUMBER.search(data)
        if found:
            call = self.calls.get(int(found[1]))
            if call:
                call.got(phone, data)
        elif b"\r\nCall-ID: reg-" in data:
            phone.on_registered(data)

    def lose(self, data):
        found = crowd.NUMBER.search(data)
        call = self.calls.get(int(found[1])) if found else None
        if call:
            call.lost += 1

    def begin(self):
        """A call, and the same call by those who have IPv4"""
        shape, caller, callee = next(self.kinds)
        twins = self.twins[caller], self.twins[callee]
        flow = f"{caller.network} > {callee.network}"
        if caller.nat64 and self.random.random() < STRANGERS:
            flow = f"{caller.network}, never seen > {callee.network}"
            caller = self.stranger(caller.host, caller.network)
            twins = self.stranger(UA4, "UA4"), twins[1]
        for pair in ((caller, callee), twins):
            self.made += 1
            self.open += 1
            number = self.number * 100000000 + self.made
            call = Call(self, number, shape, *pair, flow)
            self.calls[number] = call
            call.start()

    def stranger(self, host, network):
        while True:
            self.port = (self.port + 1) % 5000
            port = 20000 + self.number * 5000 + self.port
            try:
                return self.phone("stranger", host, port, "udp", network, True)
            except OSError:
                continue

    def finished(self, call):
        self.open -= 1
        self.ended += 1
        self.loop.later(LINGER, self.forget, call)
        kind = "nat64" if call.nat64 else "plain"
        what = "not judged" if not call.judged() else \
            "failed" if call.faults else "ok"
        if what == "not judged" and not call.heard:
            what = "failed"
            call.fault("no answer at all")
        # netem does not say whether it lost the answer to the only probe
        if what == "failed" and (call.lost or (
                call.caller.fresh and not isinstance(self.weather, Phones))):
            what = "lost"
        for by in ("flow", "shape"):
            self.counts[by, getattr(call, by), kind, what] += 1
        self.counts["lossy", "", kind, what] += bool(call.lost)
        if what in ("failed", "lost"):
            self.counts["reason", call.faults[0], kind, what] += 1
            if len(self.failures) < KEPT:
                self.failures.append((
                    f"{call.number} {call.flow} ({kind}), {call.shape}, "
                    f"{call.caller.proto} > {call.callee.proto}, "
                    f"{call.lost} lost", call.faults, call.log))

    def forget(self, call):
        del self.calls[call.number]
        if call.caller.fresh:
            call.caller.close()

    # registrations

    def register(self, phone, done):
        turn, on = self.modes.turn(), self.modes.on()
        phone.registering = turn

        def answered(ok):
            self.registrations += 1
            self.unregistered += not ok
            # in another mode the binding says nothing of NAT64
            phone.doubtful = phone.nat64 and not (
                ok and on and turn == self.modes.turn())
            phone.registering = None
            done(phone)

        phone.registers(answered)

    def keep_registered(self, phone):
        """Where a binding counts, only while the mode is on"""
        wait = 0.1 if phone.doubtful else REGISTER
        self.loop.later(wait, self.refresh, phone)

    def refresh(self, phone):
        if self.modes.on() or not phone.nat64 or phone is self.walker:
            self.register(phone, self.keep_registered)
        else:
            self.loop.later(0.1, self.refresh, phone)

    def start(self):
        """All registered and asked, in good weather"""
        everybody = [*self.phones, *self.twins.values(), self.walker]
        left = set(everybody)
        for phone in everybody:
            self.register(phone, left.discard)
        while left or not all(p.asked for p in everybody if p.nat64):
            self.loop.once(0.1)
        for phone in everybody:
            self.keep_registered(phone)
        self.conn.send("ready")

    # what the parent says

    def command(self):
        try:
            name, *args = self.conn.recv()
        except EOFError:
            os._exit(1)  # there is no parent any more
        getattr(self, f"do_{name}")(*args)

    def do_full(self, at_once):
        """Always so many calls at once"""
        self.at_once, self.pauses, self.ended = at_once, False, 0
        self.fill()

    def fill(self):
        while self.at_once and self.open < self.at_once:
            self.begin()
        if self.at_once:
            self.loop.later(0.001, self.fill)

    def do_rate(self, rate):
        """So many calls a second, two at a time"""
        self.at_once, self.rate, self.pauses = 0, rate, True
        Phone.weather = self.weather
        self.tick(rate, time.monotonic())

    def tick(self, rate, due):
        if self.rate == rate:
            # a machine that others slow down must not drown in its own calls
            if self.open < OPEN * rate + 16:
                self.begin()
            else:
                self.held_back += 2
            due += self.random.expovariate(rate / 2)
            self.loop.later(due - time.monotonic(), self.tick, rate, due)

    def do_rest(self):
        """No new calls; answered when there is none left, and nothing that
        could come again"""
        self.at_once = self.rate = 0
        self.rested()

    def rested(self):
        for call in list(self.calls.values()):
            if not call.over and call.heard and not call.judged():
                call.finish()
        if self.open or self.calls:
            self.loop.later(0.1, self.rested)
        else:
            self.conn.send("resting")

    def do_ended(self):
        self.conn.send(self.ended)

    def do_tell(self):
        self.conn.send({
            "counts": self.counts, "failures": self.failures,
            "made": self.made, "held_back": self.held_back, "registrations": self.registrations,
            "unregistered": self.unregistered,
            "lost": getattr(self.weather, "lost", 0),
            "doubled": getattr(self.weather, "doubled", 0),
            "late": getattr(self.weather, "late", 0)})

    def do_clear(self):
        self.counts.clear()
        self.failures.clear()


def run(number, modes, conn, others, by_phones, seed):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:
        other.close()
    weather = Phones(seed * 1000 + number) if by_phones else Calm()
    player = Player(number, modes, conn, weather)
    player.start()
    while True:
        player.loop.once(1.0)


class Players:
    """The processes, as the parent sees them"""

    def __init__(self, count, modes, by_phones, seed):
        self.conns, self.processes = [], []
        for number in range(count):
            mine, theirs = multiprocessing.Pipe()
            self.conns.append(mine)
            process = multiprocessing.Process(
                target=run, daemon=True,
                args=(number, modes, theirs, list(self.conns), by_phones,
                      seed))
            process.start()
            self.processes.append(process)
            theirs.close()

    def say(self, *words):
        for conn in self.conns:
            conn.send(words)

    def hear(self, seconds):
        """What each answers"""
        out = []
        for conn in self.conns:
            if not conn.poll(seconds):
                raise RuntimeError("phones do not answer any more")
            out.append(conn.recv())
        return out

    def ask(self, *words, seconds=120):
        self.say(*words)
        return self.hear(seconds)

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join(5)
