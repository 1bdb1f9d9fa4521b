# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The captures of real phones: the origin of every message of a phone."""
import os
import re

HEAD = re.compile(r"=== (\S+) (udp|tcp) (\S+):(\d+) > (\S+):(\d+)$")
OWN_ROUTE = re.compile(
    r"<sip:(?:192\.0\.2\.10|\[2001:db8:64::c000:20a\]):5060;[^>]*>")
PROXY_VIA = re.compile(r"(?m)^(Via: SIP/2\.0/(?:UDP|TCP) 192\.0\.2\.10;.*)$")


def folder():
    """The captures, or None where they are not beside the checkout"""
    here = os.path.abspath(os.path.join(os.path.dirname(__file__),
                                        "../../../.."))
    path = os.environ.get("N64_CAPTURES",
                          os.path.join(here, "shared", "captures"))
    return path if os.path.isdir(path) else None


def is_as_captured(text, captured):
    """Is this message of a phone, but for what it echoes, the captured one?"""
    text, captured = without_echo(text), without_echo(captured)
    if "<OWN>" not in captured:
        # the proxy of the captures did not record-route within the dialog
        text = re.sub(r"(?mi)^record-route: <OWN>\n", "", text)
    return text == captured


def messages(name, time):
    """Texts of the messages that one capture file has at this time"""
    with open(os.path.join(folder(), name)) as f:
        text = f.read()
    out = []
    for chunk in re.split(r"^(?==== )", text, flags=re.M):
        line, _, body = chunk.partition("\n")
        m = HEAD.match(line)
        if m and m[1] == time:
            out.append(body[:-1])
    return out


def spoken(name):
    """Texts of all messages that the phone of one capture file sent"""
    with open(os.path.join(folder(), name)) as f:
        chunks = re.split(r"^(?==== )", f.read(), flags=re.M)
    parts = [chunk.partition("\n") for chunk in chunks]
    return [body[:-1] for line, _, body in parts
            if HEAD.match(line) and HEAD.match(line)[3] == "2001:db8:1::2"]


def without_echo(text):
    """What the phone itself wrote: without what it echoes of the proxy.

    The values of the proxy's own routes are this project's and not those of
    the proxy that was there when the capture was taken; neither are its Via
    branches and tags.
    """
    text = OWN_ROUTE.sub("<OWN>", text)
    text = PROXY_VIA.sub(lambda m: re.sub(
        r"(branch=|;i=)[^;]+", r"\1ECHO", m[1]), text)
    return re.sub(r"tag=(?:8068789c6f489f848d68f11e81141125\.[0-9a-f]+"
                  r"|\{tag[^}]*\})", "tag=ECHO", text)
