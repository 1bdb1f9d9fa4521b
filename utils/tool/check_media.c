/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* rtpengine's flags */

#include "check.h"

#include <string.h>

static const char flags_pv[] = "$nat64(rtpengine)";

/* Is this word among the blank-separated ones of a text? */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word), n;

	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		n = strcspn(text, " ");
		if (n == len && !memcmp(text, word, len))
			return true;
		text += n;
	}
	return false;
}

static bool anywhere(const struct cfg *cfg, const char *text)
{
	size_t i;

	for (i = 0; i < cfg->n; i++) {
		if (strstr(cfg->v[i].text, text))
			return true;
	}
	return false;
}

/* Behind the last argument of the call at i */
static size_t arguments_end(const struct cfg *cfg, size_t i)
{
	for (i += 2; i < cfg->n; i++) {
		if (cfg->v[i].kind == CFG_SIGN && cfg->v[i].text[0] == ')')
			break;
	}
	return i;
}

static void flags(struct check *c, size_t call, bool by_header)
{
	const struct cfg *cfg = &c->cfg;
	size_t end = arguments_end(cfg, call), i;
	bool asked = false;

	for (i = call + 2; i < end; i++) {
		const char *text = cfg->v[i].text;

		if (has_word(text, "asymmetric"))
			check_say(
				c, CHECK_ERROR, &cfg->v[i],
				"asymmetric forbids rtpengine to learn where "
				"a phone behind NAT64 sends from: leave it "
				"out");
		if (has_word(text, "ICE=optional"))
			check_say(c, CHECK_WARNING, &cfg->v[i],
				  "with ICE=optional phones may talk past the "
				  "relay: leave it out, or ICE=force");
		/* a variable: what is put into it is somewhere else */
		asked = asked || strstr(text, flags_pv) ||
			(strchr(text, '$') && anywhere(cfg, flags_pv));
	}
	if (!asked && !by_header)
		check_say(
			c, CHECK_WARNING, &cfg->v[call],
			"%s() without $nat64(rtpengine) behind its flags: "
			"the relay does not learn where a phone behind NAT64 "
			"sends from",
			cfg->v[call].text);
}

void check_media(struct check *c)
{
	static const char *const calls[] = {
		"rtpengine_manage", "rtpengine_offer", "rtpengine_answer"};
	/* a second box goes by PortaSIP-Notify, and sets its flags itself */
	bool by_header = cfg_calls(&c->cfg, "is_notify_nat64");
	size_t i, k;

	for (k = 0; k < sizeof(calls) / sizeof(calls[0]); k++) {
		for (i = 0; cfg_call(&c->cfg, &i, calls[k]); i++)
			flags(c, i, by_header);
	}
}
