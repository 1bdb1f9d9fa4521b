# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# Folders that the tests read; where one is not there, its tests are skipped
VECTORS ?= ../shared/vectors
CAPTURES ?= ../shared/captures
# pytest's processes: scenarios, lab
JOBS ?= 4
LAB_JOBS ?= 2

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
UNIT_CFLAGS := $(CORE_STD) -O1 -g $(WARN) $(SANITIZE) -Inat64sip
UNIT_SRC := $(sort $(wildcard test/unit/test_*.c))
UNIT_EXE := $(UNIT_SRC:test/unit/%.c=$(BUILD)/unit/%)
UNIT_HELP := $(patsubst test/unit/%.c,$(BUILD)/unit/%.o,$(filter-out \
	$(UNIT_SRC),$(sort $(wildcard test/unit/*.c))))
UNIT_CORE := $(CORE_SRC:nat64sip/%.c=$(BUILD)/unit/core/%.o)
UNIT_UA := $(UA_SRC:nat64sip/%.c=$(BUILD)/unit/core/%.o)

NEGATIVE := $(BUILD)/negative/nat64sip.so
NEGATIVE_SRC := $(sort $(wildcard test/negative/*.c))
NEGATIVE_OBJ := $(NEGATIVE_SRC:test/negative/%.c=$(BUILD)/negative/%.o)

$(eval $(call stamp,unit-flags,$(CC) $(UNIT_CFLAGS)))

# The tests are told absolute paths, so that their working directory is free
TEST_ENV = env N64_VECTORS="$(abspath $(VECTORS))" \
	N64_CAPTURES="$(abspath $(CAPTURES))" \
	N64_CASES="$(abspath test/cases)" N64_BUILD="$(abspath $(BUILD))"
RUN = $(TEST_ENV) $(PYTHON) -B test/run.py --build $(BUILD) \
	--jobs $(JOBS) --lab-jobs $(LAB_JOBS)

$(BUILD)/unit/core/%.o: nat64sip/%.c $(BUILD)/unit-flags.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/unit/%.o: test/unit/%.c $(BUILD)/unit-flags.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

$(UNIT_EXE): %: %.o $(UNIT_HELP) $(UNIT_CORE) $(BUILD)/core-list.stamp
	$(call say,LD,$@)
	$(Q)$(CC) $(SANITIZE) -o $@ $< $(UNIT_HELP) $(UNIT_CORE) $(UA) \
		-lcmocka

$(BUILD)/unit/test_ua_policy: $(UNIT_UA)
$(BUILD)/unit/test_ua_policy: UA = $(UNIT_UA) $(UA_LIBS)

$(BUILD)/negative/%.o: test/negative/%.c $(KAMAILIO_RSP) \
		$(BUILD)/module-flags.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) @$(KAMAILIO_RSP) $(MODULE_CFLAGS) -MMD -MP -c -o $@ $<

$(NEGATIVE): $(NEGATIVE_OBJ) $(KAMAILIO_RSP)
	$(call say,LD,$@)
	$(Q)$(CC) @$(BUILD)/kamailio-ld.rsp $(MODULE_LDFLAGS) -o $@ \
		$(NEGATIVE_OBJ)
	@utils/build/check-load.sh $@

# Modules that a scenario loads beside ours
BESIDE_SRC := $(sort $(wildcard test/modules/*.c))
BESIDE := $(BESIDE_SRC:test/modules/%.c=$(BUILD)/modules/%.so)

$(BUILD)/modules/%.o: test/modules/%.c $(KAMAILIO_RSP) \
		$(BUILD)/module-flags.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) @$(KAMAILIO_RSP) $(MODULE_CFLAGS) -UMOD_NAME \
		-DMOD_NAME='"$*"' -MMD -MP -c -o $@ $<

$(BUILD)/modules/%.so: $(BUILD)/modules/%.o $(KAMAILIO_RSP)
	$(call say,LD,$@)
	$(Q)$(CC) @$(BUILD)/kamailio-ld.rsp $(MODULE_LDFLAGS) -o $@ $<

test: test-deps ## run all tests: unit, style, tool, build, scenarios, lab
	@$(MAKE) --no-print-directory test-built PARTS="$(TEST_PARTS)"

# Scenarios that are combined of a flow, a transport, a phone: a selection in
# which each two of them meet, or all
test-full: test-deps ## run all tests, with every combination of the scenarios
	@N64_FULL=1 $(MAKE) --no-print-directory test-built \
		PARTS="$(TEST_PARTS)"

TEST_PARTS := unit style tool build harness scenarios metrics faults-short lab
test-unit: TEST_PARTS := unit
test-unit: test-deps ## run the core's unit tests, under ASan and UBSan
test-tool: TEST_PARTS := tool
test-tool: test-deps ## run the tests of nat64sip, the command-line tool
test-build: TEST_PARTS := build
test-build: test-deps ## run the tests of make itself: build, install, run, what it says
test-scenarios: TEST_PARTS := harness scenarios
test-scenarios: test-deps ## run the SIP scenarios, SIPp against a real Kamailio
test-metrics: TEST_PARTS := metrics
test-metrics: test-deps ## run a real Prometheus with etc/prometheus at a Kamailio that takes calls
test-lab: TEST_PARTS := lab
test-lab: test-deps ## run the lab, real phones behind a real NAT64 (root)
test-negative: TEST_PARTS := negative
test-negative: test-deps ## run the scenarios with a module that does nothing: all must fail
test-unit test-tool test-build test-scenarios test-metrics test-lab test-negative:
	@$(MAKE) --no-print-directory test-built PARTS="$(TEST_PARTS)"

test-built: $(BUILD)/nat64sip.so $(TOOL) $(UNIT_EXE) $(NEGATIVE) $(BESIDE)
	@$(RUN) $(PARTS)

demo: demo-deps ## show a call through a real NAT64 (root; else on loopback)
	@$(MAKE) --no-print-directory build
	@utils/demo

run: build-deps ## run Kamailio here: etc/kamailio-nat64.cfg, PORT=5060 PREF64=
	@$(MAKE) --no-print-directory build
	@BUILD="$(BUILD)" PORT="$(PORT)" PREF64="$(PREF64)" utils/run

-include $(UNIT_EXE:=.d) $(UNIT_HELP:.o=.d) $(UNIT_CORE:.o=.d) \
	$(UNIT_UA:.o=.d) $(NEGATIVE_OBJ:.o=.d) \
	$(BESIDE:.so=.d)

.PHONY: test test-full test-unit test-tool test-build test-scenarios \
	test-metrics test-lab test-negative test-built demo run
.SECONDARY: $(UNIT_EXE:=.o) $(BESIDE:.so=.o)
