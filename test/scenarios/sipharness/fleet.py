# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""etc/fleet on one machine: an edge, two registrars, two media boxes, a real
rtpengine. What dies, and the address that moves, are in test/lab/test_fleet.py."""
import os
import time

from . import netns, watch
from .called import Called
from .ctl import Ctl
from .kamailio import ROOT, Kamailio, Refused
from .patience import patience
from .texts import Texts

FOLDER = os.path.join(ROOT, "etc", "fleet")
EDGE, REGISTRAR, MEDIA = (os.path.join(FOLDER, f"{name}.cfg")
                          for name in ("edge", "registrar", "media"))
LIST = f'DISPATCHER_LIST="{os.path.join(FOLDER, "dispatcher.list")}"'
DOMAIN = 'SIP_DOMAIN="sip.example.test"'
REGISTRARS = ("192.0.2.12", "192.0.2.13")
BOXES = ("192.0.2.14", "192.0.2.15")


def uri(address):
    return f"sip:{address}:5060"


class Fleet(Called):
    """Nothing is configured of any prefix"""

    def __init__(self, lab):
        self.behind = []
        for n, own in enumerate(REGISTRARS):
            self._host(lab, REGISTRAR, own, [
                f'DMQ_ADDRESS="{uri(own)}"', f"SERVER_ID={n + 1}",
                f'DMQ_PEER="{uri(REGISTRARS[1 - n])}"'])
        _, relay = lab.relay()
        for own in BOXES:
            self._host(lab, MEDIA, own, [relay])
        super().__init__(lab, LIST, cfg=EDGE)
        # what is registered before they have met, only one of them knows
        self._until("dmq.list_nodes", lambda shown: shown.count(
            "status: active") == len(REGISTRARS))

    def _host(self, lab, cfg, address, defines):
        folder = os.path.join(lab.folder, address)
        os.mkdir(folder)
        netns.add(address)
        try:
            one = Kamailio(cfg, folder, [f"udp:{address}:5060"], [
                DOMAIN, LIST, f'CTL_SOCKET="unix:{folder}/ctl"', *defines],
                probe=(address, 5060))
        except Refused as e:
            raise AssertionError(f"{cfg} did not start:\n{e}") from None
        lab.running.append(one)
        self.behind.append(one)

    def replicated(self, text):
        """Both registrars have that of a registration"""
        self._until("ul.dump", lambda shown: text in shown)

    def _until(self, command, right):
        """Both registrars say so"""
        end = time.monotonic() + patience(10.0)
        for host in REGISTRARS:
            ask = Ctl(os.path.join(self.lab.folder, host, "ctl"))
            while not right(ask.ask(command)):
                assert time.monotonic() < end, ask.ask(command)
                time.sleep(0.02)

    def done(self):
        Texts.done(self)
        inside = REGISTRARS + BOXES
        found = watch.faults(
            [m for m in self.lab.wire.read()
             if m.src[0] not in inside and m.dst[0] not in inside],
            ue6=(netns.HOSTS["ue6"], netns.HOSTS["ue6b"]))
        assert not found, "\n".join(found)
        for one in self.behind:
            assert not one.complaints(), one.complaints()
