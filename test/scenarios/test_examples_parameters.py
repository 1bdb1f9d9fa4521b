# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each example of a parameter in the module's reference, in the configuration
that is shipped: it starts, a call goes through, and what it sets is seen."""
import os
import re
import shlex
import shutil
import time

import pytest

from sipharness import databases, netns, shapes
from sipharness.branches import PREFIX_B, Party, ua4, ue6
from sipharness.called import DUAL, PREF
from sipharness.edge import EDGE, MARK, Edge
from sipharness.examples import Example, cases, inserted, of
from sipharness.pools import Table
from sipharness.relays import RELAY
from sipharness.shapes import PLAIN, V4, body, pair, synthetic, value
from sipharness.texts import PEER, SDP4, UA4, UE6, sdp, values
from test_manage_edge import to_ue6

WKP = "64:ff9b::/96"
NAT64_IP4 = "IP4 192.0.2.1"  # as UA4 reads the address of UE6



def dual(s, want=DUAL, **changed):
    """UE6 calls UA4"""
    one = changed.pop("caller", None) or ue6(s)
    two = ua4(s).register("bob", 100 + s.next())
    got = s.call(one, two, **changed)
    assert values(got.invite) == values(got.ok) == want, got.invite
    return got


def carried(own, own4=V4):
    """The pair for a phone that knows us by that address"""
    return pair(value(own4, "bn"), value(own, "as"))


def pref64(lab, text):
    with Example(lab, text, "NAT64_NO_PROBE", known=False) as s:
        s.status(pref64=PREF)
        dual(s)


def detect(lab, text):
    with Example(lab, text) as s:
        s.status(detect="via,sdp")
        dual(s)
        # in its Contact alone an IPv6 literal is no sign
        shows = Party(s, ("192.0.2.1", 40005), "192.0.2.1:40005")
        shows.inside = NAT64_IP4
        literal = ue6(s).text(body=body(NAT64_IP4), n=77)
        shows.send(re.sub("(?m)^Via: .*$", "Via: SIP/2.0/UDP 192.0.2.1:40005;"
                          "branch=z9hG4bKc;rport", literal))
        assert "n64=" not in ua4(s).receive("INVITE ")
        s.drain()


def wkp_strict(lab, text):
    with Example(lab, text, f'NAT64_PREF64="{WKP}"', "NAT64_NO_PROBE",
                 known=False) as s:
        got = dual(s, carried(synthetic(WKP, V4)))
        assert "c=IN IP6 64:ff9b::c000:21e\n" in got.ok
        s.count(not_carried=0)


def believe(lab, text):
    with Example(lab, text, f'NAT64_PREF64="{PREF}"', known=False) as s:
        s.status(believe="configured")
        one = ue6(s)
        s.asked(one, prefix=PREFIX_B)
        dual(s, caller=one)


def probe(lab, text):
    with Example(lab, text, f'NAT64_PREF64="{PREF}"', known=False) as s:
        s.status(probe="0", probes="0")
        one = ue6(s).register("alice", 101)
        dual(s, caller=one)
        s.status(probes="0")  # and nothing came to any phone


def flows(lab, text):
    with Example(lab, text) as s:
        assert 200000 <= int(s.rpc.fields("status")["room"]) < 400000
        dual(s)


def flow_expire(lab, text):
    with Example(lab, text, known=False) as s:
        one = ue6(s)
        s.asked(one)
        (flow,), _ = s.rpc.flows()
        assert 7100 < int(flow["expires"]) <= 7200, flow
        dual(s, caller=one)


def received_avp(lab, text):
    """It is that AVP, and so the binding has the mark"""
    avp = re.search(r"\$avp\(.*?\)", text)[0]
    shown = ('\tif (is_method("REGISTER") && fix_nat64_register()) {\n'
             f'\t\txlog("L_INFO", "in the AVP: {avp}\\n");\n\t}}\n')
    with Example(lab, text + shown, known=False, at="register") as s:
        one = ue6(s)
        s.asked(one)
        one.register("alice", 150)
        assert s.said(f"in the AVP: sip:192.0.2.1:40001{MARK}\n") == 1
        assert f"Received: sip:192.0.2.1:40001{MARK}\n" in s.rpc.ask(
            "ul.dump")
        dual(s, caller=one)


def rr_fqdn(lab, text):
    with Example(lab, text, "NAT64_NO_PROBE", known=False, plain=True) as s:
        dual(s, carried("proxy.example.net"))


def in_pool(lab, s, address="203.0.113.7", want=None):
    """A phone that comes from there"""
    netns.add(address)
    one = Party(s, (address, 40001), "[2001:db8:1::2]:5062", PREF)
    return dual(s, want or DUAL, caller=one)


def pool(lab, text):
    with Example(lab, text, "NAT64_NO_PROBE", known=False) as s:
        in_pool(lab, s)


def pool_file(lab, text):
    path = os.path.join(lab.folder, "pools.txt")
    entries = re.findall(r"(?m)^# (\d.*\n)", text)
    with open(path, "w") as f:
        f.writelines(entries)
    with Example(lab, text, "NAT64_NO_PROBE", known=False,
                 places={"/etc/kamailio/pools.txt": path}) as s:
        in_pool(lab, s)
        listed = re.findall(r"network: (\S+)\s+pref64: (\S+)\s+from: (.*)",
                            s.rpc.ask("nat64sip.pools"))
        assert sorted(f"{a}={b}" for a, b, _ in listed) == sorted(
            e.split()[0] for e in entries) and len(listed) == 2
        assert {c for _, _, c in listed} == {f"{path}:1", f"{path}:2"}


def sqlite(lab, text, table="nat64sip_pool"):
    own = Table(lab, schema=lambda t: t)
    own.write(("203.0.113.0/24", PREF))
    if table != "nat64sip_pool":
        own.execute(f"ALTER TABLE nat64sip_pool RENAME TO {table};"
                    "UPDATE version SET table_name = "
                    f"'{table}' WHERE table_name = 'nat64sip_pool';")
    with Example(lab, text, "NAT64_NO_PROBE", known=False, places={
            "/var/lib/kamailio/kamailio.sqlite": own.path}) as s:
        in_pool(lab, s)
        assert f"from: table {table}, row 1" in s.rpc.ask("nat64sip.pools")


class Postgres(databases.Postgres):
    """By TCP, as the example has it"""

    def prepare(self):
        return [*super().prepare(), "-c", "listen_addresses=localhost"]


def served(engine):
    def check(lab, text):
        with pytest.MonkeyPatch.context() as patch:
            try:
                own = engine(lab.folder)
            except databases.Missing as e:
                pytest.skip(str(e))
            try:
                for name, value in own.environment().items():
                    patch.setenv(name, value)
                own.load()
                own.write(("203.0.113.0/24", PREF))
                with Example(lab, text, "NAT64_NO_PROBE", known=False,
                             places={"PASSWORD": databases.PASSWORD}) as s:
                    in_pool(lab, s)
            finally:
                own.stop()
    return check


def db_table(lab, text):
    sqlite(lab, text, "pools_west")


def mode(lab, text):
    with Example(lab, text, plain=True) as s:
        s.status(mode="dryrun")
        got = dual(s, PLAIN)
        assert sdp(got.ok) == sdp(SDP4)
        s.rpc.mode("on")
        dual(s, from_tag="on", want=DUAL.replace(shapes.FTAG, "on"))


def probe_interval(lab, text):
    """So many phones that the first one's turn comes soon"""
    with Example(lab, text, known=False) as s:
        s.rpc.ask("nathelper.enable_ping", 0)
        phones = [ue6(s, 40001 + n) for n in range(20)]
        for n, one in enumerate(phones):
            s.asked(one, f"user{n}")
        dual(s, caller=phones[0])
        end = time.monotonic() + 26
        while int(s.rpc.fields("status")["probes"]) == len(phones):
            assert time.monotonic() < end, "nobody was asked again"
            time.sleep(0.1)
        again = [m for one in phones for m in one.phone.rest()]
        assert again and all(m.startswith("OPTIONS ") for m in again), again
        s.drain()


def ua_policy(lab, text):
    with Example(lab, text, plain=True) as s:
        got = dual(s, extra="User-Agent: Grandstream HT812 1.0\n")
        assert sdp(got.invite) == sdp(body("IP6 2001:db8:1::2"))
        got = dual(s, PLAIN.replace(shapes.FTAG, "off"), from_tag="off",
                   extra="User-Agent: Asterisk PBX 20\n")
        got = dual(s, DUAL.replace(shapes.FTAG, "on"), from_tag="on",
                   extra="User-Agent: baresip v1.0.0\n")
        assert f"c=IN {NAT64_IP4}\n" in got.invite


def own_address(lab, text):
    netns.add("10.0.0.5")
    with Example(lab, text, listen=["udp:10.0.0.5:5060"],
                 probe=("10.0.0.5", 5060)) as s:
        public = "198.51.100.10"
        assert f"udp:{public}:5060" in s.rpc.ask("nat64sip.status")
        one, two = (Party(s, addr, literal, prefix, own="10.0.0.5")
                    for addr, literal, prefix in (
                        (("192.0.2.1", 40001), "[2001:db8:1::2]:5062", PREF),
                        (("192.0.2.30", 5060), None, None)))
        got = s.call(one, two.register("bob", 101))
        assert values(got.invite) == carried(synthetic(PREF, public), public)


def relayed(s, relay=RELAY, **changed):
    """A call through rtpengine, which wrote what UE6 can reach"""
    got = dual(s, **changed)
    assert f"c=IN IP4 {relay}\n" in got.invite
    assert f"c=IN IP6 {synthetic(PREF, relay)[1:-1]}\n" in got.ok


def rtpengine_address(lab, text):
    with Example(lab, text, *lab.relay()) as s:
        relayed(s)
        s.count(sdp_rewritten=0)


def rtpengine_address_of_a_set(lab, text):
    """The script chooses set 2, as the comment says"""
    netns.add("192.0.2.22")
    chosen = re.search(r"(?m)^# .*: (\$avp.*)$", text)[1]
    relay = [one.replace("udp:", "2 == udp:")
             for one in lab.relay("192.0.2.22")]
    with Example(lab, text + f"\t{chosen}\n", *relay) as s:
        relayed(s, "192.0.2.22")
        s.count(sdp_rewritten=0)


def rtpengine_interface(lab, text):
    """rtpengine is started as the comment says"""
    words = [w for w in shlex.split(text.replace("#", " "))
             if w.startswith("--interface=")]
    assert len(words) == 2
    with Example(lab, text, *lab.relay(
            *(w.partition("=")[2] for w in words))) as s:
        relayed(s)
        s.count(sdp_repaired=1)  # 10.5 says IP4 of its IPv6 address


def notify_header(lab, text):
    with Example(lab, text, "WITH_NOTIFY", 'NOTIFY_PEER="192.0.2.40/32"',
                 'NOTIFY_NEXT_HOP="sip:192.0.2.40:5060"', plain=True) as s:
        peer = Party(s, PEER)
        got = s.call(ue6(s), peer)
        assert values(got.invite) == DUAL
        assert values(got.invite, "X-Leg-Networks").startswith(
            f'X-Leg-Networks: caller=nat64;caller-pref64="{PREF}";')
        assert "PortaSIP" not in got.invite


def notify_peer(lab, text):
    """Of both networks the caller's prefix is believed, of nobody else's"""
    netns.add("198.51.100.7")
    header = (f'PortaSIP-Notify: caller=nat64;caller-pref64="{PREFIX_B}";'
              "callee=ipv4\n")
    sent = body("IP6 2001:db8:1::2")  # of the phone behind the peer
    with Example(lab, text, plain=True) as s:
        two = ua4(s).register("bob", 101)
        for address, believed in (("192.0.2.40", "65"),
                                  ("198.51.100.7", "65"), ("192.0.2.2", "64")):
            one = Party(s, (address, 40011))
            got = s.call(one, two, extra=header, from_tag=f"by{address}",
                         body=sent)
            assert f"c=IN IP6 2001:db8:{believed}::c000:21e\n" in got.ok
        s.count(notify_removed=1)
        dual(s)


def path_peer(lab, text):
    path = os.path.join(lab.folder, "edge.cfg")
    with open(EDGE) as f:
        shipped = f.read()
    own = 'modparam("nat64sip", "path_peer", REGISTRAR_NET)\n'
    assert own in shipped
    with open(path, "w") as f:
        f.write(inserted(shipped.replace(own, ""), text))
    with Edge(lab, cfg=path) as s:
        s.everybody()
        s.restart()  # it knows nothing but what comes with the call
        got = s.dial(UA4, UE6)
        assert values(got.invite) == to_ue6("udp")
        s.bye(got, UE6)


CHECKS = {  # of each parameter, one for each of its examples
    "pref64": [pref64], "detect": [detect], "wkp_strict": [wkp_strict],
    "believe": [believe], "probe": [probe], "flows": [flows],
    "flow_expire": [flow_expire], "received_avp": [received_avp],
    "rr_fqdn": [rr_fqdn], "pool": [pool], "pool_file": [pool_file],
    "db_url": [sqlite, served(databases.Mysql), served(Postgres)],
    "db_table": [db_table], "mode": [mode],
    "probe_interval": [probe_interval], "ua_policy": [ua_policy],
    "own_address": [own_address],
    "rtpengine_address": [rtpengine_address, rtpengine_address_of_a_set],
    "rtpengine_interface": [rtpengine_interface],
    "notify_header": [notify_header], "notify_peer": [notify_peer],
    "path_peer": [path_peer],
}


@pytest.mark.parametrize("name, n", cases("p"))
def test_example(lab, name, n):
    if name.startswith("rtpengine") and not shutil.which("rtpengine"):
        pytest.skip("rtpengine is not installed")
    CHECKS[name][n](lab, of("p")[name][n])
