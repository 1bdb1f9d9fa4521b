# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Many phones behind one NAT64, each with an address of record and a port of
its own."""
from .phones import CALLER, Phone

REGISTER = """REGISTER sip:sip.example.test SIP/2.0
Via: SIP/2.0/UDP [2001:db8:1::2]:5060;branch=z9hG4bK{n}r{cseq};rport
Contact: <sip:phone{n}@[2001:db8:1::2]:5060>;expires=3600
Max-Forwards: 70
To: <sip:phone{n}@sip.example.test>
From: <sip:phone{n}@sip.example.test>;tag=509deccb{n}
Call-ID: reg{n}
CSeq: {cseq} REGISTER
User-Agent: baresip v1.0.0 (x86_64/linux)
Content-Length: 0

"""


class Registering:
    def __init__(self):
        self.phones = []

    def register_up_to(self, count, asked):
        """asked: each until a probe came, for there are so many in a second,
        and once more, as a phone that is known"""
        while len(self.phones) < count:
            number = len(self.phones)
            phone = Phone((CALLER[0], 20000 + number))
            self.phones.append(phone)
            phone.cseq = 0
            self.register(phone, number)
            while asked and not phone.probes:
                if not phone.take_probe(0.1):
                    self.register(phone, number)
            if asked:
                self.register(phone, number)

    @staticmethod
    def register(phone, number):
        phone.cseq += 1
        phone.send(REGISTER.format(n=f"{number:06d}", cseq=phone.cseq))
        phone.receive("SIP/2.0 200 ")

    def close(self):
        for phone in self.phones:
            phone.close()
