# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Bodies that no phone should send, and phones that send them all the same."""
import os

from . import compare, versions
from .branches import NET_B, PREFIX, PREFIX_B, Calls, ua4, ue6
from .ctl import Ctl
from .lab import SHIPPED

HEAD = "v=0\r\no=- 4711 1 IN {}\r\ns=-\r\n"
CONN = "c=IN {}\r\n"
TIME = "t=0 0\r\n"
AUDIO = "m=audio 30064 RTP/AVP 0\r\n"
OTHER = "m=video 30066 RTP/AVP 96\r\n"
GONE = "m=video 0 RTP/AVP 96\r\n"
GOOD = HEAD + CONN + TIME + AUDIO
SDP = "application/sdp"
LONG = 60000


def parts(boundary, sdp=GOOD, own_length=False):
    """A part with the SDP, and one that looks like a signature"""
    return (f"--{boundary}\r\nContent-Type: {SDP}\r\n\r\n{sdp}\r\n"
            f"--{boundary}\r\nContent-Type: application/pkcs7-signature\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
            f"--{boundary}--\r\n")


class Kind:
    """@param text   The body; {}: an address
    @param type      Content-Type
    @param left      It arrives as it came
    @param counts    Statistics of one such message, but for sdp_rewritten
    @param families  False: watch.py cannot read it
    """

    def __init__(self, text, kind=SDP, left=False, counts=(), families=True):
        self.text, self.type, self.left = text, kind, left
        self.counts = {**dict(counts), **({} if left else {
            "sdp_rewritten": 1})}
        self.families = families

    def raw(self, address):
        return self.text.replace("{}", address).encode("latin-1")


def left(reason):
    return {"sdp_left": 1, f"sdp_left_{reason}": 1}


KINDS = {
    "all-refused": Kind(HEAD + CONN + TIME + GONE + GONE),
    "all-refused-without-c": Kind(HEAD + TIME + GONE),
    "one-refused": Kind(HEAD + TIME + GONE + AUDIO + CONN),
    "no-section": Kind(HEAD + CONN + TIME),
    "500-sections": Kind(HEAD + CONN + TIME + 250 * (AUDIO + OTHER)),
    "500-sections-with-c": Kind(HEAD + TIME + 500 * (AUDIO + CONN)),
    "long-attribute": Kind(GOOD + "a=x:" + LONG * "x" + "\r\n" + OTHER + CONN),
    "long-name": Kind(
        HEAD + f"c=IN IP4 {LONG * 'a'}\r\n" + TIME + AUDIO, left=True,
        counts=left("bad_line"), families=False),
    "long-type": Kind(
        HEAD + f"c=IN {LONG * 'I'} 192.0.2.30\r\n" + TIME + AUDIO, left=True,
        counts=left("bad_line"), families=False),
    "nul-in-attribute": Kind(GOOD + "a=x\0y\r\n" + OTHER + CONN),
    "nul-in-c": Kind(HEAD + "c=IN IP4 192.0.2.30\0\r\n" + TIME + AUDIO,
                     left=True, counts=left("bad_line"), families=False),
    "nul-line": Kind(HEAD + "\0\r\n" + CONN + TIME + AUDIO),
    "nuls-only": Kind(64 * "\0", left=True),
    "signed": Kind(parts("x"), "multipart/signed;boundary=x", left=True,
                   counts=left("signed")),
    "signed-within": Kind(
        "--y\r\nContent-Type: multipart/signed;boundary=x\r\n\r\n"
        + parts("x") + "\r\n--y--\r\n", "multipart/mixed;boundary=y",
        left=True, counts=left("signed")),
    "encrypted": Kind(parts("x"), "multipart/encrypted;boundary=x", left=True,
                      counts=left("signed")),
    "smime": Kind(GOOD, "application/pkcs7-mime;smime-type=signed-data",
                  left=True, counts=left("signed")),
    "no-boundary": Kind(parts("x"), "multipart/mixed", left=True,
                        counts=left("bad_parts")),
    "other-boundary": Kind(parts("x"), "multipart/mixed;boundary=y",
                           left=True),
    "other-network": Kind(
        "v=0\r\no=- 1 1 ATM NSAP 47.0091\r\ns=-\r\nc=ATM NSAP 47.0091\r\n"
        + TIME + AUDIO, left=True, counts=left("not_in"), families=False),
    "other-network-of-one": Kind(
        HEAD + CONN + TIME + AUDIO + OTHER + "c=ATM NSAP 47.0091\r\n",
        counts=left("not_in"), families=False),
    "other-type": Kind(HEAD + "c=IN IP9 192.0.2.30\r\n" + TIME + AUDIO,
                       left=True, counts=left("bad_line"), families=False),
    "cr-only": Kind(GOOD.replace("\r\n", "\r"), left=True),
    "lf-only": Kind(GOOD.replace("\r\n", "\n")),
    "mixed-line-ends": Kind(HEAD.replace("\r\n", "\n") + CONN + TIME
                            + AUDIO.replace("\r\n", "\n")),
    "no-final-line-end": Kind(HEAD + TIME + AUDIO + CONN[:-2]),
    "no-final-line-end-of-a": Kind(GOOD + "a=sendrecv"),
    "ends-in-c": Kind(HEAD + TIME + AUDIO + "c=IN", left=True,
                      counts=left("bad_line"), families=False),
    "ends-in-address": Kind(HEAD + TIME + AUDIO + "c=IN IP4 192.0.",
                            left=True, counts=left("bad_line"),
                            families=False),
    "no-sdp": Kind("hello\r\n", left=True),
}


class Bad(Calls):
    """The shipped proxy, and how to ask it

    @param core  More settings of the core
    """

    def __init__(self, lab, *defines, families=True, core="", **options):
        self.families = families
        pools, door = (os.path.join(lab.folder, f) for f in ("pools", "ctl"))
        with open(pools, "w") as f:
            f.write(f"192.0.2.1/32={PREFIX}\n{NET_B}/32={PREFIX_B}\n")
        self.ask = Ctl(door)
        super().__init__(
            lab, f'NAT64_POOL_FILE="{pools}"', "NAT64_NO_PROBE",
            'SIP_DOMAIN="sip.example.test"', f'CTL_SOCKET="unix:{door}"',
            *defines, cfg=self.shipped(lab, core), **options)

    @staticmethod
    def shipped(lab, core):
        """With whatever this Kamailio needs to take long messages"""
        more = core or versions.large_messages()
        if not more or lab.kemi:
            return SHIPPED
        path = os.path.join(lab.folder, "large.cfg")
        with open(path, "w") as f:
            f.write(f'include_file "{SHIPPED}"\n{more}')
        return path

    def counted(self, **want):
        """Nothing else of these groups"""
        self.proxy.settle()
        got = {name: n for name, n in self.ask.stats().items()
               if name.startswith("sdp_") or name in ("failed", "bad_message")}
        assert got == want, got


def headers(kind, raw, length=None):
    """And the empty line behind them"""
    size = len(raw) if length is None else length
    return f"Content-Type: {kind.type}\nContent-Length: {size}\n\n"


def send(phone, head, raw):
    phone.phone.sendall(compare.octets(head) + raw)


def whole(kind, raw):
    return headers(kind, raw) + compare.visible(raw)


def parties(s, ways, proto="udp"):
    caller, callee = ways.split("-to-")
    make = {"ue6": lambda port: ue6(s, port, proto=proto),
            "ua4": lambda port: ua4(s, port, proto=proto)}
    return make[caller](40009 if caller == "ue6" else 5069), make[callee](
        40001 if callee == "ue6" else 5060)
