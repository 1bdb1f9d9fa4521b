# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""One scenario: a private network, a proxy, phones, a recording, a verdict."""
import os
import re

from . import callfile, compare, netns, rtpengine, sipp
from .kamailio import ROOT, Kamailio, Refused
from .wire import Wire

HERE = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
SHIPPED = os.path.join(ROOT, "etc", "kamailio-nat64.cfg")
KEMI = os.path.join(ROOT, "etc", "kamailio-nat64-kemi.cfg")
KEMI_SCRIPT = os.path.join(ROOT, "etc", "kamailio-nat64.lua")
LEARN = os.path.join(HERE, "cfg", "learn.cfg")  # more around it
SMALL = os.path.join(HERE, "cfg", "proxy.cfg")


def call_text(name):
    with open(os.path.join(HERE, "calls", name + ".call")) as f:
        return f.read()


class Lab:
    """What a test gets"""

    def __init__(self, folder):
        self.folder = str(folder)
        self.ns = netns.Netns()
        self.ns.enter()
        self.wire = Wire()
        self.running = []
        self.phones = []
        self.known = {}
        self.turn = 0
        # the KEMI variant of what is shipped, in its place
        self.kemi = os.environ.get("N64_KEMI") == "1"

    def shipped(self, *defines, **options):
        """Start the configuration that is shipped, one prefix configured and
        no phone asked"""
        return self.learning('NAT64_PREF64="2001:db8:64::/96"',
                             "NAT64_NO_PROBE", *defines, **options)

    def learning(self, *defines, **options):
        """Start the configuration that is shipped, with nothing configured"""
        return self.proxy(SHIPPED, defines=[
            'SIP_DOMAIN="sip.example.test"', *defines], **options)

    def proxy(self, cfg=SMALL, **options):
        """Start Kamailio; it must come up"""
        if self.kemi and cfg in (SHIPPED, LEARN):
            cfg = KEMI if cfg == SHIPPED else cfg
            options["defines"] = [*options.get("defines", ()),
                                  f'KEMI_SCRIPT="{KEMI_SCRIPT}"']
        try:
            proxy = Kamailio(cfg, self.folder, **options)
        except Refused as e:
            raise AssertionError(f"Kamailio did not start:\n{e}") from None
        self.running.append(proxy)
        return proxy

    def relay(self, *interfaces, options=()):
        """Start rtpengine; what it takes from Kamailio's side to use it"""
        self.running.append(rtpengine.Rtpengine(
            self.folder, interfaces, options))
        return rtpengine.DEFINES

    def refused(self, cfg=SMALL, **options):
        """Start Kamailio; it must refuse. Its log."""
        try:
            proxy = Kamailio(cfg, self.folder, **options)
        except Refused as e:
            return str(e)
        self.running.append(proxy)
        raise AssertionError("Kamailio started, it should have refused")

    def play(self, name, logged=None, edit=None, **params):
        """Play a call file and judge every message in it.

        @param logged  What the core may log of it, a regular expression
        @param edit    Function on the text, for a variant of a whole call
        """
        text = call_text(name)
        if edit:
            text, before = edit(text), text
            assert text != before, "the variant is none"
        self.known.clear()
        self.judge(callfile.parse(text, params), logged)

    def judge(self, blocks, logged=None):
        before = len(self.wire.read())
        trouble = self._run(callfile.parts(blocks))
        for proxy in self.running:
            proxy.settle()
        sent = self.wire.read()[before:]
        faults = self.faults(blocks, sent)
        for proxy in self.running:
            faults += [f"logged: {line}" for line in proxy.complaints()
                       if not (logged and re.search(logged, line))]
        # a phone that gave up is a consequence, so it stands last
        assert not faults and not trouble, "\n\n".join(
            faults + [t for t in trouble if t])

    def _run(self, parts):
        """Registrations one by one, then all others at once"""
        calls = []
        for blocks in parts:
            if blocks[0].method == "REGISTER":
                phone = self._start(blocks)
                fault = phone.wait()
                if fault:
                    return [fault]
            else:
                calls.append(blocks)
        # those who wait for a message first, so that they are there
        calls.sort(key=lambda blocks: not blocks[0].by_proxy)
        phones = [self._start(blocks) for blocks in calls]
        return self._wait(phones)

    @staticmethod
    def _wait(phones):
        """Once one gave up, the others would wait in vain"""
        trouble = []
        while phones and not trouble:
            done = [p for p in phones if p.finished(0.01)]
            trouble = [t for t in (p.wait() for p in done) if t]
            phones = [p for p in phones if p not in done]
        for p in phones:
            p.stop()
        return trouble

    def _start(self, blocks):
        self.turn += 1
        phone = sipp.Phone(blocks, self.folder,
                           f"{self.turn}-{blocks[0].phone}")
        self.phones.append(phone)
        return phone

    def faults(self, blocks, sent):
        """What is on the wire and should not be, and the other way round"""
        out, known = [], self.known
        sent = [m for m in once(sent) if netns.HOSTS["probe"]
                not in (m.src[0], m.dst[0])]
        flows = {}
        for b in blocks:
            flows.setdefault((b.who, b.to), []).append(b)
        names = {addr: name for name, addr in netns.HOSTS.items()}
        seen = {}
        for m in sent:
            key = tuple(names.get(a[0], a[0]) for a in (m.src, m.dst))
            seen.setdefault(key, []).append(m)
        for key in list(flows) + [k for k in seen if k not in flows]:
            out += flow_faults(key, flows.get(key, []), seen.get(key, []),
                               known)
        return out

    def close(self):
        for phone in self.phones:
            phone.stop()
        for proxy in self.running:
            proxy.stop()
        self.wire.close()
        self.ns.leave()
        self.ns.close()


def once(messages):
    """Without retransmissions: the same octets on the same flow again"""
    out, seen = [], set()
    for m in messages:
        if m not in seen:
            seen.add(m)
            out.append(m)
    return out


def same_way(msg, block):
    """From and to the right sockets, by the right transport?"""
    def same(is_, want):
        return is_[0] == want[0] and want[1] in (is_[1], callfile.ANY_PORT)
    return (msg.proto == block.proto and same(msg.src, block.src)
            and same(msg.dst, block.dst))


def flow_faults(key, expected, seen, known):
    """Messages from one host to another, in order, none more, none less"""
    out = []
    title = f"{key[0]} > {key[1]}"
    for i, block in enumerate(expected):
        what = f"{title} #{i + 1} ({block.first_line[:40]})"
        if i >= len(seen):
            out.append(f"{what}: never sent")
            continue
        diff = compare.compare(block.text, seen[i].data, known, what)
        if diff:
            out.append(diff)
        elif not same_way(seen[i], block):
            out.append(f"{what}: went {seen[i]}, expected {block.proto} "
                       f"{block.src} > {block.dst}")
    for m in seen[len(expected):]:
        out.append(f"{title}: one too many:\n"
                   + compare.visible(m.data))
    return out
