/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "check.h"

#include "../../modules/nat64sip/n64_mode.h"
#include "../../nat64sip/notify_net.h"
#include "../../nat64sip/raw_header.h"
#include "../fuzz.h"

#include <ctype.h>
#include <strings.h>

/** A header field with its folded lines, or the first line */
struct field
{
	const char *p;
	size_t len, name;
};

struct cursor
{
	const char *p, *end;
	bool begun;
};

static const char *line_end(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', end - p);

	return nl ? nl + 1 : end;
}

static bool next_field(struct field *f, struct cursor *c)
{
	size_t n, first = !c->begun;

	/* the core's end of the headers: also by one CR */
	if(c->p == c->end || (c->begun && (*c->p == '\n' || *c->p == '\r')))
		return false;
	f->p = c->p;
	/* what may stand before the first line, and a CR behind it */
	while(!c->begun && c->p < c->end && strchr("\r\n\t ", *c->p))
		c->p++;
	c->p = line_end(c->p, c->end);
	if(!c->begun && c->end - c->p > 1 && *c->p == '\r' && c->p[1] != '\n')
		c->p++;
	c->begun = true;
	while(c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
		c->p = line_end(c->p, c->end);
	f->len = c->p - f->p;
	for(n = 0; n < f->len && !memchr(": \t\r\n", f->p[n], 5); n++)
		;
	f->name = first ? 0 : n;
	return true;
}

static bool is(const struct field *f, const char *name)
{
	return f->name == strlen(name) && !strncasecmp(f->p, name, f->name);
}

static bool is_either(const struct field *f, const char *name, char letter)
{
	return is(f, name) || (f->name == 1 && tolower(*f->p) == letter);
}

/** Does the notify header begin here, or behind a CR that is no line end? */
static bool begins_notify(const struct field *f, size_t at)
{
	static const char name[] = "PortaSIP-Notify";

	return f->len - at >= sizeof(name) - 1
		   && !strncasecmp(f->p + at, name, sizeof(name) - 1)
		   && (at == 0 || f->p[at - 1] == '\r');
}

/** Equal, but for the first letter of such a one */
static bool same(const struct field *a, const struct field *b)
{
	size_t i = 0, k = 0;

	for(; k < b->len; k++) {
		if(i < a->len && a->p[i] == b->p[k])
			i++;
		else if(!begins_notify(b, k))
			return false;
	}
	return i == a->len;
}

/** Some of the core's parsers end a field at such a CR, and take what follows
 *  for another one */
static bool has_bare_cr(const struct field *f)
{
	size_t i;

	for(i = 0; i + 1 < f->len; i++)
		if(f->p[i] == '\r' && f->p[i + 1] != '\n')
			return true;
	return false;
}

/** Both of a kind that the module changes */
static bool may_differ(
		const struct field *a, const struct field *b, const struct done *done)
{
	if(is_either(a, "Via", 'v') && is_either(b, "Via", 'v'))
		return true; /* rport */
	if(has_bare_cr(b))
		return done->on;
	if(is_either(a, "Content-Length", 'l')
			&& is_either(b, "Content-Length", 'l'))
		return done->on;
	if(is_either(a, "Contact", 'm') && is_either(b, "Contact", 'm'))
		return (done->on || done->scene->mode == N64_MODE_DRYRUN)
			   && (done->calls & (CALL_MANAGE | CALL_REGISTER));
	if(is(a, "Record-Route") && is(b, "Record-Route"))
		return done->on && !done->request;
	/* a mark that was not ours to believe, and ours */
	return is(a, "Path") && is(b, "Path") && done->on;
}

static bool starts(const struct field *f, const char *text)
{
	return f->len > strlen(text) && !memcmp(f->p, text, strlen(text));
}

static bool is_own_rr(const struct field *f)
{
	return starts(f, "Record-Route: <sip:")
		   || starts(f, "Record-Route: <sips:");
}

/** Ours, octet for octet as it is printed */
static bool is_own_notify(const struct field *f)
{
	static const char name[] = "PortaSIP-Notify: ";
	char text[N64_NOTIFY_TEXT_MAX + 1];
	size_t head = sizeof(name) - 1, n;
	struct n64_notify notify;

	if(f->len < head + 2 || memcmp(f->p, name, head)
			|| n64_notify_parse(&notify, f->p + head, f->len - head - 2))
		return false;
	n = n64_notify_print(text, sizeof(text), &notify);
	return n == f->len - head - 2 && !memcmp(text, f->p + head, n);
}

struct counts
{
	unsigned rr, notify, own_notify;
};

static void check_counts(const struct counts *c, const struct done *done)
{
	/* a pair, or what record_route() writes: also a pair, over two sockets */
	REQUIRE(c->rr <= 2);
	REQUIRE(!c->rr || done->request);
	REQUIRE(!c->rr || (done->calls & (CALL_RR | CALL_MANAGE)));
	/* nat64_manage() takes it away again where the branch goes to no peer */
	if(done->set_notify && !(done->calls & CALL_MANAGE))
		REQUIRE(c->notify == 1 && c->own_notify == 1);
	else if(!done->scene->from_peer)
		REQUIRE(c->notify == c->own_notify && c->notify <= 1);
	REQUIRE(!c->own_notify || done->set_notify || done->scene->from_peer
			|| (done->request && (done->calls & CALL_MANAGE)));
}

/** The value of Content-Length, or -1 */
static long content_length(const struct built *m)
{
	struct cursor c = {m->p, m->p + m->len, false};
	struct field f;
	const char *colon;

	while(next_field(&f, &c)) {
		if(!is_either(&f, "Content-Length", 'l'))
			continue;
		colon = memchr(f.p, ':', f.len);
		if(colon)
			return strtol(colon + 1, NULL, 10);
	}
	return -1;
}

/** What is not there any more: up to the field that this one is, or was */
static bool skip_notify(
		struct field *b, struct cursor *c, const struct field *a, bool more)
{
	while(more && is(b, "PortaSIP-Notify") && !same(a, b))
		more = next_field(b, c);
	return more;
}

/** One walk through both: each field is in both, or ours, or a notify header */
static void check_head(struct cursor *with, struct cursor *without,
		const struct built *was, const struct done *done)
{
	struct counts count = {0, 0, 0};
	struct field a, b, next;
	struct cursor behind;
	bool more = next_field(&b, without), left;

	while(next_field(&a, with)) {
		count.notify += is(&a, "PortaSIP-Notify");
		count.own_notify += is_own_notify(&a);
		next = b;
		behind = *without;
		left = skip_notify(&next, &behind, &a, more);
		if(!left || !same(&a, &next)) {
			if(is_own_rr(&a) && done->request) {
				count.rr++;
				continue;
			}
			if(is_own_notify(&a))
				continue;
			/* the core adds one where there is none and the body changed */
			if(is(&a, "Content-Length") && content_length(was) < 0)
				continue;
			REQUIRE(left && may_differ(&a, &next, done));
		}
		more = next_field(&b, &behind);
		*without = behind;
	}
	while(more && is(&b, "PortaSIP-Notify"))
		more = next_field(&b, without);
	REQUIRE(!more);
	check_counts(&count, done);
}

static bool names_sdp(const struct built *m)
{
	struct cursor c = {m->p, m->p + m->len, false};
	struct field f;

	while(next_field(&f, &c))
		if(is_either(&f, "Content-Type", 'c'))
			return true;
	return false;
}

/**
 * Behind a CR that ends the headers for the core, but not for everybody, the
 * notify header is taken out all the same.
 */
static bool is_doubtful(const struct cursor *body)
{
	static const char name[] = "PortaSIP-Notify";
	const size_t n = sizeof(name) - 1, len = body->end - body->p;

	return len > 1 && body->p[0] == '\r' && body->p[1] != '\n'
		   && n64_raw_header_hint(
				   body->p, len, name, n, n64_raw_header_pivot(name, n));
}

static void check_body(const struct built *with, const struct cursor *a,
		const struct built *without, const struct cursor *b,
		const struct done *done)
{
	size_t len = a->end - a->p, was = b->end - b->p, eol;
	bool changed = len != was || memcmp(a->p, b->p, len);

	/* right or wrong, it is what came where the length stays */
	if(len == was && !is_doubtful(b))
		REQUIRE(content_length(with) == content_length(without));
	if(!changed || is_doubtful(b))
		return;
	REQUIRE(done->on && (done->calls & (CALL_SDP | CALL_MANAGE)));
	REQUIRE(names_sdp(without));
	eol = len > 1 && !memcmp(a->p, "\r\n", 2) ? 2 : 1;
	REQUIRE(len == was || content_length(with) < 0
			|| (size_t)content_length(with) == len - eol);
}

/** To look at one input: N64_DUMP=1 fuzz_module FILE */
static void dump(const char *title, const struct built *m)
{
	fputs(title, stderr);
	fwrite(m->p, 1, m->len, stderr);
	fputs("\n===\n", stderr);
}

static unsigned notify_headers(const struct built *m)
{
	struct cursor c = {m->p, m->p + m->len, false};
	struct field f;
	unsigned n = 0;

	while(next_field(&f, &c))
		n += is(&f, "PortaSIP-Notify");
	return n;
}

void check_built(const struct built *with, const struct built *without,
		const struct done *done)
{
	struct cursor a = {with->p, with->p + with->len, false};
	struct cursor b = {without->p, without->p + without->len, false};

	if(getenv("N64_DUMP")) {
		dump("=== without\n", without);
		dump("=== with\n", with);
	}
	/* what is wrong with a field may show only where no other follows it */
	REQUIRE(with->parses || !without->parses
			|| notify_headers(with) < notify_headers(without));
	check_head(&a, &b, without, done);
	check_body(with, &a, without, &b, done);
}
