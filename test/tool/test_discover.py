# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""discover asks a real name server, unbound, on loopback."""
import os
import shutil
import socket
import subprocess
import time

import pytest

CONF = """server:
  chroot: ""
  username: ""
  directory: "{dir}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  do-daemonize: no
  num-threads: 1
  interface: {host}
  port: {port}
  do-not-query-localhost: no
  rrset-roundrobin: no
  module-config: "{modules}"
{more}
remote-control:
  control-enable: no
"""
ZONE = '  local-zone: "ipv4only.arpa." static\n'
BOTH_A = ZONE + "".join(f'  local-data: "ipv4only.arpa. 60 IN A {a}"\n'
                        for a in ("192.0.0.170", "192.0.0.171"))


def free_port(host="127.0.0.1"):
    """For UDP and TCP; somebody else may take it all the same"""
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        with socket.socket(kind, socket.SOCK_DGRAM) as udp, \
                socket.socket(kind, socket.SOCK_STREAM) as tcp:
            tcp.bind((host, 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind((host, port))
            except OSError:
                continue
            return port


class Taken(Exception):
    """Another one has the port by now"""


def aaaa(*addresses):
    return ZONE + "".join(f'  local-data: "ipv4only.arpa. 60 IN AAAA {a}"\n'
                          for a in addresses)


class Servers:
    def __init__(self, folder):
        self.folder, self.running = folder, []

    def start(self, more, modules="iterator", host="127.0.0.1"):
        """Returns its ADDRESS:PORT when it answers"""
        for _ in range(10):
            try:
                return self.start_at(free_port(host), more, modules, host)
            except Taken:
                pass
        pytest.fail("unbound: no free port in ten attempts")

    def start_at(self, port, more, modules, host):
        conf = self.folder / f"{len(self.running)}.conf"
        conf.write_text(CONF.format(dir=self.folder, host=host, port=port,
                                    modules=modules, more=more))
        with open(f"{conf}.log", "wb") as log:
            server = subprocess.Popen(["unbound", "-d", "-p", "-c", conf],
                                      stdout=log, stderr=log)
        self.running.append(server)
        self.ready(server, host, port, f"{conf}.log")
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    @staticmethod
    def ready(server, host, port, log):
        """That it is up is told by its own log: the port may be another's"""
        end = time.monotonic() + 20
        while True:
            with open(log, encoding="utf-8") as file:
                text = file.read()
            if "start of service" in text:
                return
            if server.poll() is not None or time.monotonic() > end:
                if "Address already in use" in text:
                    raise Taken
                pytest.fail("unbound: " + text)
            time.sleep(0.02)

    def stop(self):
        for server in self.running:
            server.kill()
            server.wait()


@pytest.fixture
def servers(tmp_path):
    os.environ["PATH"] += ":/usr/sbin"
    if not shutil.which("unbound"):
        pytest.skip("unbound is not installed")
    these = Servers(tmp_path)
    yield these
    these.stop()


@pytest.mark.parametrize("prefix", (
    "64:ff9b::/96", "2001:db8:64::/96", "2001:db8:122:344::/64",
    "2001:db8:122:300::/56", "2001:db8:122::/48", "2001:db8:100::/40",
    "2001:db8::/32"))
def test_dns64(tool, servers, prefix):
    """unbound's dns64, which makes nothing of its own local data"""
    names = servers.start(BOTH_A).replace(":", "@")
    dns64 = servers.start(
        f'  dns64-prefix: {prefix}\n  local-zone: "arpa." nodefault\n'
        f'forward-zone:\n  name: "."\n  forward-addr: {names}\n',
        modules="dns64 iterator")
    assert tool.yes("discover", "--server", dns64) == [prefix]


def test_several_each_once_in_order(tool, servers):
    server = servers.start(aaaa(
        "2001:db8:64::c000:aa", "64:ff9b::c000:aa", "2001:db8:64::c000:ab",
        "64:ff9b::c000:ab", "2001:db9:c000:aa::"))
    assert tool.yes("discover", "--server", server) \
        == ["2001:db8:64::/96", "64:ff9b::/96", "2001:db9::/32"]


def test_one_address_is_enough(tool, servers):
    server = servers.start(aaaa("2001:db8:c000:ab::", "64:ff9b::c000:aa"))
    assert tool.yes("discover", "--server", server) \
        == ["2001:db8::/32", "64:ff9b::/96"]


def test_prefix_that_has_the_address_in_itself(tool, servers):
    """RFC 7050 3: .171 tells which of the places is meant"""
    server = servers.start(aaaa("2001:db8:c000:aa::c000:aa",
                                "2001:db8:c000:aa::c000:ab"))
    assert tool.yes("discover", "--server", server) \
        == ["2001:db8:c000:aa::/96"]


def test_suffix_does_not_matter(tool, servers):
    server = servers.start(aaaa("2001:db8:c000:aa:0:1:2:3",
                                "2001:db8:c000:ab:0:1:2:3"))
    assert tool.yes("discover", "--server", server) == ["2001:db8::/32"]


def test_over_ipv6(tool, servers):
    server = servers.start(aaaa("64:ff9b::c000:aa"), host="::1")
    assert tool.yes("discover", "--server", server) == ["64:ff9b::/96"]


def test_more_than_a_datagram(tool, servers):
    """By TCP then"""
    many = [f"2001:db8:{i:x}::c000:aa" for i in range(1, 60)]
    server = servers.start(aaaa(*many) + "  max-udp-size: 512\n")
    found = tool.yes("discover", "--server", server)
    assert sorted(found) == sorted(f"2001:db8:{i:x}::/96"
                                   for i in range(1, 60))


@pytest.mark.parametrize("more", (
    BOTH_A, ZONE, aaaa("2001:db8::1"), aaaa("::ffff:192.0.0.170")))
def test_none(tool, servers, more):
    server = servers.start(more)
    assert "ipv4only.arpa" in tool.refuses(1, "discover", "-S", server)


def test_no_server(tool):
    line = tool.refuses(2, "discover", "-S", f"127.0.0.1:{free_port()}",
                        env={"RES_OPTIONS": "timeout:1 attempts:1"})
    assert "no answer" in line


@pytest.mark.parametrize("server", ("", "localhost", "192.0.2.1:0",
                                    "192.0.2.1:99999", "[::1]:x", "::1]:53"))
def test_wrong_server(tool, server):
    tool.refuses(2, "discover", "--server", server)


@pytest.mark.parametrize("server", ("::1", "[::1]", "127.0.0.1"))
def test_server_without_port(tool, server):
    """Port 53, where somebody may be or not"""
    said = tool("discover", "--server", server,
                env={"RES_OPTIONS": "timeout:1 attempts:1"})
    assert "not ADDRESS" not in str(said.err)
    assert said.status in (0, 1) or "no answer" in said.err[0]


def test_no_operand(tool):
    tool.refuses(2, "discover", "192.0.2.1")


def test_system_resolver(tool, servers, tmp_path):
    """As in a phone's network: resolv.conf says who is asked"""
    if os.geteuid() or not shutil.which("unshare"):
        pytest.skip("needs root and unshare for a network of its own")
    conf = tmp_path / "own.conf"
    conf.write_text(CONF.format(
        dir=tmp_path, host="127.0.0.1", port=53, modules="iterator",
        more=aaaa("2001:db8:64::c000:aa")))
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    script = (f"ip link set lo up && mount --bind {tmp_path}/resolv.conf "
              f"/etc/resolv.conf || exit 9; "
              f"unbound -d -p -c {conf} >{tmp_path}/log 2>&1 & "
              f"for i in $(seq 200); do {tool.path} discover && break; "
              f"sleep 0.05; done; kill $!; wait $!; exit 0")
    done = subprocess.run(
        ["unshare", "-n", "-m", "sh", "-c", script], text=True, timeout=60,
        env=dict(os.environ, RES_OPTIONS="timeout:1 attempts:1"),
        capture_output=True, check=False)
    assert done.stdout == "2001:db8:64::/96\n", done
