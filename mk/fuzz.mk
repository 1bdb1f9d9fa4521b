# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# libFuzzer: a driver for each part of the core (test/fuzz/fuzz_*.c), and one for
# the whole module in Kamailio's core (test/fuzz/module)

# For 'make fuzz': of each driver
SECONDS ?= 30
# For 'make fuzz-long': of each driver of the core, of those that take much
# longer for an input, of the module's
RUNS ?= 6000000
SLOW_RUNS ?= 600000
MODULE_RUNS ?= 5000000
# For 'make fuzz-coverage': so many of a hundred lines of the core
COVER_FLOOR ?= 95

FUZZ_SRC := $(sort $(wildcard test/fuzz/fuzz_*.c))
FUZZ_EXE := $(FUZZ_SRC:test/fuzz/%.c=$(BUILD)/fuzz/%)
FUZZ_CORE := $(CORE_SRC:nat64sip/%.c=$(BUILD)/fuzz/core/%.o)
FUZZ_UA := $(UA_SRC:nat64sip/%.c=$(BUILD)/fuzz/core/%.o)
FUZZ_CFLAGS := $(CORE_STD) -O1 -g -Wall -Wextra $(WERROR) $(SANITIZE) \
	-Inat64sip
FUZZ_MODULE := $(BUILD)/fuzz/fuzz_module
FUZZ_ALL := $(FUZZ_EXE) $(FUZZ_MODULE)

FUZZ_SLOW := $(patsubst %,$(BUILD)/fuzz/fuzz_%,flows sdp64 ua_policy)
fuzz_runs = $(if $(filter $(FUZZ_MODULE),$(exe)),$(MODULE_RUNS),$(if \
	$(filter $(FUZZ_SLOW),$(exe)),$(SLOW_RUNS),$(RUNS)))

$(eval $(call stamp,fuzz-flags,$(CLANG) $(FUZZ_CFLAGS)))

$(BUILD)/fuzz/core/%.o: nat64sip/%.c $(BUILD)/fuzz-flags.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP \
		-c -o $@ $<

$(FUZZ_EXE): $(BUILD)/fuzz/%: test/fuzz/%.c $(FUZZ_CORE) \
		$(BUILD)/core-list.stamp
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer -MMD -MP -MF $@.d \
		-o $@ $< $(FUZZ_CORE) $(UA)

$(BUILD)/fuzz/fuzz_ua_policy: $(FUZZ_UA)
$(BUILD)/fuzz/fuzz_ua_policy: UA = $(FUZZ_UA) $(UA_LIBS)

# The module in Kamailio's core: its sources by clang, rr's as they are, and
# stand-ins for the other modules
FUZZ_KAMAILIO := $(BUILD)/fuzz/kamailio/libkamailio.a
FUZZ_RR := $(patsubst %,$(BUILD)/fuzz/rr/%.o,api loose record rr_cb)
FUZZ_MODULE_SRC := $(sort $(wildcard test/fuzz/module/*.c))
FUZZ_MODULE_OBJ := $(MODULE_SRC:modules/nat64sip/%.c=$(BUILD)/fuzz/module/%.o) \
	$(FUZZ_MODULE_SRC:test/fuzz/module/%.c=$(BUILD)/fuzz/module/test/%.o)
# gnu11: Kamailio's headers need it
FUZZ_MODULE_CFLAGS := -std=gnu11 -O1 -g -Wall -Wextra $(WERROR) \
	-Wno-write-strings -Wno-unused-command-line-argument \
	$(SANITIZE) -fsanitize=fuzzer-no-link \
	-fsanitize-ignorelist=test/fuzz/module/ubsan.txt \
	-DN64_BOTH_WAYS -DMOD_NAME='"nat64sip"' -DMOD_NAMEID=nat64sip -Inat64sip \
	-Imodules/nat64sip -I.
$(eval $(call stamp,fuzz-module-flags,$(CLANG) $(FUZZ_MODULE_CFLAGS)))

$(FUZZ_KAMAILIO): FORCE
	@utils/build/kamailio-fuzz.sh $(BUILD)

$(BUILD)/fuzz/module/%.o: modules/nat64sip/%.c | $(FUZZ_KAMAILIO)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CLANG) @$(BUILD)/fuzz/kamailio.rsp $(FUZZ_MODULE_CFLAGS) \
		-MMD -MP -c -o $@ $<

$(BUILD)/fuzz/module/test/%.o: test/fuzz/module/%.c | $(FUZZ_KAMAILIO)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CLANG) @$(BUILD)/fuzz/kamailio.rsp $(FUZZ_MODULE_CFLAGS) \
		-MMD -MP -c -o $@ $<

$(FUZZ_RR): $(BUILD)/fuzz/rr/%.o: | $(FUZZ_KAMAILIO)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CLANG) @$(BUILD)/fuzz/kamailio.rsp -DMOD_NAME='"rr"' -w \
		-c -o $@ $(BUILD)/fuzz/kamailio/src/modules/rr/$*.c

$(FUZZ_MODULE_OBJ): $(BUILD)/fuzz-module-flags.stamp

# -rdynamic: the module finds functions of tm by dlsym()
$(FUZZ_MODULE): $(FUZZ_MODULE_OBJ) $(FUZZ_RR) $(FUZZ_CORE) $(FUZZ_UA) \
		$(FUZZ_KAMAILIO) $(BUILD)/module-list.stamp
	$(call say,LD,$@)
	$(Q)$(CLANG) $(SANITIZE) -fsanitize=fuzzer -rdynamic -o $@ \
		$(FUZZ_MODULE_OBJ) $(FUZZ_RR) $(FUZZ_CORE) $(FUZZ_UA) \
		$(FUZZ_KAMAILIO) $(UA_LIBS) -ldl -lresolv -lm -lpthread

# The drivers of the core with clang's coverage, without sanitizers
COVER_CFLAGS := $(CORE_STD) -O1 -g -Inat64sip -fprofile-instr-generate \
	-fcoverage-mapping
COVER_EXE := $(FUZZ_SRC:test/fuzz/%.c=$(BUILD)/fuzz/cover/%)
COVER_CORE := $(patsubst nat64sip/%.c,$(BUILD)/fuzz/cover/core/%.o,$(CORE_SRC) \
	$(UA_SRC))

$(BUILD)/fuzz/cover/core/%.o: nat64sip/%.c $(wildcard nat64sip/*.h)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CLANG) $(COVER_CFLAGS) -c -o $@ $<

$(COVER_EXE): $(BUILD)/fuzz/cover/%: test/fuzz/%.c test/fuzz/fuzz.h $(COVER_CORE)
	$(call say,LD,$@)
	$(Q)$(CLANG) $(COVER_CFLAGS) -fsanitize=fuzzer -o $@ $< $(COVER_CORE) \
		$(UA_LIBS)

fuzz: fuzz-deps ## run each fuzz driver for SECONDS=30, two at a time
	@$(MAKE) --no-print-directory fuzz-built

fuzz-built: $(FUZZ_ALL) fuzz-seeds
	@printf '%s\n' $(FUZZ_ALL) | xargs -r -P 2 -n 1 \
		utils/build/fuzz.sh $(SECONDS)

# What the tests read, as first inputs
fuzz-seeds:
	@$(TEST_ENV) $(PYTHON) -B test/fuzz/seeds.py $(BUILD)/fuzz/seeds

fuzz-coverage: fuzz-deps ## print how much of the core the fuzz drivers reach
	@$(MAKE) --no-print-directory fuzz-coverage-built

fuzz-coverage-built: $(COVER_EXE) fuzz-seeds
	@utils/build/fuzz-coverage.sh $(BUILD) $(COVER_FLOOR) $(COVER_EXE)

# The long run, whose result is kept in test/fuzz/RESULTS.md: one driver after
# the other, so many inputs each
fuzz-long: fuzz-deps
	@$(MAKE) --no-print-directory fuzz-long-built

fuzz-long-built: $(FUZZ_ALL) fuzz-seeds
	@$(foreach exe,$(FUZZ_ALL),FUZZ_RUNS=$(fuzz_runs) \
		utils/build/fuzz.sh 0 $(exe) &&) true

# What 'make fuzz' found here beside the kept corpus is brought into it; what
# has nothing new is left out
fuzz-merge: $(FUZZ_ALL)
	@$(foreach exe,$(FUZZ_ALL),$(TEST_ENV) utils/build/fuzz-merge.sh $(exe) &&) true

-include $(FUZZ_UA:.o=.d) $(FUZZ_MODULE_OBJ:.o=.d) $(FUZZ_EXE:=.d) \
	$(FUZZ_CORE:.o=.d)

.PHONY: fuzz fuzz-built fuzz-seeds fuzz-coverage fuzz-coverage-built \
	fuzz-long fuzz-long-built fuzz-merge
