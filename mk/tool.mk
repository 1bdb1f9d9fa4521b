# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# nat64sip, the command-line tool: a source is a job, cmd_NAME.c a command

TOOL_SRC := $(sort $(wildcard utils/tool/*.c))
TOOL_OBJ := $(TOOL_SRC:utils/tool/%.c=$(BUILD)/tool/%.o)
TOOL := $(BUILD)/nat64sip
TOOL_CFLAGS := $(CORE_STD) -O2 -g -fPIE $(HARDEN) $(WARN) -Inat64sip
TOOL_LDFLAGS := -pie -Wl,-z,relro,-z,now,-z,noexecstack
TOOL_LIBS := $(UA_LIBS) -lresolv -lpcap

$(eval $(call stamp,tool-flags,$(CC) $(TOOL_CFLAGS) $(TOOL_LDFLAGS)))
$(eval $(call stamp,tool-list,$(TOOL_OBJ)))

$(BUILD)/tool/%.o: utils/tool/%.c $(BUILD)/tool-flags.stamp
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(TOOL_CFLAGS) -MMD -MP -c -o $@ $<

$(TOOL): $(TOOL_OBJ) $(UA_LIB) $(CORE_LIB) $(BUILD)/tool-list.stamp
	$(call say,LD,$@)
	$(Q)$(CC) $(TOOL_CFLAGS) $(TOOL_LDFLAGS) -o $@ $(TOOL_OBJ) \
		$(UA_LIB) $(CORE_LIB) $(TOOL_LIBS)

-include $(TOOL_OBJ:.o=.d)
