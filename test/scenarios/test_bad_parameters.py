# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each parameter of nat64sip with each kind of bad value: the start stops with
one line, which is compared as a whole. Those of pools are in test_pool_bad.py,
those of ua_policy in test_ua_policy.py."""
import os

import pytest

from sipharness.pools import messages

HEAD = """log_stderror=yes
debug=2
auto_aliases=no
dns=no
rev_dns=no
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "nat64sip.so"
"""
TAIL = 'request_route { sl_send_reply("200", "OK"); }\n'
LONG = "the length must be 32, 40, 48, 56, 64 or 96"
FORM = "it must be an IPv6 address, a slash and a length"
NO_IP6 = "this is not an IPv6 address"
NETWORK = "must be an IPv4 network such as 192.0.2.0/24"
OWN = ("must be an IPv4 address such as 198.51.100.10, or LISTEN=OWN such as "
       "10.0.0.5=198.51.100.10")
HEADER = "must be the name of a header field"
DETECT = "must be a list of via, contact and sdp"
NAME = "must be a host name, which resolves to this proxy"
AVP = "must be an AVP such as $avp(received)"
MODE = "must be on, dryrun or off"
BELIEVE = "must be shown or configured"
SWITCH = "must be 0 or 1"
COUNT = "must be 1 to 16777216"

RELAY = ("must be the relay's IPv4 address such as 192.0.2.20, or SET=ADDRESS "
         "such as 1=192.0.2.20")
BRIDGE = ("must be PREF64=NAME such as 2001:db8:64::/96=nat64a, or NAME for "
          "everybody else")

BAD = {  # the parameter, and what is wrong with it: value, what would be right
    "pref64 no-length": ("2001:db8:64::", FORM),
    "pref64 name": ("nat64", FORM),
    "pref64 length-95": ("64:ff9b::/95", LONG),
    "pref64 length-128": ("2001:db8::/128", LONG),
    "pref64 length-empty": ("2001:db8::/", LONG),
    "pref64 length-zero-first": ("2001:db8::/064", LONG),
    "pref64 length-word": ("2001:db8::/all", LONG),
    "pref64 ipv4": ("192.0.2.0/24", NO_IP6),
    "pref64 brackets": ("[2001:db8::]/96", NO_IP6),
    "pref64 zone": ("fe80::%eth0/64", NO_IP6),
    "pref64 digits": ("2001:db8::12345/96", NO_IP6),
    "pref64 two": ("2001:db8:1::/96,2001:db8:2::/96", LONG),
    "pref64 host-bits": ("2001:db8::1/96", "a bit is set after the prefix"),
    "pref64 u-octet": ("2001:db8:1:2:ff00::/96", "bits 64 to 71 must be zero"),
    "pref64 wkp-64": ("64:ff9b::/64",
                      "64:ff9b:: may be used with length 96 only"),
    "pref64 unspecified": ("::/96",
                           "the unspecified address is not a prefix"),
    "pref64 mapped": ("::ffff:0:0/96",
                      "IPv4-mapped addresses are not translated"),
    "pref64 link-local": ("fe80::/64", "a link-local prefix can't be routed"),
    "pref64 multicast": ("ff0e::/32", "a multicast prefix can't be used"),
    "detect word": ("via,contact,smell", DETECT),
    "detect blank": ("via contact", DETECT),
    "detect empty-member": ("via,,sdp", DETECT),
    "wkp_strict two": (2, SWITCH),
    "wkp_strict negative": (-1, SWITCH),
    "probe two": (2, SWITCH),
    "probe negative": (-1, SWITCH),
    "believe empty": ("", BELIEVE),
    "believe word": ("anything", BELIEVE),
    "mode empty": ("", MODE),
    "mode word": ("dry", MODE),
    "mode digit": ("1", MODE),
    "flows zero": (0, COUNT),
    "flows negative": (-1, COUNT),
    "flows more-than-all": (16777217, COUNT),
    "flow_expire zero": (0, COUNT),
    "flow_expire negative": (-3600, COUNT),
    "flow_expire more-than-all": (16777217, COUNT),
    "probe_interval negative": (-1, "must be 0 to 86400"),
    "probe_interval more-than-a-day": (86401, "must be 0 to 86400"),
    "probe_interval without-usrloc": (
        30, "needs the module usrloc, with a db_mode other than 3"),
    "received_avp name": ("received", AVP),
    "received_avp variable": ("$var(received)", AVP),
    "received_avp core-variable": ("$ru", AVP),
    "rr_fqdn ipv4": ("192.0.2.10", NAME),
    "rr_fqdn ipv6": ("[2001:db8::1]", NAME),
    "rr_fqdn blank": ("a b", NAME),
    "rr_fqdn port": ("proxy.example.test:5060", NAME),
    "own_address empty": ("", OWN),
    "own_address octet": ("192.0.2.300", OWN),
    "own_address ipv6": ("2001:db8::1", OWN),
    "own_address name": ("proxy.example.test", OWN),
    "own_address port": ("192.0.2.10:5060", OWN),
    "own_address half": ("10.0.0.5=", OWN),
    "own_address other-half": ("=198.51.100.10", OWN),
    "notify_header empty": ("", HEADER),
    "notify_header blank": ("Porta SIP", HEADER),
    "notify_header colon": ("PortaSIP-Notify:", HEADER),
    "notify_peer empty": ("", NETWORK),
    "notify_peer length-33": ("192.0.2.0/33", NETWORK),
    "notify_peer host-bits": ("192.0.2.1/24", NETWORK),
    "notify_peer ipv6": ("2001:db8::/32", NETWORK),
    "notify_peer name": ("b2bua.example.test", NETWORK),
    "notify_peer two": ("192.0.2.1,192.0.2.2", NETWORK),
    "path_peer host-bits": ("192.0.2.1/24", NETWORK),
    "path_peer ipv6": ("2001:db8::/32", NETWORK),
    "rtpengine_address empty": ("", RELAY),
    "rtpengine_address octet": ("192.0.2.300", RELAY),
    "rtpengine_address ipv6": ("2001:db8:64::c000:214", RELAY),
    "rtpengine_address name": ("relay.example.test", RELAY),
    "rtpengine_address port": ("192.0.2.20:2223", RELAY),
    "rtpengine_address set-word": ("a=192.0.2.20", RELAY),
    "rtpengine_address set-negative": ("-1=192.0.2.20", RELAY),
    "rtpengine_address set-alone": ("1=", RELAY),
    "rtpengine_address no-set": ("=192.0.2.20", RELAY),
    "rtpengine_address unspecified": ("0.0.0.0", RELAY),
    "rtpengine_address multicast": ("239.0.0.1", RELAY),
    "rtpengine_interface empty": ("", BRIDGE),
    "rtpengine_interface no-name": ("2001:db8:64::/96=", BRIDGE),
    "rtpengine_interface blank": ("2001:db8:64::/96=nat 64", BRIDGE),
    "rtpengine_interface no-prefix": ("=nat64a", BRIDGE),
    "rtpengine_interface length": ("2001:db8:64::/95=nat64a", BRIDGE),
    "rtpengine_interface prefix-alone": ("2001:db8:64::/96", BRIDGE),
    "rtpengine_interface address": ("nat64a/192.0.2.20", BRIDGE),
    "rtpengine_interface long": (33 * "a", BRIDGE),
}


def modparam(name, value):
    text = f'"{value}"' if isinstance(value, str) else value
    return f'modparam("nat64sip", "{name}", {text})\n'


def config(lab, text, head=HEAD):
    path = os.path.join(lab.folder, "bad.cfg")
    with open(path, "w") as f:
        f.write(head + text + TAIL)
    return path


def refused(lab, text, head=HEAD, **options):
    """The one line that nat64sip writes when it refuses to start"""
    lines = messages(lab.refused(config(lab, text, head), **options))
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.parametrize("case", BAD)
def test_bad_value(lab, case):
    value, right = BAD[case]
    name = case.split()[0]
    assert refused(lab, modparam(name, value)) == \
        f'parameter "{name}", value "{value}": {right}'


MANY = {  # how many there may be, the n-th, what is said of one more
    "notify_peer": (64, "10.0.0.{}", ""),
    "path_peer": (64, "10.0.0.{}", ""),
    "own_address": (16, "10.0.0.{}=198.51.100.10", ""),
    "ua_policy": (64, "off ^make{}", ""),
    "rtpengine_address": (64, "{}=192.0.2.20", ""),
    "rtpengine_interface": (64, "2001:db8:{}::/96=nat64", ""),
    "pool": (256, "10.0.{}.0/24=2001:db8:64::/96",
             ", use parameter pool_file"),
}


@pytest.mark.parametrize("name", MANY)
def test_one_too_many(lab, name):
    most, value, more = MANY[name]
    text = "".join(modparam(name, value.format(n)) for n in range(most))
    one = value.replace("10.0.", "10.1.").format(77)
    assert refused(lab, text + modparam(name, one)) == \
        f'parameter "{name}", value "{one}": is one too many{more}'
    lab.proxy(config(lab, text)).settle()


TWICE = {  # the first, the second, what is said of it
    "rtpengine_address set": (
        "1=192.0.2.20", "1=192.0.2.21", "this set has an address already"),
    "rtpengine_address all": (
        "192.0.2.20", "192.0.2.21", "this set has an address already"),
    "rtpengine_interface network": (
        "2001:db8:64::/96=a", "2001:DB8:64:0::/96=b",
        "this network has an interface already"),
    "rtpengine_interface others": (
        "a", "b", "this network has an interface already"),
}


@pytest.mark.parametrize("case", TWICE)
def test_twice(lab, case):
    name, (first, second, right) = case.split()[0], TWICE[case]
    assert refused(lab, modparam(name, first) + modparam(name, second)) == \
        f'parameter "{name}", value "{second}": {right}'


def test_no_room_for_flows(lab):
    """kamailio -m 64 is what the tests start with"""
    line = refused(lab, modparam("flows", 16777216))
    octets = line.split("memory for ")[1].split()[0]
    assert int(octets) > 64 << 20
    assert line == (
        'parameter "flows", value "16777216": no shared memory for '
        f"{octets} octets, start kamailio with a larger -m")


def test_ua_policy_needs_the_name(lab):
    assert refused(lab, modparam("ua_policy", "fqdn ^a")) == (
        'parameter "ua_policy", value "fqdn ^a": needs the parameter rr_fqdn')


MODULES = {  # what is not loaded, and what is said
    "tm": "nat64sip needs the module tm: load tm.so before it",
    "rr": "nat64sip needs the module rr: load rr.so before it",
}


@pytest.mark.parametrize("name", MODULES)
def test_module_that_is_missing(lab, name):
    head = HEAD.replace(f'loadmodule "{name}.so"\n', "")
    assert head != HEAD
    assert refused(lab, "", head) == MODULES[name]


def test_double_rr_switched_off(lab):
    """rr's enable_double_rr=0 would leave half of each pair unread"""
    assert refused(lab, 'modparam("rr", "enable_double_rr", 0)\n') == (
        'parameter "enable_double_rr" of rr, value "0": must be 1, nat64sip '
        "writes two Record-Routes")


def test_socket_that_says_nothing(lab):
    assert refused(lab, "", listen=["udp:0.0.0.0:5060"]) == (
        "socket udp:0.0.0.0:5060 listens on every address and advertises "
        'none: set listen=... advertise ADDRESS, or parameter "own_address" '
        "(no value), to the IPv4 address that phones reach")


def test_no_ipv4_socket(lab):
    assert refused(lab, "", listen=["udp:[2001:db8:10::10]:5060"]) == (
        "no IPv4 socket: nat64sip needs one, set listen=...")


def test_wkp_with_an_address_that_is_not_global(lab):
    """A warning, once; the start goes on"""
    proxy = lab.proxy(config(lab, modparam("pref64", "64:ff9b::/96")))
    said = [line.split("(): ")[1] for line in proxy.log().splitlines()
            if "WARNING: nat64sip " in line]
    assert said == [
        "the configured pref64 may not carry the own address 192.0.2.10 (RFC "
        "6052 3.1): no synthetic Record-Route for it unless a phone shows the "
        "prefix, or wkp_strict is 0"]
