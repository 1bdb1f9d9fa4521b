# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the TLS scenarios say of certificates and name servers is worth
something."""
import socket
import ssl
import threading

import pytest

from sipharness import fixtures, secure


@pytest.fixture(name="lab")
def a_lab(tmp_path):
    with fixtures.own_lab(tmp_path) as scene:
        yield scene


def test_a_question_would_be_seen(lab):
    secure.let_questions_be_seen()
    with pytest.raises(OSError):
        socket.getaddrinfo("nobody.example.test", 5060)
    with pytest.raises(AssertionError):
        secure.nobody_is_called(lab)
    assert lab.wire.asked


def test_a_connection_to_a_phone_would_be_seen(lab):
    phone = (secure.OUTSIDES[0], 40001)
    with socket.create_server(phone):
        socket.create_connection(phone).close()
        with pytest.raises(AssertionError, match="a connection to a phone"):
            secure.nobody_is_called(lab)


@pytest.mark.parametrize("name, fits", [(secure.NAME, True),
                                        (secure.PROXY[0], False)])
def test_certificate(tmp_path, name, fits):
    """It is for the name, and phones look"""
    ca, cert, key = secure.authority(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    client = ssl.create_default_context(cafile=ca)
    ours, theirs = socket.socketpair()

    def serve():
        try:
            server.wrap_socket(theirs, server_side=True).close()
        except OSError:  # the client hung up
            theirs.close()

    worker = threading.Thread(target=serve)
    worker.start()
    try:
        if fits:
            client.wrap_socket(ours, server_hostname=name).close()
        else:
            with pytest.raises(ssl.SSLCertVerificationError):
                client.wrap_socket(ours, server_hostname=name)
    finally:
        ours.close()
        worker.join()
