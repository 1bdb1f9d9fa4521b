/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * SIP messages read: first line, Call-ID, CSeq, Via, where the body begins.
 */
#include <string.h>
#include <strings.h>

#include "sipmsg.h"

enum { LENGTH_MAX = 1 << 20, METHOD_MAX = 32 };

bool span_same(struct span a, struct span b)
{
	return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

bool span_is(struct span a, const char *text)
{
	return a.n == strlen(text) && !memcmp(a.p, text, a.n);
}

bool span_line(struct span *rest, struct span *line)
{
	const char *end;

	if (!rest->n)
		return false;
	end = memchr(rest->p, '\n', rest->n);
	line->p = rest->p;
	line->n = end ? (size_t)(end - rest->p) : rest->n;
	rest->p += line->n + !!end;
	rest->n -= line->n + !!end;
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

bool span_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span span_strip(struct span s)
{
	while (s.n && span_blank(*s.p)) {
		s.p++;
		s.n--;
	}
	while (s.n && span_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool sipmsg_begins(const char *text, size_t len)
{
	static const char version[] = " SIP/2.0";
	const size_t n = sizeof(version) - 1;
	const char *end;
	size_t i = 0;

	if (len > n && !memcmp(text, version + 1, n - 1) && text[n - 1] == ' ')
		return true;
	end = memchr(text, '\n', len);
	if (!end)
		return false;
	len = (size_t)(end - text);
	if (len && text[len - 1] == '\r')
		len--;
	while (i < len && text[i] >= 'A' && text[i] <= 'Z')
		i++;
	return i && i < METHOD_MAX && len > i + n && text[i] == ' ' &&
		!memcmp(text + len - n, version, n);
}

/* Is the header of this line named so, in full or for short? */
static bool header(struct span line, const char *name, char brief,
		   struct span *value)
{
	const char *colon = memchr(line.p, ':', line.n);
	struct span key = {line.p, colon ? (size_t)(colon - line.p) : 0};

	if (!colon)
		return false;
	key = span_strip(key);
	if (!(key.n == strlen(name) && !strncasecmp(key.p, name, key.n)) &&
	    !(brief && key.n == 1 && (key.p[0] | 0x20) == brief))
		return false;
	value->p = colon + 1;
	value->n = line.n - (size_t)(colon + 1 - line.p);
	*value = span_strip(*value);
	return true;
}

static struct span branch(struct span via)
{
	static const char name[] = "branch=";
	const size_t n = sizeof(name) - 1;
	struct span found = {via.p, 0};
	size_t i, k;

	for (i = 0; i + n <= via.n; i++) {
		if (strncasecmp(via.p + i, name, n) != 0)
			continue;
		found.p = via.p + i + n;
		for (k = i + n; k < via.n && !strchr(";, \t", via.p[k]); k++)
			found.n++;
		break;
	}
	return found;
}

static struct span sent_by(struct span via)
{
	struct span s = via;

	while (s.n && !span_blank(*s.p)) {
		s.p++;
		s.n--;
	}
	s = span_strip(s);
	for (via = s, s.n = 0; s.n < via.n && via.p[s.n] != ';';)
		s.n++;
	return span_strip(s);
}

/* One header line may hold several */
static void vias(struct sipmsg *msg, struct span value)
{
	while (value.n && msg->vias < SIPMSG_VIAS) {
		const char *comma = memchr(value.p, ',', value.n);
		struct span one = value;

		if (comma)
			one.n = (size_t)(comma - value.p);
		if (!msg->vias)
			msg->via = sent_by(span_strip(one));
		msg->branch[msg->vias++] = branch(one);
		value.p += one.n + !!comma;
		value.n -= one.n + !!comma;
	}
}

static void cseq(struct sipmsg *msg, struct span value)
{
	size_t i = value.n;

	while (i && !span_blank(value.p[i - 1]))
		i--;
	msg->cseq = value;
	msg->method.p = value.p + i;
	msg->method.n = value.n - i;
}

bool sipmsg_read(struct sipmsg *msg, const char *text, size_t len)
{
	struct span rest = {text, len}, line, value;

	memset(msg, 0, sizeof(*msg));
	if (!sipmsg_begins(text, len))
		return false;
	msg->all = rest;
	span_line(&rest, &msg->start);
	if (msg->start.n >= 11 && !memcmp(msg->start.p, "SIP/2.0 ", 8))
		msg->status = (msg->start.p[8] - '0') * 100 +
			(msg->start.p[9] - '0') * 10 +
			(msg->start.p[10] - '0');
	while (span_line(&rest, &line) && line.n) {
		if (header(line, "Call-ID", 'i', &value))
			msg->call_id = value;
		else if (header(line, "CSeq", 0, &value))
			cseq(msg, value);
		else if (header(line, "Via", 'v', &value))
			vias(msg, value);
		else if (header(line, "Contact", 'm', &value))
			msg->contact = value;
	}
	msg->body = rest;
	return msg->call_id.n && msg->cseq.n;
}

bool sipmsg_forwarded(const struct sipmsg *entered, const struct sipmsg *left)
{
	const struct sipmsg *more = left->status ? entered : left;
	const struct sipmsg *less = left->status ? left : entered;
	size_t i;

	if (entered->status != left->status || !less->vias ||
	    more->vias != less->vias + 1 ||
	    !span_same(entered->cseq, left->cseq) ||
	    !span_same(entered->call_id, left->call_id))
		return false;
	for (i = 0; i < less->vias; i++) {
		if (!span_same(more->branch[i + 1], less->branch[i]))
			return false;
	}
	return true;
}

size_t sipmsg_framed(const char *text, size_t len)
{
	struct span rest = {text, len}, line = {text, len}, value;
	size_t body = 0, i;

	while (span_line(&rest, &line) && line.n) {
		if (!header(line, "Content-Length", 'l', &value))
			continue;
		for (body = i = 0; i < value.n && value.p[i] >= '0' &&
		     value.p[i] <= '9' && body < LENGTH_MAX;
		     i++)
			body = body * 10 + (size_t)(value.p[i] - '0');
	}
	/* The empty line must be there, and with its end */
	if (line.n || rest.p == text || rest.p[-1] != '\n' || rest.n < body)
		return 0;
	return (size_t)(rest.p - text) + body;
}
