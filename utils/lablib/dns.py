# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""DNS: one server knows the names, DNS64s make AAAA records of its A's.

Each IPv6-only network has a DNS64 of its own, with that network's PREF64.
unbound's dns64 module makes nothing up for its own local-data, hence two.
"""

import os
import socket
import struct

from . import plan as P
from .namespaces import open_socket
from .process import must_live, start
from .wait import until

TYPE_AAAA = 28

COMMON = """server:
  chroot: ""
  username: ""
  directory: "{dir}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  do-daemonize: no
  num-threads: 1
  access-control: 0.0.0.0/0 allow
  access-control: ::0/0 allow
"""

NAMES = COMMON + """  interface: {dns}
  module-config: "iterator"
  local-zone: "." static
  local-zone: "{domain}." static
  local-data: "{domain}. 60 IN A {proxy}"
  local-zone: "{proxy_name}." static
  local-data: "{proxy_name}. 60 IN A {proxy}"
remote-control:
  control-enable: no
"""

DNS64 = COMMON + """  interface: {gateway}
  module-config: "dns64 iterator"
  dns64-prefix: {pref64}
  do-not-query-localhost: no
  local-zone: "test." nodefault
forward-zone:
  name: "."
  forward-addr: {dns}
remote-control:
  control-enable: no
"""


def bring_up(plan):
    _serve(plan, "names", "dns", NAMES, domain=P.DOMAIN,
           proxy_name=P.PROXY_NAME, proxy=P.PROXY_ADDR)
    for net in plan.networks:
        _serve(plan, net.named("dns64"), net.box, DNS64, gateway=net.gateway,
               pref64=net.pref64)
    for phone in plan.phones:
        with open(resolv_conf(plan, phone), "w", encoding="ascii") as out:
            out.write(f"nameserver {server_of(plan, phone)}\n")


def _serve(plan, name, space, text, **values):
    conf = plan.path("etc", name + ".conf")
    with open(conf, "w", encoding="ascii") as out:
        out.write(text.format(dir=plan.path("run"), dns=P.DNS_ADDR, **values))
    start(plan, name, ["unbound", "-d", "-p", "-c", conf], space=space)


def server_of(plan, phone):
    """The name server that a phone is to ask."""
    net = plan.network_of(phone)
    return net.gateway if net else P.DNS_ADDR


def resolv_conf(plan, phone):
    return plan.path("etc", f"resolv-{phone}.conf")


def _query(name):
    ident = struct.unpack("!H", os.urandom(2))[0]
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split("."))
    return ident, struct.pack("!6H", ident, 0x0100, 1, 0, 0, 0) + labels \
        + b"\0" + struct.pack("!HH", TYPE_AAAA, 1)


def _skip_name(data, pos):
    while data[pos]:
        if data[pos] >= 0xc0:
            return pos + 2
        pos += data[pos] + 1
    return pos + 1


def read_aaaa(data):
    """The AAAA addresses of a DNS response, as text."""
    questions, answers = struct.unpack("!HH", data[4:8])
    pos, found = 12, []
    for _ in range(questions):
        pos = _skip_name(data, pos) + 4
    for _ in range(answers):
        pos = _skip_name(data, pos)
        kind, _, _, size = struct.unpack("!HHIH", data[pos:pos + 10])
        pos += 10
        if kind == TYPE_AAAA:
            found.append(socket.inet_ntop(socket.AF_INET6,
                                          data[pos:pos + size]))
        pos += size
    return found


def ask_aaaa(plan, net=None, name=P.DOMAIN, seconds=0.5):
    """Ask a network's DNS64 as its phone would; [] without answer."""
    net = net or plan.networks[0]
    ident, query = _query(name)
    sock = open_socket(plan.space(net.phone), socket.AF_INET6,
                       socket.SOCK_DGRAM)
    with sock:
        sock.settimeout(seconds)
        try:
            sock.connect((net.gateway, 53))
            sock.send(query)
            data = sock.recv(1500)
        except OSError:
            return []
    if data[:2] != struct.pack("!H", ident):
        return []
    return read_aaaa(data)


def wait_ready(plan):
    """Until each DNS64 gives the proxy's synthetic address."""
    def living():
        for name in ("names", *(n.named("dns64") for n in plan.networks)):
            must_live(plan, name)
    for net in plan.networks:
        until(lambda net=net: net.proxy6 in ask_aaaa(plan, net),
              f"the DNS64 to answer {P.DOMAIN} with {net.proxy6}",
              alive=living)
