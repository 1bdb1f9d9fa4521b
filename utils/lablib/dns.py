# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""DNS: one server knows the names, a DNS64 makes AAAA records of its A's.

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
    values = {"dir": plan.path("run"), "dns": P.DNS_ADDR,
              "gateway": P.GATEWAY_ADDR, "pref64": plan.pref64,
              "domain": P.DOMAIN, "proxy": P.PROXY_ADDR}
    for name, text, space in (("names", NAMES, "dns"),
                              ("dns64", DNS64, "nat64")):
        conf = plan.path("etc", name + ".conf")
        with open(conf, "w", encoding="ascii") as out:
            out.write(text.format(**values))
        start(plan, name, ["unbound", "-d", "-p", "-c", conf], space=space)
    for phone, server in (("ue", P.GATEWAY_ADDR), ("ua4", P.DNS_ADDR)):
        with open(resolv_conf(plan, phone), "w", encoding="ascii") as out:
            out.write(f"nameserver {server}\n")


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


def ask_aaaa(plan, name=P.DOMAIN, seconds=0.5):
    """Ask the DNS64 as the phone would; the addresses, [] without answer."""
    ident, query = _query(name)
    sock = open_socket(plan.space("ue"), socket.AF_INET6, socket.SOCK_DGRAM)
    with sock:
        sock.settimeout(seconds)
        try:
            sock.connect((P.GATEWAY_ADDR, 53))
            sock.send(query)
            data = sock.recv(1500)
        except OSError:
            return []
    if data[:2] != struct.pack("!H", ident):
        return []
    return read_aaaa(data)


def wait_ready(plan):
    """Until the DNS64 gives the proxy's synthetic address."""
    def living():
        must_live(plan, "names")
        must_live(plan, "dns64")
    until(lambda: plan.proxy6 in ask_aaaa(plan),
          f"the DNS64 to answer {P.DOMAIN} with {plan.proxy6}", alive=living)
