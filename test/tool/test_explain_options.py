# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""nat64sip explain: its options, and what it refuses."""
import pytest

from explaining import SDP, VIA6, call, capture, message

PROXY = ("--own", "192.0.2.10")
INVITE = message("INVITE sip:bob@192.0.2.30 SIP/2.0", [VIA6.format(n=1)],
                 body=SDP)


@pytest.mark.parametrize("name, value, right", [
    ("bogus", "1", "no parameter of nat64sip"),
    ("", "1", "no parameter of nat64sip"),
    ("wkp_strict", "maybe", "must be 0 or 1"),
    ("wkp_strict", "2", "must be 0 or 1"),
    ("probe", "", "must be 0 or 1"),
    ("flows", "0", "must be 1 to 16777216"),
    ("flows", "99999999999999999999", "must be 1 to 16777216"),
    ("flow_expire", "1h", "must be 1 to 16777216"),
    ("probe_interval", "-1", "must be 0 to 86400"),
    ("mode", "of", "must be on, dryrun or off"),
    ("believe", "all", "must be shown or configured"),
    ("detect", "vi", "must be a list of via, contact and sdp"),
    ("notify_header", "a b", "must be the name of a header field"),
    ("rr_fqdn", "192.0.2.1", "must be a host name"),
    ("notify_peer", "x", "must be an IPv4 network such as 192.0.2.0/24"),
    ("path_peer", "x", "must be an IPv4 network such as 192.0.2.0/24"),
    ("own_address", "x", "must be an IPv4 address such as 198.51.100.10"),
    ("db_url", "sqlite:///x", "explain reads no database"),
    ("pref64", "x", ""), ("pool", "x", ""), ("ua_policy", "x", "")])
def test_set_refuses(tool, name, value, right):
    """As the module does, with what would be right"""
    line = tool.refuses(2, "explain", *PROXY, "--set", f"{name}={value}", "-",
                        stdin=INVITE)
    assert line.startswith(f'nat64sip: parameter "{name}", value "{value}": ')
    assert right in line


@pytest.mark.parametrize("param", [
    "wkp_strict=0", "probe=yes", "flows=16777216", "mode=DRYRUN",
    "believe=shown", "detect=via", "notify_header=X-Notify", "rr_fqdn=",
    "rr_fqdn=proxy.example.test", "probe_interval=0", "received_avp=$avp(x)",
    "rtpengine_address=192.0.2.1"])
def test_set_takes(tool, param):
    assert tool.yes("explain", *PROXY, "--set", param, "-", stdin=INVITE)


def test_set_of_a_configuration(tool, tmp_path):
    """It is refused alike, and yes is 1 as Kamailio reads it"""
    cfg = tmp_path / "kamailio.cfg"
    for value, status in (("maybe", 2), ("yes", 0)):
        cfg.write_text(f'modparam("nat64sip", "wkp_strict", {value})\n')
        said = tool("explain", *PROXY, "--config", cfg, "-", stdin=INVITE)
        assert said.status == status, said


def test_set_own_address(tool):
    lines = tool.yes("explain", *PROXY, "--set", "own_address=198.51.100.10",
                     "-", stdin=INVITE)
    assert any("198.51.100.10" in x for x in lines if "Record-Route" in x)


def test_empty_file(tool, tmp_path):
    """Nothing is in it, for the ladder as well"""
    file = tmp_path / "empty.pcap"
    file.touch()
    assert "no SIP message" in tool.refuses(1, "explain", *PROXY, file)
    assert "no INVITE" in tool.refuses(1, "ladder", file, "-o",
                                       tmp_path / "page.html")


def test_cut_capture(tool, tmp_path):
    """It is told up to there, and that it is cut"""
    file = tmp_path / "cut.pcap"
    file.write_bytes(capture(call(1))[:-9])
    said = tool("explain", *PROXY, file)
    assert said.status == 0 and "#1 INVITE from" in "\n".join(said.out)
    line, = said.err
    assert line.startswith(f"nat64sip: {file}: truncated")
    assert line.endswith("; read up to there")


def test_configuration_without_a_socket(tool, tmp_path):
    """Kamailio listens everywhere then, or is told on its command line"""
    cfg = tmp_path / "kamailio.cfg"
    cfg.write_text("request_route { nat64_manage(); }\n")
    line = tool.refuses(2, "explain", "-f", cfg, "-", stdin=INVITE)
    assert line == (f"nat64sip: {cfg}: names no IPv4 socket: -l SOCKET or "
                    "--own ADDRESS")
    assert tool.yes("explain", "-f", cfg, "-l", "udp:192.0.2.10:5060", "-",
                    stdin=INVITE)
    assert "--config FILE" in tool.refuses(2, "explain", "-", stdin=INVITE)
