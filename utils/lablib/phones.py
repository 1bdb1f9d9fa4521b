# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The phones: a baresip in each network, played and recorded by files."""

import os
from dataclasses import dataclass

from . import audio, dns, linphone
from . import plan as P
from .control import PORT, Control
from .errors import LabError
from .process import must_live, pid_of, start, stop
from .wait import until

MODULES = "/usr/lib/baresip/modules"

# phone: user, the tone that it plays
PHONES = {
    "ue": ("alice", audio.TONE_UE6),
    "ue2": ("carol", audio.TONE_UE6B),
    "ue3": ("dave", audio.TONE_UE6C),
    P.NEIGHBOUR: ("frank", audio.TONE_UE6N),
    "ua4": ("bob", audio.TONE_UA4),
}
NEVER = "0"      # seconds between registrations, for baresip: none at all
REGINT = "300"

CONFIG = """poll_method epoll
sip_listen {listen}:0
call_local_timeout 30
call_max_calls 2
audio_source aufile,{tone}
audio_player aubridge,sink
audio_alert aubridge,alert
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
dns_server {dns}
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{port}
snd_path {sound}
{more}"""


@dataclass(frozen=True)
class Style:
    """What phones do besides plain audio."""
    name: str = "plain"
    account: str = ""  # parameters of the account
    codecs: str = "pcmu"
    config: str = ""   # lines, with {modules} in the place of their folder


PLAIN = Style()


def is_linphone(plan, phone):
    """baresip goes by the SDP, linphone can do otherwise."""
    return bool(plan.no_relay) and phone == "ua4"


def control(plan, phone):
    """A phone's remote control."""
    return linphone.Control(plan, sound_dir(plan, phone)) \
        if is_linphone(plan, phone) else Control(plan.space(phone))


def user(phone):
    return PHONES[phone][0]


def tone_of(phone):
    return PHONES[phone][1]


def _host(addr):
    return f"[{addr}]" if ":" in addr else addr


def sound_dir(plan, phone):
    return plan.path("sound", phone)


def configure(plan, phone, transport, style=PLAIN):
    """The phone's own configuration directory; nothing of ~/.baresip."""
    folder = plan.path("phones", phone)
    os.makedirs(folder, exist_ok=True)
    os.makedirs(sound_dir(plan, phone), exist_ok=True)
    wav = plan.path("sound", f"tone-{phone}.wav")
    if not os.path.exists(wav):
        audio.write_tone(wav, tone_of(phone))
    if is_linphone(plan, phone):
        linphone.configure(plan, user(phone), wav, transport)
        return
    text = CONFIG.format(listen=_host(plan.address(phone)), tone=wav,
                         modules=MODULES, port=PORT,
                         sound=sound_dir(plan, phone),
                         dns=_host(dns.server_of(plan, phone)) + ":53",
                         more=style.config)
    regint = NEVER if phone in plan.unregistered else REGINT
    account = (f"<sip:{user(phone)}@{P.DOMAIN};transport={transport}>"
               f";regint={regint};answermode=auto"
               f";audio_codecs={style.codecs}{style.account};auth_pass=x\n")
    for part, content in (("config", text), ("accounts", account),
                          ("contacts", ""), ("transport", transport),
                          ("style", style.name)):
        with open(os.path.join(folder, part), "w", encoding="ascii") as out:
            out.write(content)


def _told(plan, phone, part):
    """How a running phone was configured, or None."""
    if not pid_of(plan, "phone-" + phone):
        return None
    try:
        with open(plan.path("phones", phone, part),
                  encoding="ascii") as src:
            return src.read()
    except FileNotFoundError:
        return None


def transport_of(plan, phone):
    """The transport that a running phone uses, or None."""
    return _told(plan, phone, "transport")


def bring_up(plan, transport, style=PLAIN):
    """Start the phones (again, if they are of another transport or style)."""
    todo = [p for p in plan.phones if transport_of(plan, p) != transport
            or _told(plan, p, "style") != style.name]
    for phone in todo:
        stop(plan, "phone-" + phone)
        configure(plan, phone, transport, style)
        start(plan, "phone-" + phone,
              linphone.argv(plan) if is_linphone(plan, phone) else
              ["baresip", "-f", plan.path("phones", phone)], space=phone,
              resolv=dns.resolv_conf(plan, phone),
              env={"HOME": plan.path("phones", phone)})
    for phone in plan.phones:
        wait_ready(plan, phone)


def _says(plan, phone, text):
    """Is this in what the phone tells of its registration?"""
    try:
        with control(plan, phone) as phone_control:
            return text in phone_control.command("reginfo")
    except LabError:
        return False


def wait_ready(plan, phone):
    """Until a phone is registered, or has started where it never is."""
    if phone in plan.unregistered:
        until(lambda: _says(plan, phone, user(phone)),
              f"{user(phone)}'s phone", 15,
              alive=lambda: must_live(plan, "phone-" + phone))
    else:
        wait_registered(plan, phone)


def wait_registered(plan, phone):
    until(lambda: _says(plan, phone, "OK"),
          f"the registration of {user(phone)}", 15,
          alive=lambda: must_live(plan, "phone-" + phone))


def recordings(plan, phone):
    """Names of all recordings that a phone made so far."""
    return set(os.listdir(sound_dir(plan, phone)))


def heard(plan, phone, before, seconds=3.0):
    """The recording of what the phone heard since `before`, or None."""
    complete = linphone.recorded if is_linphone(plan, phone) \
        else audio.complete

    def closed():
        new = [n for n in recordings(plan, phone) - before
               if n.endswith("-dec.wav")]
        paths = [os.path.join(sound_dir(plan, phone), n) for n in new]
        return [p for p in paths if complete(p)]
    try:
        return max(until(closed, "a recording", seconds),
                   key=os.path.getsize)
    except LabError:
        return None
