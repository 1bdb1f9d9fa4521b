# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# Each tool sees the files that there are

CLANG_FORMAT ?= clang-format
CLANG_TIDY ?= clang-tidy
CPPCHECK ?= cppcheck
SHELLCHECK ?= shellcheck

LINT_CORE := $(CORE_SRC) $(UA_SRC) $(TOOL_SRC) $(UNIT_SRC) $(FUZZ_SRC) \
	$(MICRO_SRC)
LINT_MODULE := $(MODULE_SRC) $(NEGATIVE_SRC) $(FUZZ_MODULE_SRC)
LINT_HEADERS := $(sort $(wildcard nat64sip/*.h utils/tool/*.h))
LINT_FORMAT := $(sort $(LINT_CORE) $(LINT_MODULE) $(wildcard nat64sip/*.h \
	utils/tool/*.h modules/nat64sip/*.h test/*/*.h test/*/*.c test/*/*/*.h test/*/*/*.c))
LINT_SHELL = $(shell grep -lE '^(\#!/bin/(ba)?sh|\# shellcheck shell)' \
	$(wildcard utils/* utils/*/* test/* test/*/* etc/*/*.sh .ci/*) \
	2>/dev/null)

LINT_STAMPS := $(LINT_CORE:%=$(BUILD)/lint/%.ok) \
	$(LINT_MODULE:%=$(BUILD)/lint/%.ok)

# clang knows some of gcc's options under no name
CLANG_DROP := -minline-all-stringops|-falign-loops|-ftree-vectorize|-mtune=.*

# As a file of one argument a line: clang-tidy takes no response file. xargs
# takes the quotes off as the compiler would.
$(BUILD)/lint/kamailio.flags: $(KAMAILIO_RSP)
	@mkdir -p $(@D)
	@xargs -n 1 printf '%s\n' <$< | \
		grep -vxE -e '$(CLANG_DROP)' >$@

$(LINT_CORE:%=$(BUILD)/lint/%.ok): $(BUILD)/lint/%.ok: % .clang-tidy \
		test/.clang-tidy $(LINT_HEADERS)
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	$(Q)$(CLANG_TIDY) --quiet --warnings-as-errors='*' $< -- \
		$(CORE_STD) -Inat64sip 2>$@.log || { cat $@.log; exit 1; }
	@touch $@

$(LINT_MODULE:%=$(BUILD)/lint/%.ok): $(BUILD)/lint/%.ok: % .clang-tidy \
		test/.clang-tidy $(BUILD)/lint/kamailio.flags $(LINT_HEADERS) \
		$(wildcard modules/nat64sip/*.h)
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	$(Q)utils/build/tidy.sh $(CLANG_TIDY) $< \
		$(BUILD)/lint/kamailio.flags -DMOD_NAME='"nat64sip"' \
		-Inat64sip -Imodules/nat64sip -I. 2>$@.log || { cat $@.log; exit 1; }
	@touch $@

# gcc's own analyser follows each path of a function: leaks, use after free,
# NULL. Of a file as it is compiled, so that what it inlines is seen too.
ANALYZER ?= gcc
ANALYZED := $(CORE_SRC:%=$(BUILD)/lint/%.analyzed) \
	$(UA_SRC:%=$(BUILD)/lint/%.analyzed) \
	$(TOOL_SRC:%=$(BUILD)/lint/%.analyzed) \
	$(MODULE_SRC:%=$(BUILD)/lint/%.analyzed)

$(CORE_SRC:%=$(BUILD)/lint/%.analyzed) $(UA_SRC:%=$(BUILD)/lint/%.analyzed) \
		$(TOOL_SRC:%=$(BUILD)/lint/%.analyzed): $(BUILD)/lint/%.analyzed: % $(LINT_HEADERS)
	@mkdir -p $(@D)
	$(call say,ANA,$<)
	$(Q)$(ANALYZER) $(CORE_CFLAGS) -Inat64sip -fanalyzer -c -o /dev/null $<
	@touch $@

$(MODULE_SRC:%=$(BUILD)/lint/%.analyzed): $(BUILD)/lint/%.analyzed: % \
		$(KAMAILIO_RSP) $(LINT_HEADERS) $(wildcard modules/nat64sip/*.h)
	@mkdir -p $(@D)
	$(call say,ANA,$<)
	$(Q)$(ANALYZER) @$(KAMAILIO_RSP) $(MODULE_CFLAGS) -fanalyzer -c \
		-o /dev/null $<
	@touch $@

lint-analyzer: $(ANALYZED)

lint: lint-deps ## check format, style and code: clang-format, clang-tidy, cppcheck, gcc's analyser
	@$(MAKE) --no-print-directory -k lint-format lint-shell lint-headers \
		lint-cppcheck lint-style lint-tidy lint-analyzer doc-check

lint-format:
	$(CLANG_FORMAT) --dry-run -Werror $(LINT_FORMAT)

lint-shell:
	$(SHELLCHECK) -x $(LINT_SHELL)

# Each header of the core and of the tool compiles alone
lint-headers:
	$(Q)for h in $(LINT_HEADERS); do \
		$(CC) $(CORE_STD) $(WARN) -Inat64sip -fsyntax-only \
			-include $$h -x c /dev/null || exit 1; \
	done

# uninit*: 2.10 takes the address of a variable for a use of it; gcc and clang
# look for the same. internalAstError: it cannot read a compound literal
CPPCHECK_FLAGS := --quiet --std=c11 --error-exitcode=1 --inline-suppr \
	--enable=warning,performance,portability \
	$(addprefix --suppress=,missingIncludeSystem missingInclude \
		uninitvar uninitStructMember internalAstError)
# It does not know either that an assertion of cmocka's ends a test
lint-cppcheck:
	$(CPPCHECK) $(CPPCHECK_FLAGS) -Inat64sip \
		$(patsubst %,--suppress=%:test/*,nullPointer \
			nullPointerArithmetic nullPointerRedundantCheck \
			nullPointerArithmeticRedundantCheck) $(LINT_CORE)
	$(CPPCHECK) $(CPPCHECK_FLAGS) -Inat64sip -DMODULE_VERSION= \
		$(LINT_MODULE)

lint-style:
	$(PYTHON) -B test/style.py

lint-tidy: $(LINT_STAMPS)

format: ## bring the C files into the form that lint asks for
	$(CLANG_FORMAT) -i $(LINT_FORMAT)

.PHONY: lint lint-format lint-shell lint-headers lint-cppcheck lint-style \
	lint-tidy lint-analyzer format
