# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# Faults: each allocation fails, the relay hangs, Kamailio crashes, the NAT64 and
# the clock change, buffers are full. Against another Kamailio, one with a
# sanitizer say: KAMAILIO=... KAMAILIO_SRC=... BUILD=...

faults: test-deps ## let each allocation fail, the relay hang, Kamailio crash in mid-call ...
	@$(MAKE) --no-print-directory faults-built

faults-built: $(BUILD)/nat64sip.so $(BESIDE)
	@$(RUN) faults

.PHONY: faults faults-built
