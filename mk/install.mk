# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# MODULES_DIR: where the installed Kamailio has its modules
PREFIX ?= /usr
DOCDIR ?= $(PREFIX)/share/doc/nat64sip
MODULES_DIR ?= $(shell dpkg -L kamailio 2>/dev/null | \
	sed -n 's|/tm\.so$$||p' | head -n 1)

DOCS := $(wildcard README.md COPYING modules/nat64sip/README)
EXAMPLES := $(sort $(wildcard etc/*))

modules-dir:
	@[ -n "$(MODULES_DIR)" ] || { echo "make: no Kamailio modules folder" \
		"found: give MODULES_DIR=DIR" >&2; exit 1; }

install: all modules-dir ## install module, documents and examples (DESTDIR, MODULES_DIR)
	install -d "$(DESTDIR)$(MODULES_DIR)" "$(DESTDIR)$(DOCDIR)/examples"
	install -m 644 $(BUILD)/nat64sip.so "$(DESTDIR)$(MODULES_DIR)/"
	$(if $(DOCS),install -m 644 $(DOCS) "$(DESTDIR)$(DOCDIR)/")
	$(if $(EXAMPLES),install -m 644 $(EXAMPLES) \
		"$(DESTDIR)$(DOCDIR)/examples/")

uninstall: modules-dir ## remove what 'make install' installed
	rm -f "$(DESTDIR)$(MODULES_DIR)/nat64sip.so"
	rm -rf "$(DESTDIR)$(DOCDIR)"

.PHONY: modules-dir install uninstall
