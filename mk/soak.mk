# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# Hours of calls, in small: mixed calls in bad weather at half of what the
# machine can do, a reload and a switch of the mode each second
MINUTES ?= 30

soak: soak-deps ## mixed calls at half saturation for MINUTES=30: all succeed, memory is flat
	@$(MAKE) --no-print-directory soak-built

soak-built: $(BUILD)/nat64sip.so
	@$(TEST_ENV) $(PYTHON) -B test/soak/soak.py --build $(BUILD) \
		--minutes $(MINUTES)

.PHONY: soak soak-built
