# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Box 2, behind the proxy: the media box that is shipped, a second Kamailio; or
a B2BUA, baresip's, whose second leg is a call of its own."""

import os
import socket

from . import plan as P
from . import proxy
from .namespaces import open_socket
from .phones import MODULES
from .process import must_live, start
from .wait import until

NAME = "box2"

# aubridge joins the legs' audio; the module names its devices itself
B2BUA = """poll_method epoll
sip_listen {addr}:{port}
call_local_timeout 30
call_max_calls 4
audio_source aubridge,nil
audio_player aubridge,nil
audio_alert aubridge,nil
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_level no
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
rtp_tos 0
rtcp_mux no
jitter_buffer_delay 2-10
rtp_stats no
dns_server {dns}:53
module_path {modules}
module g711.so
module aubridge.so
module_tmp account.so
module_app b2bua.so
"""
ACCOUNT = ("<sip:{way}@{addr}>;regint=0;b2bua={way};answermode=manual"
           ";audio_codecs=pcmu;auth_pass=x{more}\n")


def _config(plan):
    """The media box's, as it is shipped."""
    return os.path.join(plan.top, "etc", "kamailio-nat64-box2.cfg")


def _kamailio(plan):
    folder = plan.path("run", NAME)
    os.makedirs(folder, exist_ok=True)
    return proxy.argv(
        plan.libdir, _config(plan), [f"udp:{P.BOX2_ADDR}:{P.SIP_PORT}"],
        "", None, folder,
        (f'BOX1_URI="sip:{P.PROXY_ADDR}:{P.SIP_PORT}"',
         f'BOX1_NET="{P.PROXY_ADDR}/32"',
         f'RTPENGINE_SOCK="udp:{P.RELAY_ADDR}:{P.NG_PORT}"'))


def b2bua(plan, name=NAME, addr=P.BOX2_ADDR, proxy_uri=""):
    """A B2BUA of this address. proxy_uri: who knows where users are, if it is
    not whom their domain's name leads to."""
    folder = plan.path("phones", name)
    os.makedirs(folder, exist_ok=True)
    more = f';outbound="{proxy_uri}"' if proxy_uri else ""
    parts = {"config": B2BUA.format(addr=addr, port=P.SIP_PORT,
                                    dns=P.DNS_ADDR, modules=MODULES),
             "accounts": "".join(ACCOUNT.format(way=way, addr=addr, more=more)
                                 for way in ("inbound", "outbound")),
             "contacts": ""}
    for part, text in parts.items():
        with open(os.path.join(folder, part), "w", encoding="ascii") as out:
            out.write(text)
    return ["baresip", "-f", folder]


def bring_up(plan):
    made = _kamailio if plan.two_box == "kamailio" else b2bua
    start(plan, NAME, made(plan), space=NAME,
          env={"HOME": plan.path("phones")})


def wait_ready(plan):
    """Until it answers an OPTIONS, whatever it says."""
    sock = open_socket(plan.space(NAME), socket.AF_INET, socket.SOCK_DGRAM)
    with sock:
        sock.bind((P.BOX2_ADDR, 0))
        via = f"{P.BOX2_ADDR}:{sock.getsockname()[1]}"
        until(lambda: proxy.replies(sock, P.BOX2_ADDR, P.SIP_PORT, via),
              "box 2 to answer OPTIONS", 15,
              alive=lambda: must_live(plan, NAME))
