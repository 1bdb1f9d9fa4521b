# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# The Kamailio module. Kamailio's headers are system headers: their warnings
# are not ours. -Inat64sip and its modules/rr let the sources include as they
# would inside Kamailio's tree.

MODULE_SRC := $(sort $(wildcard modules/nat64sip/*.c))
MODULE_OBJ := $(MODULE_SRC:modules/nat64sip/%.c=$(BUILD)/module/%.o)
KAMAILIO_RSP := $(BUILD)/kamailio.rsp
EXPORTS := utils/build/module.map

# Kamailio's interfaces take text constants as char *, and mod_register() has
# no prototype
MODULE_CFLAGS := -O2 $(HARDEN) $(WARN) -Wno-write-strings \
	-Wno-missing-prototypes \
	-DMOD_NAME='"nat64sip"' -DMOD_NAMEID=nat64sip -Inat64sip -I.
MODULE_LDFLAGS := -Wl,-z,relro,-z,now,-z,noexecstack \
	-Wl,--version-script=$(EXPORTS)

$(eval $(call stamp,module-flags,$(CC) $(MODULE_CFLAGS) $(MODULE_LDFLAGS)))
$(eval $(call stamp,module-list,$(MODULE_OBJ)))

# Always asked: the installed Kamailio may be another one than last time
$(KAMAILIO_RSP): FORCE
	@utils/build/kamailio-flags.sh $(BUILD)

$(BUILD)/module/%.o: modules/nat64sip/%.c $(KAMAILIO_RSP) \
		$(BUILD)/module-flags.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) @$(KAMAILIO_RSP) $(MODULE_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/nat64sip.so: $(MODULE_OBJ) $(UA_LIB) $(CORE_LIB) $(KAMAILIO_RSP) \
		$(EXPORTS) $(BUILD)/module-flags.stamp $(BUILD)/module-list.stamp
	$(call say,LD,$@)
	$(Q)$(CC) @$(BUILD)/kamailio-ld.rsp $(MODULE_LDFLAGS) -o $@ \
		$(MODULE_OBJ) $(UA_LIB) $(CORE_LIB) $(UA_LIBS) \
		@$(BUILD)/kamailio-libs.rsp
	@utils/build/check-load.sh $@

-include $(MODULE_OBJ:.o=.d)
