# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# libnat64sip: C11 and libc only. Hidden, because Kamailio is linked with -E:
# a function of its core would win over one of ours with the same name.

# What needs PCRE2 is an archive of its own, libnat64sip_ua.
UA_SRC := nat64sip/ua_policy.c
UA_OBJ := $(UA_SRC:nat64sip/%.c=$(BUILD)/core/%.o)
UA_LIB := $(BUILD)/libnat64sip_ua.a
UA_LIBS := -lpcre2-8

CORE_SRC := $(filter-out $(UA_SRC),$(sort $(wildcard nat64sip/*.c)))
CORE_OBJ := $(CORE_SRC:nat64sip/%.c=$(BUILD)/core/%.o)
CORE_LIB := $(BUILD)/libnat64sip.a

HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2
HARDEN += $(if $(filter x86_64,$(shell uname -m)),-fcf-protection) \
	-fstack-clash-protection
WARN := -Wall -Wextra $(WERROR) -Wformat=2 -Wshadow -Wvla \
	-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
CORE_STD := -std=c11 -D_DEFAULT_SOURCE
CORE_CFLAGS := $(CORE_STD) -O2 -g -fPIC -fvisibility=hidden $(HARDEN) $(WARN)

# $(call stamp,NAME,TEXT): a file whose time changes when TEXT does, so that
# changed options and removed sources rebuild what they must
define stamp
$(BUILD)/$(1).stamp: FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' '$(subst ','\'',$(2))' | cmp -s - $$@ || \
		printf '%s\n' '$(subst ','\'',$(2))' >$$@
endef
$(eval $(call stamp,core-flags,$(CC) $(CORE_CFLAGS)))
$(eval $(call stamp,core-list,$(CORE_OBJ)))

$(BUILD)/core/%.o: nat64sip/%.c $(BUILD)/core-flags.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CORE_CFLAGS) -MMD -MP -c -o $@ $<

$(CORE_LIB): $(CORE_OBJ) $(BUILD)/core-list.stamp
	@rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcs $@ $(CORE_OBJ)

$(UA_LIB): $(UA_OBJ)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcs $@ $(UA_OBJ)

-include $(CORE_OBJ:.o=.d) $(UA_OBJ:.o=.d)
