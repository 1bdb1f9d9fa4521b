# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# Benchmarks: octets of memory, and instructions as callgrind counts them, so that neither the clock
# nor who else uses the machine matters. Results of earlier runs are kept in
# BUILD/bench/history.

# Calls that count, beside those that warm up; memory managers of Kamailio's
CALLS ?= 500
MANAGERS ?= fm,qm

MICRO_SRC := $(sort $(wildcard test/bench/micro/micro_*.c))
MICRO_EXE := $(patsubst test/bench/micro/%.c,$(BUILD)/bench/micro/%,\
	$(filter-out %/micro_sink.c,$(MICRO_SRC)))
MICRO_SINK := $(BUILD)/bench/micro/micro_sink.o
MICRO_CFLAGS := $(CORE_STD) -O2 -g $(WARN)

$(eval $(call stamp,micro-flags,$(CC) $(MICRO_CFLAGS)))

$(BUILD)/bench/micro/%.o: test/bench/micro/%.c $(BUILD)/micro-flags.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(MICRO_CFLAGS) -MMD -MP -c -o $@ $<

# Against the archives that the module is made of. Bound at start: the first
# call of a libc function must not cost more than the others
$(MICRO_EXE): %: %.o $(MICRO_SINK) $(UA_LIB) $(CORE_LIB)
	$(call say,LD,$@)
	$(Q)$(CC) -Wl,-z,now -o $@ $< $(MICRO_SINK) $(UA_LIB) $(CORE_LIB) $(UA_LIBS)

bench: bench-deps ## count instructions of calls and of the core, octets of memory
	@$(MAKE) --no-print-directory bench-calls-built bench-micro-built \
		bench-memory-built

bench-calls: bench-deps ## the calls only: MANAGERS=fm,qm CALLS=500
	@$(MAKE) --no-print-directory bench-calls-built

bench-micro: bench-deps ## the core's operations only
	@$(MAKE) --no-print-directory bench-micro-built

bench-fleet: bench-deps ## what a phone costs an edge and its registrar; see utils/fleet-size
	@$(MAKE) --no-print-directory bench-fleet-built

bench-memory: bench-deps ## octets per transaction, flow, phone, and after calls
	@$(MAKE) --no-print-directory bench-memory-built

bench-load: bench-deps ## calls per second of one worker, as ratios of runs in turn
	@$(MAKE) --no-print-directory bench-load-built

bench-fleet-built: $(BUILD)/nat64sip.so
	@$(TEST_ENV) $(PYTHON) -B test/bench/fleet.py --build $(BUILD)

bench-load-built: $(BUILD)/nat64sip.so
	@$(TEST_ENV) $(PYTHON) -B test/bench/load.py --build $(BUILD)

bench-calls-built: $(BUILD)/nat64sip.so
	@$(TEST_ENV) $(PYTHON) -B test/bench/bench.py --build $(BUILD) \
		--calls $(CALLS) --managers $(MANAGERS)

$(BUILD)/bench/sizes: test/bench/sizes.c $(CORE_LIB) \
		$(BUILD)/micro-flags.stamp
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(MICRO_CFLAGS) -o $@ $< $(CORE_LIB)

bench-memory-built: $(BUILD)/nat64sip.so $(BUILD)/bench/sizes
	@$(TEST_ENV) $(PYTHON) -B test/bench/memory.py --build $(BUILD) \
		$(BUILD)/bench/sizes

bench-micro-built: $(MICRO_EXE)
	@$(PYTHON) -B test/bench/micro.py --build $(BUILD) $(MICRO_EXE)

-include $(MICRO_EXE:=.d) $(MICRO_SINK:.o=.d)

.PHONY: bench bench-calls bench-micro bench-load bench-fleet bench-memory \
	bench-calls-built bench-micro-built bench-load-built bench-fleet-built \
	bench-memory-built
.SECONDARY: $(MICRO_EXE:=.o)
