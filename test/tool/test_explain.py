# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""nat64sip explain: what it reads, and what it says."""
import json
import os
import pty
import subprocess

import pytest

import explaining
from explaining import OWN, PREF, SDP, VIA6, as_text, call, message

PROXY = ("--own", "192.0.2.10")
INVITE = message("INVITE sip:bob@192.0.2.30 SIP/2.0", [VIA6.format(n=1)],
                 body=SDP)
MEBI = 1 << 20


def objects(lines):
    return [json.loads(line) for line in lines]


@pytest.fixture
def told(tool):
    """What it says of a text, as objects"""
    def tell(text, *words):
        return objects(tool.yes("explain", *PROXY, "--json", *words, "-",
                                stdin=text))
    return tell


def test_text(told):
    """The words of the module's debug line"""
    one, = told(INVITE, "--from", "203.0.113.7:40001", "--pref64", PREF)
    assert one["verdict"] == (f"source nat64 {PREF} by via (hint), "
                              "target ipv4 by packet4 (hint)")
    assert one["source"] == {"network": "nat64", "pref64": PREF,
                             "rule": "via", "strength": "hint"}
    assert one["from"] == "203.0.113.7:40001"
    assert (one["call_id"], one["kind"], one["method"]) == (
        "c1", "request", "INVITE")


def test_lines_that_end_with_lf(told):
    """As an editor leaves them; the body's length is what was counted"""
    one, = told(INVITE.replace("\r\n", "\n"), "--from", "203.0.113.7:40001")
    assert "+c=IN IP4 203.0.113.7" in one["diff"]


def test_where_a_text_came_from(told):
    """From received and rport, or not known behind an IPv6 literal"""
    seen = message("INVITE sip:bob@192.0.2.30 SIP/2.0",
                   [VIA6.format(n=1) + "=40001;received=203.0.113.9"])
    assert told(seen)[0]["from"] == "203.0.113.9:40001"
    assert told(INVITE)[0]["from"] == "unknown"


def test_who_sent_it_is_not_known(tool):
    line = tool.yes("explain", *PROXY, "-", stdin=INVITE)[2]
    assert line == "#1 INVITE from udp unknown"


def test_predicted(told):
    """Record-Route and SDP, by the core's own functions"""
    one, = told(INVITE, "--from", "203.0.113.7:40001", "--pref64", PREF)
    assert one["predicted"]
    assert one["diff"] == [
        "+Record-Route: <sip:192.0.2.10:5060;r2=on;n64=bn;ftag=a;lr>",
        "+Record-Route: <sip:[2001:db8:64::c000:20a]:5060;r2=on;n64=as;"
        "ftag=a;lr>",
        "-Content-Length: 116", "+Content-Length: 112",
        "-o=- 1 1 IN IP6 2001:db8:1::2", "-s=-", "-c=IN IP6 2001:db8:1::2",
        "+o=- 1 1 IN IP4 203.0.113.7", "+s=-", "+c=IN IP4 203.0.113.7"] or \
        [d for d in one["diff"] if d[1:3] == "c="] == [
            "-c=IN IP6 2001:db8:1::2", "+c=IN IP4 203.0.113.7"]


def test_predicted_notify(told):
    one, = told(INVITE, "--from", "203.0.113.7:40001", "--pref64", PREF,
                "--set", "notify_peer=192.0.2.30")
    assert ('+PortaSIP-Notify: caller=nat64;caller-pref64="2001:db8:64::/96"'
            ";callee=ipv4") in one["diff"]


@pytest.mark.parametrize("kind", ["text", "capture", "capture-on-stdin"])
def test_what_left(tool, kind, tmp_path):
    """The octets of both sides compared; a reply knows its request"""
    file = tmp_path / "input"
    data = as_text(call(1)).encode() if kind == "text" \
        else explaining.capture(call(1))
    file.write_bytes(data)
    if kind == "capture-on-stdin":
        done = subprocess.run(
            [tool.path, "explain", *PROXY, "--json", "-"], input=data,
            capture_output=True, check=True)
        lines = done.stdout.decode().splitlines()
    else:
        lines = tool.yes("explain", *PROXY, "--json", file)
    invite, ok = objects(lines)
    assert (invite["n"], invite["left"]["n"]) == (1, 2)
    assert "+c=IN IP4 203.0.113.7" in invite["diff"]
    assert "predicted" not in invite
    assert ok["verdict"] == ("source ipv4 by packet4 (hint), target nat64 "
                             "without PREF64 by transaction (hint)")
    assert ok["left"]["to"] == "203.0.113.7:40001"


PROBE = message("OPTIONS sip:203.0.113.7:40001 SIP/2.0",
                [OWN.format(n="probe")], call="probe-1", cseq="10 OPTIONS")
SHOWN = PROBE.replace("OPTIONS sip:203.0.113.7:40001 SIP/2.0",
                      "SIP/2.0 200 OK").replace(
    OWN.format(n="probe"),
    OWN.format(n="probe") + ";received=2001:db8:64::c000:20a")


def test_learns_from_the_answer_to_a_probe(told):
    """As the module does: the next message of that flow is known"""
    phone, proxy = explaining.PHONE, explaining.PROXY
    said = told(as_text([(proxy, phone, PROBE), (phone, proxy, SHOWN),
                         *call(1)]))
    assert [one["source"]["rule"] for one in said
            if one["method"] == "INVITE" and one["kind"] == "request"] == [
                "flow"]


def test_believes_no_reply_that_nobody_asked_for(told):
    phone, proxy = explaining.PHONE, explaining.PROXY
    said = told(as_text([(phone, proxy, SHOWN), *call(1)]))
    assert said[-2]["source"]["rule"] == "via"


def test_why_not(told):
    plain = INVITE.replace("[2001:db8:1::2]", "203.0.113.7").replace(
        "IP6 2001:db8:1::2", "IP4 203.0.113.7")
    assert told(plain)[0]["why"] == (
        "left alone: no side is behind NAT64: source ipv4 by packet4, "
        "target ipv4 by packet4")
    four = INVITE.replace("IP6 2001:db8:1::2", "IP4 203.0.113.7")
    assert told(four)[0]["sdp"] == "SDP left: already IP4"
    assert "Record-Route" in told(four)[0]["diff"][0]


def test_for_people(tool):
    lines = tool.yes("explain", *PROXY, "-", stdin=as_text(call(1) + call(2)))
    assert [x for x in lines if x.startswith("Call-ID")] == [
        "Call-ID: call1", "Call-ID: call2"]
    assert lines[2] == ("#1 INVITE from udp 203.0.113.7:40001 to udp "
                        "192.0.2.30:5060 (#2)")
    assert lines[4:7] == ["--- #1", "+++ #2", "@@ -1,4 +1,5 @@"]
    assert "-c=IN IP6 2001:db8:1::2" in lines
    assert "+c=IN IP4 203.0.113.7" in lines


def test_one_call(tool):
    said = tool.yes("explain", *PROXY, "--call-id", "call2", "--json", "-",
                    stdin=as_text(call(1) + call(2)))
    assert {one["call_id"] for one in objects(said)} == {"call2"}


@pytest.mark.parametrize("words, env, colour", [
    ((), {}, False), (("--color=always",), {}, True),
    (("--color=always",), {"NO_COLOR": "1"}, False),
    (("--color=always",), {"NO_COLOR": ""}, True),
    (("--color=never",), {}, False)])
def test_colour(tool, words, env, colour):
    lines = tool.yes("explain", *PROXY, *words, "-", stdin=INVITE, env=env)
    assert ("\033[" in "".join(lines)) == colour


def on_terminal(words, which, **more):
    """What it writes to a terminal, its stdout or its stderr"""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(words, **{which: theirs}, **more)
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    return process.wait(), said.decode()


def test_colour_on_a_terminal(tool, tmp_path):
    file = tmp_path / "invite"
    file.write_text(INVITE, newline="")
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    words = [tool.path, "explain", *PROXY, file]
    assert "\033[32m+" in on_terminal(words, "stdout", env=env)[1]
    assert "\033[" not in on_terminal(words, "stdout", env=dict(
        env, NO_COLOR="1"))[1]


def test_a_phone_writes_no_escapes(tool):
    """Nothing of a message reaches a terminal as a command"""
    bad = INVITE.replace("Call-ID: c1", "Call-ID: c\033[2J1")
    for words in (("--color=never",), ("--json",)):
        said = "".join(tool.yes("explain", *PROXY, *words, "-", stdin=bad))
        assert "\033" not in said and "c1" not in said


def test_configuration(told, tmp_path):
    cfg = tmp_path / "kamailio.cfg"
    cfg.write_text('#!trydef PREF "2001:db8:99::/96"\n'
                   "listen=udp:10.0.0.5:5060 advertise 198.51.100.10:5060\n"
                   'loadmodule "nat64sip.so"\n'
                   'modparam("nat64sip", "pref64", PREF)\n'
                   "request_route { nat64_manage(); t_relay(); }\n")
    one, = objects([json.dumps(o) for o in told(
        INVITE, "--config", str(cfg), "-A", f'PREF="{PREF}"')])
    assert one["source"]["pref64"] == PREF


def test_advertised_address(tool, tmp_path):
    cfg = tmp_path / "kamailio.cfg"
    cfg.write_text("listen=udp:10.0.0.5:5060 advertise 198.51.100.10:5060\n"
                   'modparam("nat64sip", "pref64", "64:ff9b::/96")\n'
                   "request_route { nat64_manage(); }\n")
    lines = tool.yes("explain", "--config", cfg, "-", stdin=INVITE)
    assert any("[64:ff9b::c633:640a]:5060" in x for x in lines) or any(
        "<sip:198.51.100.10:5060" in x for x in lines)
    assert not any("10.0.0.5" in x for x in lines)


@pytest.mark.parametrize("lines, seen", [
    ("listen=udp:0.0.0.0:5060 advertise 192.0.2.10:5060\n", "192.0.2.10"),
    ('listen=udp:0.0.0.0:5060\nmodparam("nat64sip", "own_address", '
     '"192.0.2.10")\n', "192.0.2.10"),
    # the proxy's host is behind a NAT of its own, and Via tells them apart
    ("listen=udp:0.0.0.0:5060 advertise 192.0.2.10:5060\n", "10.0.0.5"),
    # the capture is from beyond that NAT
    ("listen=udp:10.0.0.5:5060 advertise 192.0.2.10:5060\n", "192.0.2.10")])
def test_what_the_proxy_sends_does_not_come(tool, tmp_path, lines, seen):
    """Though it goes to 5060, where a wildcard listens, too"""
    cfg = tmp_path / "kamailio.cfg"
    cfg.write_text(lines + "request_route { nat64_manage(); }\n")
    text = as_text([(a.replace("192.0.2.10", seen),
                     b.replace("192.0.2.10", seen), m) for a, b, m in call(1)])
    invite, ok = objects(tool.yes("explain", "--config", cfg, "--json", "-",
                                  stdin=text))
    assert (invite["n"], invite["left"]["n"]) == (1, 2)
    assert (ok["n"], ok["left"]["n"]) == (3, 4)


def test_a_wildcard_that_nobody_named(tool, tmp_path):
    """Nothing tells which are the proxy's: a reply may have come"""
    cfg = tmp_path / "kamailio.cfg"
    cfg.write_text("listen=udp:0.0.0.0:5060\n")
    said = objects(tool.yes("explain", "--config", cfg, "--json", "-",
                            stdin=as_text(call(1))))
    assert [one["n"] for one in said if one["kind"] == "reply"] == [3]
    said = objects(tool.yes("explain", "--config", cfg, *PROXY, "--json", "-",
                            stdin=as_text(call(1))))
    assert [(one["n"], one["left"]["n"]) for one in said] == [(1, 2), (3, 4)]


def test_a_connection_of_the_proxys_does_not_come(tool, tmp_path):
    """It begins at any port"""
    cfg = tmp_path / "kamailio.cfg"
    cfg.write_text("listen=tcp:0.0.0.0:5060 advertise 192.0.2.10:5060\n")
    text = (f"tcp 192.0.2.10:45678 192.0.2.30:5060\r\n{call(1)[1][2]}"
            f"tcp 203.0.113.7:40001 192.0.2.10:5060\r\n{INVITE}")
    one, = objects(tool.yes("explain", "--config", cfg, "--json", "-",
                            stdin=text))
    assert one["n"] == 2


@pytest.mark.parametrize("status, words, stdin", [
    (2, ("-",), INVITE),                              # whose address?
    (2, PROXY, ""),                                   # no FILE
    (2, (*PROXY, "--color=blue", "-"), ""),
    (2, (*PROXY, "--from", "here", "-"), ""),
    (2, (*PROXY, "--set", "pref64=x", "-"), ""),
    (2, (*PROXY, "--nothing", "-"), ""),
    (2, (*PROXY, "/nowhere/x"), ""),
    (2, ("--own", "example.test", "-"), ""),
    (2, ("--config", "/nowhere/x", "-"), ""),
    (1, (*PROXY, "-"), ""),                           # nothing in it
    (1, (*PROXY, "-"), "hello\n"),
    (1, (*PROXY, "--call-id", "other", "-"), INVITE),
    (1, ("--own", "192.0.2.99", "-"), as_text(call(1)))])
def test_exit_status(tool, status, words, stdin):
    tool.refuses(status, "explain", *words, stdin=stdin)


def test_truncated_capture(tool, tmp_path):
    """At each octet of its last records: what is whole is told, nothing worse"""
    data = explaining.capture(call(1))
    file = tmp_path / "cut.pcap"
    for n in range(len(explaining.PCAP), len(data), 97):
        file.write_bytes(data[:n])
        said = tool("explain", *PROXY, "--json", file)
        assert said.status in (0, 1), (n, said)
        objects(said.out)


def write_large(path, size):
    """Calls with Call-IDs of their own, again and again"""
    block = b"".join(explaining.packet(*m) for n in range(4000)
                     for m in call(n))
    with open(path, "wb") as f:
        f.write(explaining.PCAP)
        while f.tell() < size:
            f.write(block)


def memory(tool, path):
    """Octets that it had in memory at most"""
    code = ("import resource, subprocess, sys; "
            "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, "
            "check=True); print(resource.getrusage("
            "resource.RUSAGE_CHILDREN).ru_maxrss)")
    done = subprocess.run(
        ["/usr/bin/python3", "-c", code, tool.path, "explain", *PROXY,
         "--no-diff", "--json", path], capture_output=True, check=True)
    return int(done.stdout) * 1024


def test_memory_and_progress(tool, tmp_path, capsys):
    """Four times the capture, the same memory; a terminal is told how far it
    got. 1 GiB with N64_FULL=1."""
    full = os.environ.get("N64_FULL", "") not in ("", "0")
    small, large = tmp_path / "small.pcap", tmp_path / "large.pcap"
    write_large(small, 16 * MEBI)
    write_large(large, (1024 if full else 64) * MEBI)
    first, then = memory(tool, small), memory(tool, large)
    with capsys.disabled():
        print(f"\nmemory: {first / MEBI:.1f} MiB for "
              f"{small.stat().st_size // MEBI} MiB, {then / MEBI:.1f} MiB for "
              f"{large.stat().st_size // MEBI} MiB")
    assert then < first + 4 * MEBI
    status, said = on_terminal(
        [tool.path, "explain", *PROXY, "--no-diff", "--json", large],
        "stderr", stdout=subprocess.DEVNULL)
    assert status == 0 and f"{large}: 50 %" in said and "100 %" in said
    large.unlink()
