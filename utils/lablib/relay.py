# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The media relay: rtpengine on the IPv4 network."""

import os
import socket

from . import plan as P
from .namespaces import open_socket
from .process import must_live, start
from .wait import until

PORTS = (30000, 30998)


def argv(addr, ng_port, ports=PORTS, cli="127.0.0.1:9900", bridges=()):
    """rtpengine in the foreground. bridges: more interfaces of it."""
    # the CLI port is named because the default one may be taken
    return ["rtpengine", "--foreground", "--log-stderr",
            "--config-file=none", "--table=-1", f"--interface={addr}",
            *(f"--interface={one}" for one in bridges),
            f"--listen-ng={addr}:{ng_port}", f"--listen-cli={cli}",
            f"--port-min={ports[0]}", f"--port-max={ports[1]}"]


def bring_up(plan):
    bridges = [f"{net.box}/{P.RELAY_ADDR}!{net.relay6}"
               for net in plan.networks if plan.bridges]
    start(plan, "rtpengine", argv(P.RELAY_ADDR, P.NG_PORT, bridges=bridges),
          space="relay")


def answers(sock, addr, ng_port, seconds=0.5):
    """Does rtpengine's NG port say pong?"""
    cookie = os.urandom(4).hex().encode()
    sock.settimeout(seconds)
    try:
        sock.sendto(cookie + b" d7:command4:pinge", (addr, ng_port))
        data = sock.recv(1500)
    except OSError:
        return False
    return data == cookie + b" d6:result4:ponge"


def wait_answers(plan, name, space, addr):
    """Until the rtpengine that was started under this name does."""
    sock = open_socket(plan.space(space), socket.AF_INET, socket.SOCK_DGRAM)
    with sock:
        until(lambda: answers(sock, addr, P.NG_PORT),
              "rtpengine to answer a ping",
              alive=lambda: must_live(plan, name))


def wait_ready(plan):
    wait_answers(plan, "rtpengine", "relay", P.RELAY_ADDR)
