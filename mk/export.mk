# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# The module as Kamailio's tree would have it: one folder ('make export
# DIR=FOLDER'), and the test that it builds and works there.

DIR ?= $(BUILD)/export/nat64sip
EXPORT_BUILD = $(BUILD)/export-test

export: export-deps ## write the module as one folder for Kamailio's tree (DIR=build/export/nat64sip)
	@utils/build/export.sh $(DIR)

# The installed version, and the newest of MATRIX: its tree has CMake
export-test: test-deps export-deps doc-deps matrix-build ## build and load it in each Kamailio's tree, by the patches in 6.0's, run its unit (root)
	@utils/build/kamailio-flags.sh $(BUILD)
	@utils/build/export.sh $(EXPORT_BUILD)/nat64sip
	@utils/build/export-test.sh $(EXPORT_BUILD) $(KAMAILIO) \
		$(or $(KAMAILIO_SRC),$(BUILD)/kamailio-src) $(foreach v,$(MATRIX),\
		$(call matrix_build,$(v))/prefix/sbin/kamailio \
		$(call matrix_build,$(v))/kamailio-src)

# Against the newest of MATRIX
PATCH_TREE = $(call matrix_build,$(lastword $(MATRIX)))
patches: export-deps ## write the module as patches for Kamailio's tree (build/patches)
	@utils/build/kamailio-src.sh $(PATCH_TREE) \
		$(call matrix_release,$(lastword $(MATRIX)))
	@utils/build/export.sh $(BUILD)/export/nat64sip >/dev/null
	@utils/build/patches.sh $(BUILD)/patches $(BUILD)/export/nat64sip \
		$(PATCH_TREE)/kamailio-src

export-deps:
	@utils/build/deps.sh export-deps build export

.PHONY: export export-test patches export-deps
