# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What must hold of every message of every scenario, whatever it is about:

- no request reaches a phone with an own Route left in it;
- no c= or o= reaches a phone in another family than its own SDP shows for that
  m= section, or, before it has shown any, than its network has;
- a caller sees one 200 for an INVITE, however often it came again.
"""
import re
from collections import Counter

from . import netns

UE6 = (netns.HOSTS["ue6"],)
OWN = re.compile(r"(?:192\.0\.2\.1[01]|:(?:c000:2|192\.0\.2\.1)[0-9a-f]*\]|"
                 r"proxy\.example\.test)", re.I)
OURS = (netns.HOSTS["proxy"], netns.HOSTS["proxy2"], netns.HOSTS["public"])


class Sip:
    """As much of one message as the watches need"""

    def __init__(self, message):
        self.src, self.dst = message.src, message.dst
        text = message.data.decode("utf-8", "replace").replace("\r\n", "\n")
        head, _, self.body = text.partition("\n\n")
        self.first, _, self.head = head.partition("\n")
        self.head = re.sub(r"\n[ \t]+", " ", self.head)
        self.reply = self.first.startswith("SIP/2.0 ")

    def all(self, *names):
        return re.findall(rf"(?mi)^(?:{'|'.join(names)})\s*:\s*(.*)$",
                          self.head)

    def one(self, *names):
        return (self.all(*names) or [""])[0].strip()

    @property
    def sdp(self):
        return "application/sdp" in self.one("Content-Type", "c").lower() \
            and self.body.startswith("v=")

    def families(self):
        """(o='s, [each m='s, None where it has none or its port is 0])"""
        origin, session, out = None, None, []
        for line in self.body.split("\n"):
            words = line.split()
            if line.startswith("m="):
                out.append(None if words[1] == "0" else session)
            elif line.startswith("c=") and len(words) > 1:
                if not out:
                    session = words[1]
                elif out[-1] is not None or session is None:
                    out[-1] = words[1]
            elif line.startswith("o=") and len(words) > 4:
                origin = words[4]
        return origin, out


def _routes(sip):
    if sip.reply:
        return []
    return [f"own Route reached a phone: {sip.first}: {value}"
            for value in sip.all("Route") if OWN.search(value)]


def _family(sip, shown, default):
    origin, media = sip.families()
    out = []
    for i, family in enumerate(media):
        want = shown[i] if i < len(shown) and shown[i] else default
        if family and family != want:
            out.append(f"m= {i + 1} in {family}, not {want}: {sip.first}")
    wants = {f for f in shown if f} or {default}
    if origin and origin not in wants:
        out.append(f"o= in {origin}, not {wants}: {sip.first}")
    return out


def faults(messages, ue6=UE6, families=True):
    """What a run of messages should not have shown

    @param ue6       Hosts whose phones are behind NAT64
    @param families  False where a phone's PREF64 is not to be known
    """
    out, shown, answers = [], {}, Counter()
    seen = set()
    for sip in map(Sip, messages):
        call = sip.one("Call-ID", "i")
        if sip.src[0] not in OURS and sip.sdp:
            shown[sip.src, call] = sip.families()[1]
        if sip.dst[0] in OURS or sip.src[0] not in OURS:
            continue
        out += _routes(sip)
        if sip.sdp and families:
            default = "IP6" if sip.dst[0] in ue6 else "IP4"
            out += _family(sip, shown.get((sip.dst, call), []), default)
        cseq = sip.one("CSeq")
        if sip.first.startswith("SIP/2.0 200 ") and "INVITE" in cseq:
            key = (sip.dst, call, cseq)
            if (key, sip.head, sip.body) not in seen:
                answers[key] += 1
            seen.add((key, sip.head, sip.body))
    out += [f"{n} different 200s for one INVITE: {key}"
            for key, n in answers.items() if n > 1]
    return out


def check(lab, **options):
    """Judge all that the test's wire has seen so far"""
    found = faults(lab.wire.read(), **options)
    assert not found, "\n".join(found)
