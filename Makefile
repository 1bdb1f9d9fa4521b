# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# 'make help' lists the targets. Each part is a file of its own in mk/.

BUILD ?= build
CC ?= cc
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
KAMAILIO ?= /usr/sbin/kamailio
# Debian's own python3: the one that its pytest belongs to
PYTHON ?= /usr/bin/python3
WERROR ?= -Werror
export CC KAMAILIO KAMAILIO_SRC PYTHON

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# V=1 shows the commands
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-3s %s\n' '$(1)' '$(2)')

all: build-deps ## build module and tool for the installed Kamailio (the default)
	@utils/build/kamailio-flags.sh $(BUILD)
	@$(MAKE) --no-print-directory build
	@echo "$(BUILD)/nat64sip.so is ready for Kamailio" \
		"$$($(KAMAILIO) -v | awk 'NR == 1 { print $$3 }')"

build: $(BUILD)/nat64sip.so $(BUILD)/nat64sip

include mk/deps.mk
include mk/core.mk
include mk/module.mk
include mk/tool.mk
include mk/install.mk
include mk/test.mk
include mk/fuzz.mk
include mk/faults.mk
include mk/matrix.mk
include mk/torture.mk
include mk/export.mk
include mk/deb.mk
include mk/bench.mk
include mk/soak.mk
include mk/lint.mk
include mk/doc.mk

clean: ## remove what was built, keep the fetched Kamailio source
	rm -rf $(filter-out %/history,$(wildcard $(BUILD)/bench/*))
	@! [ -d $(BUILD)/bench ] || \
		rmdir --ignore-fail-on-non-empty $(BUILD)/bench
	rm -rf $(foreach dir,$(BUILD) $(wildcard $(BUILD)/matrix/* \
		$(BUILD)/torture),$(addprefix $(dir)/,core module modules unit \
		fuzz negative test lint doc run export export-test patches deb \
		tool demo))
	rm -f $(foreach dir,$(BUILD) $(BUILD)/matrix/* $(BUILD)/torture,\
		$(wildcard $(addprefix $(dir)/,nat64sip *.so *.a *.rsp \
		*.stamp *.log)))

distclean: ## remove everything that is not in the repository
	rm -rf $(BUILD)

help: ## show this list
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / { printf "%-16s %s\n", $$1, $$2 }' \
		$(MAKEFILE_LIST)

FORCE:
.PHONY: all build clean distclean help FORCE
