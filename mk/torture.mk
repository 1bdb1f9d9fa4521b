# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# The messages of RFC 4475 and RFC 5118 through every function: in a Kamailio
# with AddressSanitizer, made once from the installed one's source, and in the
# installed one with its checking memory manager. All of the former is in
# BUILD/torture.
TORTURE := $(abspath $(BUILD)/torture)
TORTURE_JOBS ?= $(JOBS)
# Undefined behaviour ends the process: a report of it would take a library
# that Kamailio does not load
TORTURE_ASAN := -fsanitize=address -fno-omit-frame-pointer
TORTURE_HARDEN := $(TORTURE_ASAN) -fsanitize=undefined \
	-fsanitize-undefined-trap-on-error

# What test/torture and the shipped configuration load, and for kamcmd
TORTURE_MODULES = $(sort cfgutils counters ctl $(shell grep -hoE \
	'^loadmodule "[a-z0-9_]+' etc/kamailio-nat64.cfg \
	test/torture/*.cfg | sed -e 's/.*"//' -e \
	'/^\(nat64sip\|xhttp\|websocket\|rtpengine\|htable\|auth\)$$/d'))

# Make's arguments for the module that goes with it
TORTURE_ONE = BUILD=$(TORTURE) KAMAILIO=$(TORTURE)/prefix/sbin/kamailio \
	KAMAILIO_SRC=$(TORTURE)/kamailio-src HARDEN="$(TORTURE_HARDEN)"

torture: torture-deps ## run the RFCs' torture messages through every function, under ASan, too
	@$(MAKE) --no-print-directory torture-built

torture-deps:
	@utils/build/deps.sh torture-deps build test torture

torture-build: $(KAMAILIO_RSP)
	@mkdir -p $(TORTURE)
	@[ -d $(TORTURE)/kamailio-src ] || [ ! -d $(BUILD)/kamailio-src ] || \
		cp -a $(BUILD)/kamailio-src $(TORTURE)/
	@SANITIZE="$(TORTURE_ASAN)" utils/build/kamailio-build.sh \
		$(TORTURE) installed $(TORTURE_MODULES)
	@$(MAKE) --no-print-directory $(TORTURE_ONE) build

torture-built: $(BUILD)/nat64sip.so $(NEGATIVE) torture-build
	@N64_TORTURE="$(TORTURE)" $(RUN) --jobs $(TORTURE_JOBS) torture

.PHONY: torture torture-deps torture-build torture-built
