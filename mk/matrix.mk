# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# The same source against several versions of Kamailio: the installed one, and
# those of other Debian releases, made from their source. VERSION=RELEASE; all
# of one is in BUILD/matrix/VERSION.
MATRIX ?= 6.0=trixie
MATRIX_PARTS ?= unit scenarios etc metrics

# What the scenarios and etc/ load, and what an operator has beside it
MATRIX_MODULES = $(sort $(shell grep -rhoE 'loadmodule "[a-z0-9_]+' etc \
	test/scenarios | sed -e 's/.*"//' -e '/^nat64sip$$/d') \
	acc app_jsdt app_lua app_python3 auth avpops cfgutils corex counters \
	ctl db_mysql db_postgres db_sqlite db_text dialog dispatcher htable \
	ipops jsonrpcs kex maxfwd nathelper outbound path permissions pv \
	registrar rr rtpengine sanity sdpops siptrace siputils sl statistics \
	textops textopsx tls tm tmx topoh topos uac usrloc xhttp xhttp_prom \
	xlog)

matrix_version = $(firstword $(subst =, ,$(1)))
matrix_release = $(lastword $(subst =, ,$(1)))
matrix_build = $(abspath $(BUILD)/matrix/$(call matrix_version,$(1)))
# Make's arguments that choose one version
matrix_one = BUILD=$(call matrix_build,$(1)) \
	KAMAILIO=$(call matrix_build,$(1))/prefix/sbin/kamailio \
	KAMAILIO_SRC=$(call matrix_build,$(1))/kamailio-src
MATRIX_BUILDS = $(BUILD) $(foreach v,$(MATRIX),$(call matrix_build,$(v)))

matrix: test-deps matrix-build ## run unit tests, scenarios, etc, metrics against each Kamailio of MATRIX, too
	@rm -f $(MATRIX_BUILDS:=/test/matrix.txt)
	@$(MAKE) --no-print-directory matrix-run || true
	@$(foreach v,$(MATRIX),$(MAKE) --no-print-directory \
		$(call matrix_one,$(v)) matrix-run || true;)
	@utils/build/matrix-counts.sh $(KAMAILIO) $(BUILD) $(foreach v,\
		$(MATRIX),$(call matrix_build,$(v))/prefix/sbin/kamailio \
		$(call matrix_build,$(v)))

matrix-build: matrix-deps ## build each Kamailio of MATRIX, and the module for it
	@$(foreach v,$(MATRIX),utils/build/kamailio-build.sh \
		$(call matrix_build,$(v)) $(call matrix_release,$(v)) \
		$(MATRIX_MODULES) &&) true
	@$(foreach v,$(MATRIX),$(MAKE) --no-print-directory \
		$(call matrix_one,$(v)) build &&) true

matrix-deps:
	@utils/build/deps.sh matrix-deps build matrix

matrix-run: $(BUILD)/nat64sip.so $(UNIT_EXE) $(BESIDE)
	@echo "=== Kamailio $$($(KAMAILIO) -v | awk 'NR == 1 { print $$3 }')"
	@$(RUN) --counts $(BUILD)/test/matrix.txt $(MATRIX_PARTS)

.PHONY: matrix matrix-build matrix-deps matrix-run
