# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# The module's README, made from doc/*.xml by Kamailio's own stylesheets, as in
# its tree: the sources are copied to where their relative paths hold.

DOC_SRC := $(wildcard modules/nat64sip/doc/*.xml)
DOC_TREE := $(BUILD)/doc/src/modules/nat64sip/doc
DOC_KAMAILIO = $(abspath $(or $(KAMAILIO_SRC),$(BUILD)/kamailio-src))

doc: doc-deps ## make the module's README from its docbook source
	@$(MAKE) --no-print-directory $(BUILD)/doc/README
	@cp $(BUILD)/doc/README modules/nat64sip/README

doc-check: doc-deps ## is the module's README the one that its source makes?
	@$(MAKE) --no-print-directory $(BUILD)/doc/README
	@diff -u modules/nat64sip/README $(BUILD)/doc/README || { \
		echo "make: modules/nat64sip/README is old: run 'make doc'"; exit 1; }

doc-deps:
	@utils/build/deps.sh doc-deps doc

$(BUILD)/doc/README: $(DOC_SRC) mk/doc.mk | $(KAMAILIO_RSP)
	@rm -rf $(BUILD)/doc && mkdir -p $(DOC_TREE)
	@cp $(DOC_SRC) $(DOC_TREE)
	@ln -s $(DOC_KAMAILIO)/doc $(BUILD)/doc/doc
	@cd $(DOC_TREE) && xmllint --nonet --valid --noout nat64sip_admin.xml
	@cd $(DOC_TREE) && xsltproc --nonet --xinclude -o nat64sip.html \
		../../../../doc/docbook/readme.xsl nat64sip.xml
	@lynx -force_html -nolist -dump -width=79 -display_charset=UTF-8 \
		$(DOC_TREE)/nat64sip.html | sed 's/ *$$//' > $@

.PHONY: doc doc-check doc-deps
