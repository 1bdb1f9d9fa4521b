/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "ua_policy.h"

#include "text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <errno.h>
#include <pcre2.h>
#include <string.h>
#include <strings.h>

/* Steps that one line may take. A fit pattern takes far fewer than this for a
 * phone's name; one that would take exponentially many ends within
 * milliseconds: JIT counts anew at each of the N64_UA_TEXT first octets. */
#define STEPS 5000

/* Nesting of the steps, without JIT */
#define DEPTH 1000

/* KiB for backtracking, without JIT. PCRE2 takes them by and by and keeps them:
 * stretch() makes it take all at start, none while a message waits. */
#define HEAP 160

/* Octets are what a header has: (*UTF) in a pattern would make PCRE2 refuse
 * each text that is no UTF-8 */
#define OPTIONS (PCRE2_NEVER_UTF | PCRE2_NEVER_UCP)

static const char *const names[N64_UA_ACTIONS] = {
	[N64_UA_NONE] = "none",     [N64_UA_OFF] = "off",
	[N64_UA_NO_SDP] = "no-sdp", [N64_UA_NO_RR] = "no-rr",
	[N64_UA_FQDN] = "fqdn",     [N64_UA_FORCE] = "force",
};

const char *n64_ua_action_name(enum n64_ua_action action)
{
	return (unsigned)action < N64_UA_ACTIONS ? names[action] : names[0];
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static enum n64_ua_action action_of(const char *text, size_t len)
{
	for (int i = N64_UA_OFF; i < N64_UA_ACTIONS; i++)
		if (n64_text_is(text, len, names[i]))
			return (enum n64_ua_action)i;
	return N64_UA_NONE;
}

static size_t skip(const char *text, size_t at, size_t len, bool blanks)
{
	while (at < len && is_blank(text[at]) == blanks)
		++at;
	return at;
}

static int refuse(struct n64_ua_fault *fault, int err, const char *what)
{
	fault->pattern = false;
	fault->offset = 0;
	memcpy(fault->what, what, strlen(what) + 1);
	return err;
}

/* A match that nests until the heap's limit ends it */
static int stretch(struct n64_ua_policy *p)
{
	pcre2_code *code;
	PCRE2_SIZE at;
	char text[2048];
	int rc;

	memset(text, 'a', sizeof(text));
	code = pcre2_compile((PCRE2_SPTR) "^(?:a|b)*", PCRE2_ZERO_TERMINATED,
			     0, &rc, &at, NULL);
	if (!code)
		return ENOMEM;
	rc = pcre2_match(code, (PCRE2_SPTR)text, sizeof(text), 0, 0, p->match,
			 p->limits);
	pcre2_code_free(code);
	return rc == PCRE2_ERROR_NOMEMORY ? ENOMEM : 0;
}

/* What PCRE2 allocates for a match, once for all lines */
static int make_room(struct n64_ua_policy *p)
{
	if (p->match && p->limits)
		return 0;
	if (!p->match)
		p->match = pcre2_match_data_create(1, NULL);
	if (!p->limits)
		p->limits = pcre2_match_context_create(NULL);
	if (!p->match || !p->limits)
		return ENOMEM;
	pcre2_set_heap_limit(p->limits, HEAP);
	if (stretch(p))
		return ENOMEM;
	pcre2_set_match_limit(p->limits, STEPS);
	pcre2_set_depth_limit(p->limits, DEPTH);
	return 0;
}

static int compile(struct n64_ua_line *line, const char *text, size_t len,
		   struct n64_ua_fault *fault)
{
	int code;

	line->pattern = pcre2_compile((PCRE2_SPTR)text, len, OPTIONS, &code,
				      &fault->offset, NULL);
	if (!line->pattern) {
		fault->pattern = true;
		pcre2_get_error_message(code, (PCRE2_UCHAR *)fault->what,
					sizeof(fault->what));
		return EINVAL;
	}
	/* Where the system forbids it, PCRE2 interprets the pattern */
	pcre2_jit_compile(line->pattern, PCRE2_JIT_COMPLETE);
	return 0;
}

int n64_ua_add(struct n64_ua_policy *p, const char *text, size_t len,
	       struct n64_ua_fault *fault)
{
	size_t word = skip(text, 0, len, true);
	size_t end = skip(text, word, len, false);
	size_t pattern = skip(text, end, len, true);
	struct n64_ua_line line;
	int err;

	line.action = action_of(text + word, end - word);
	if (line.action == N64_UA_NONE || pattern == len)
		return refuse(fault, EINVAL,
			      "must be off, no-sdp, no-rr, fqdn or force, a "
			      "blank and a pattern");
	if (p->n == N64_UA_LINES)
		return refuse(fault, ENOSPC, "is one too many");
	if (make_room(p))
		return refuse(fault, ENOMEM, "no memory");
	err = compile(&line, text + pattern, len - pattern, fault);
	if (err)
		return err;
	p->line[p->n++] = line;
	p->force |= line.action == N64_UA_FORCE;
	return 0;
}

enum n64_ua_action n64_ua_match(const struct n64_ua_policy *p,
				const char *text, size_t len,
				unsigned *given_up)
{
	/* What follows the cut is not the end that $ asks for */
	uint32_t options = len > N64_UA_TEXT ? PCRE2_NOTEOL : 0;
	int rc;

	if (!text)
		text = "";
	if (len > N64_UA_TEXT)
		len = N64_UA_TEXT;
	for (unsigned i = 0; i < p->n; i++) {
		rc = pcre2_match(p->line[i].pattern, (PCRE2_SPTR)text, len, 0,
				 options, p->match, p->limits);
		if (rc >= 0)
			return p->line[i].action;
		/* Whatever else ended it, this line was not tried to its end */
		if (rc != PCRE2_ERROR_NOMATCH)
			++*given_up;
	}
	return N64_UA_NONE;
}

void n64_ua_free(struct n64_ua_policy *p)
{
	for (unsigned i = 0; i < p->n; i++)
		pcre2_code_free(p->line[i].pattern);
	pcre2_match_data_free(p->match);
	pcre2_match_context_free(p->limits);
	memset(p, 0, sizeof(*p));
}
