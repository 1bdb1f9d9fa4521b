# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What the phones of a dialog do beside it."""
from sipharness.dialogs import NOTHING


def again(d, ua):
    """Registers once more"""
    return "\n".join([
        "REGISTER sip:sip.example.test SIP/2.0", d.via(ua, f"q{ua.user}"),
        "Max-Forwards: 70", f"Contact: <{d.contact(ua)}>;expires=300",
        f"To: <{ua.aor}>", f"From: <{ua.aor}>;tag=r{ua.user}",
        f"Call-ID: r{ua.user}", "CSeq: 2 REGISTER", NOTHING])
