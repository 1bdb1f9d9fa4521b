# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# Debian packages for the installed Kamailio, in BUILD/deb

deb: deb-deps ## build the Debian packages for the installed Kamailio (build/deb), ask lintian
	@utils/build/kamailio-flags.sh $(BUILD)
	@utils/build/deb.sh $(BUILD) \
		$(or $(KAMAILIO_SRC),$(BUILD)/kamailio-src)

deb-test: deb-test-deps deb ## install them in a clean Debian root, and call through a NAT64 there (root)
	@utils/build/deb-test.sh $(BUILD)

deb-deps:
	@utils/build/deps.sh deb-deps build deb

deb-test-deps:
	@utils/build/deps.sh deb-test-deps build deb lab deb-test

.PHONY: deb deb-test deb-deps deb-test-deps
