# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-11: nothing that somebody signed is changed: credentials, the fields that
Identity is over (RFC 8224), a signed body."""
import contextlib
import re
import socket
import ssl

import pytest

from sipharness import shapes
from sipharness.attacks import (ALICE, BOB, KNOWN, LITERAL, OWN_ROUTE, Attack,
                                head, response)
from sipharness.lab import SHIPPED
from sipharness.script import WAIT
from sipharness.secure import LISTEN, authority, with_tls
from sipharness.texts import SDP4, SDP6, Texts, pair, request, values
from test_proof_limits import SDP_NAT

SIGNED = (
    'Authorization: Digest username="alice",realm="sip.example.test",'
    'nonce="n",uri="sip:[2001:db8:64::c000:20a]:5060",response="r",qop=auth,'
    "nc=00000001,cnonce=\"c\"\n"
    'Proxy-Authorization: Digest username="alice",realm="other.example.test",'
    'nonce="n",uri="sip:bob@[2001:db8:64::c000:20a]",response="r"\n'
    "Date: Sat, 28 Nov 2026 21:00:00 GMT\n"
    "Identity: eyJhbGciOi.IN.IP6.2001:db8:1::2;info=<https://[2001:db8:1::2]/c>"
    ";alg=ES256\n"
    "P-Asserted-Identity: <sip:alice@[2001:db8:1::2]>\n")
LINES = ("From", "To", "Call-ID", "CSeq", "Authorization",
         "Proxy-Authorization", "Date", "Identity", "P-Asserted-Identity")


def same_lines(sent, got, names=LINES):
    for name in names:
        assert values(got, name) == values(sent, name) != "", name


def test_signed_fields_of_a_request(lab):
    """While Record-Route, Contact and SDP change"""
    with Attack(lab).both() as s:
        s.phone(BOB)
        sent = s.say(ALICE, uri="sip:bob@sip.example.test", extra=SIGNED)
        got = s.get(BOB, "INVITE ")
        assert got.endswith(SDP_NAT) and values(got) == pair("4bn", "6as")
        same_lines(sent, got)
        s.busy(got)


def test_signed_fields_of_a_reply(lab):
    signed = ('Authentication-Info: nextnonce="n",rspauth="[2001:db8:1::2]"\n'
              + SIGNED.partition("\n")[2].partition("\n")[2])
    with Attack(lab).both() as s:
        got = s.invite()
        sent = response(got, extra=signed, body=SDP4)
        back = s.answer(BOB, sent, ALICE)
        assert back.endswith(shapes.body("IP6 2001:db8:64::c000:21e"))
        same_lines(sent, back, ("From", "To", "Call-ID", "CSeq",
                                "Authentication-Info", "Date", "Identity",
                                "P-Asserted-Identity"))
        s.drain()


SDP = SDP6.partition("\n\n")[2]
BODIES = {
    "signed": ("multipart/signed;boundary=b;protocol=\"application/"
               "pkcs7-signature\"", "--b\nContent-Type: application/sdp\n\n"
               f"{SDP}--b\nContent-Type: application/pkcs7-signature\n\nx\n"
               "--b--\n"),
    "enveloped": ("application/pkcs7-mime;smime-type=enveloped-data", SDP),
}


@pytest.mark.parametrize("kind", BODIES)
def test_signed_body(lab, kind):
    """To the octet, its type and length too; the pair is written all the same"""
    body = shapes.content(*BODIES[kind])
    with Attack(lab).both() as s:
        got = s.invite(body=body)
        assert got.endswith(body), got
        assert values(got) == pair("4bn", "6an")  # nobody looked into it
        assert re.search(f"alice@{re.escape(LITERAL)};alias=", head(got))
        s.busy(got)
        assert s.invite().endswith(SDP_NAT)
        s.drain()


class Server:
    """Somebody's TLS socket, with that certificate; what it could read"""

    def __init__(self, cert, key, port):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.sock = context.wrap_socket(
            socket.create_server(("192.0.2.30", port)), server_side=True)
        self.sock.settimeout(WAIT)

    def close(self):
        self.sock.close()

    def read(self):
        try:
            with self.sock.accept()[0] as peer:
                peer.settimeout(WAIT)
                return peer.recv(65535)
        except (ssl.SSLError, ConnectionError):
            return b""


def test_certificate_of_another_authority(lab, tmp_path):
    """A literal matches no certificate's name. That is no reason to look at
    none: who cannot show one of TLS_CA's gets nothing to read."""
    (tmp_path / "other").mkdir()
    files, other = authority(tmp_path), authority(tmp_path / "other")
    with Texts(lab, *with_tls(files), *KNOWN, 'SIP_DOMAIN="sip.example.test"',
               cfg=SHIPPED, listen=LISTEN,
               logged=r"<core> |(ERROR|WARNING): (tls|tm|sl) ") as s:
        for n, (cert, key) in enumerate((other[1:], files[1:]), 1):
            with contextlib.closing(Server(cert, key, 6060 + n)) as server:
                s.send(ALICE, request(
                    n=n, method="INVITE", to_tag="tt", extra=OWN_ROUTE,
                    uri=f"sip:bob@192.0.2.30:{6060 + n};transport=tls"))
                got = server.read()
            assert bool(got) == (cert == files[1])
        assert got.startswith(b"INVITE ") and b"IN IP4 192.0.2.1" in got
        s.drain()
