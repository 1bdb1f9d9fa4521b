/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Headers, lists of addresses, Via values.
 */
#include "explain_sip.h"

#include "route.h"
#include "text.h"

#include <string.h>

struct n64_text ex_text(struct span s)
{
	return (struct n64_text){s.p, s.n};
}

/* A header field with what is folded into it; false at the empty line */
static bool field(struct span head, size_t *at, struct span *one)
{
	const char *p, *end;

	if (*at >= head.n)
		return false;
	p = head.p + *at;
	end = p;
	do {
		end = memchr(end, '\n', (size_t)(head.p + head.n - end));
		end = end ? end + 1 : head.p + head.n;
	} while (end < head.p + head.n && (*end == ' ' || *end == '\t'));
	*one = (struct span){p, (size_t)(end - p)};
	*at += one->n;
	return true;
}

bool ex_header(const struct ex_sip *sip, const char *name, char brief,
	       struct span *value, size_t *at)
{
	struct span one, key;
	const char *colon;

	while (field(sip->head, at, &one)) {
		colon = memchr(one.p, ':', one.n);
		if (!colon)
			continue;
		key = span_strip(
			(struct span){one.p, (size_t)(colon - one.p)});
		if (!n64_text_is(key.p, key.n, name) &&
		    !(brief && key.n == 1 && (key.p[0] | 0x20) == brief))
			continue;
		*value = span_strip((struct span){
			colon + 1, one.n - (size_t)(colon + 1 - one.p)});
		return true;
	}
	return false;
}

bool ex_header_first(const struct ex_sip *sip, const char *name, char brief,
		     struct span *value)
{
	size_t at = 0;

	return ex_header(sip, name, brief, value, &at);
}

/* Where this sign stands outside of quotes and <>, else the end */
static size_t find_sign(struct span s, char sign)
{
	bool quoted = false, angle = false;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (quoted && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (!angle && s.p[i] == sign)
			return i;
		else if (s.p[i] == '<')
			angle = true;
		else if (s.p[i] == '>')
			angle = false;
	}
	return s.n;
}

bool ex_list_next(struct span *list, struct span *one)
{
	size_t end;

	if (!list->n)
		return false;
	end = find_sign(*list, ',');
	*one = span_strip((struct span){list->p, end});
	end += end < list->n;
	list->p += end;
	list->n -= end;
	return true;
}

struct span ex_address_uri(struct span a)
{
	size_t at = find_sign(a, '<');
	const char *end;

	if (at == a.n)
		return span_strip((struct span){a.p, find_sign(a, ';')});
	a.p += at + 1;
	a.n -= at + 1;
	end = memchr(a.p, '>', a.n);
	return span_strip((struct span){a.p, end ? (size_t)(end - a.p) : a.n});
}

/* What stands behind "=", if anything does */
static struct span param_value(struct span *one)
{
	const char *eq = memchr(one->p, '=', one->n);
	struct span value = {one->p + one->n, 0};

	if (eq) {
		value.p = eq + 1;
		value.n = one->n - (size_t)(eq + 1 - one->p);
		one->n = (size_t)(eq - one->p);
	}
	*one = span_strip(*one);
	return span_strip(value);
}

/* Parameters with white space around their signs; value is left alone if it is
 * not there */
static bool param(struct span rest, const char *name, struct span *value)
{
	struct span one, v;
	size_t end;

	while (rest.n) {
		end = find_sign(rest, ';');
		one = span_strip((struct span){rest.p, end});
		end += end < rest.n;
		rest.p += end;
		rest.n -= end;
		v = param_value(&one);
		if (n64_text_is(one.p, one.n, name)) {
			*value = v;
			return true;
		}
	}
	return false;
}

bool ex_address_param(struct span a, const char *name, struct span *value)
{
	size_t at = find_sign(a, ';');

	if (at == a.n)
		return false;
	return param((struct span){a.p + at + 1, a.n - at - 1}, name, value);
}

static uint16_t number(struct span s)
{
	unsigned value = 0;
	size_t i;

	for (i = 0; i < s.n && i < 6 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		value = value * 10 + (unsigned)(s.p[i] - '0');
	return value <= UINT16_MAX ? (uint16_t)value : 0;
}

/* "host:port", "[v6]:port" */
static void host_port(struct span s, struct span *host, uint16_t *port)
{
	const char *end = s.n && s.p[0] == '[' ? memchr(s.p, ']', s.n) : NULL;
	size_t n = end ? (size_t)(end - s.p) + 1 : 0;

	while (!end && n < s.n && s.p[n] != ':')
		n++;
	*host = span_strip((struct span){s.p, n});
	s.p += n;
	s.n -= n;
	s = span_strip(s);
	*port = s.n > 1 && s.p[0] == ':'
		? number(span_strip((struct span){s.p + 1, s.n - 1}))
		: 0;
}

/* "SIP/2.0/UDP host:port;params" */
static bool read_via(struct ex_via *via, struct span s)
{
	size_t end = find_sign(s, ';'), n;
	struct span rest = {s.p + end, s.n - end}, head = {s.p, end}, v;
	const char *slash;

	memset(via, 0, sizeof(*via));
	for (n = 0; n < 2; n++) {
		slash = memchr(head.p, '/', head.n);
		if (!slash)
			return false;
		head.n -= (size_t)(slash + 1 - head.p);
		head.p = slash + 1;
	}
	head = span_strip(head);
	for (n = 0; n < head.n && !span_blank(head.p[n]); n++)
		;
	via->tp = n64_transport_parse(head.p, n);
	head.p += n;
	head.n -= n;
	host_port(span_strip(head), &via->host, &via->port);
	if (rest.n) {
		rest.p++;
		rest.n--;
	}
	via->has_received = param(rest, "received", &via->received);
	if (param(rest, "rport", &v))
		via->rport = number(v);
	param(rest, "branch", &via->branch);
	return via->host.n > 0;
}

static void read_vias(struct ex_sip *sip)
{
	struct span list, one;
	size_t at = 0;

	while (ex_header(sip, "Via", 'v', &list, &at)) {
		while (sip->vias < EX_VIAS && ex_list_next(&list, &one)) {
			if (sip->vias < 2 &&
			    !read_via(&sip->via[sip->vias], one))
				return;
			sip->vias++;
		}
	}
}

static bool read_start(struct ex_sip *sip)
{
	struct span s = sip->start;
	const char *end;

	sip->request = !(s.n > 8 && n64_text_is(s.p, 8, "SIP/2.0 "));
	if (!sip->request) {
		s.p += 8;
		s.n -= 8;
		sip->status = number((struct span){s.p, s.n < 3 ? s.n : 3});
		return true;
	}
	end = memchr(s.p, ' ', s.n);
	if (!end)
		return false;
	sip->method = (struct span){s.p, (size_t)(end - s.p)};
	s.n -= (size_t)(end + 1 - s.p);
	s.p = end + 1;
	end = memchr(s.p, ' ', s.n);
	sip->uri = (struct span){s.p, end ? (size_t)(end - s.p) : s.n};
	return true;
}

static void cut_body(struct ex_sip *sip, struct span rest)
{
	struct span line, from = rest;

	while (span_line(&rest, &line) && line.n)
		;
	sip->head = (struct span){from.p, from.n - rest.n};
	sip->body = rest;
}

bool ex_sip_read(struct ex_sip *sip, struct span text)
{
	struct span rest = text;
	const char *end;

	memset(sip, 0, sizeof(*sip));
	sip->all = text;
	if (!sipmsg_begins(text.p, text.n) || !span_line(&rest, &sip->start) ||
	    !read_start(sip))
		return false;
	cut_body(sip, rest);
	read_vias(sip);
	ex_header_first(sip, "Call-ID", 'i', &sip->call_id);
	ex_header_first(sip, "CSeq", 0, &sip->cseq);
	ex_header_first(sip, "From", 'f', &sip->from);
	ex_header_first(sip, "To", 't', &sip->to);
	ex_header_first(sip, "Contact", 'm', &sip->contact);
	if (!sip->request) {
		for (end = sip->cseq.p + sip->cseq.n;
		     end > sip->cseq.p && !span_blank(end[-1]); end--)
			;
		sip->method = (struct span){
			end, (size_t)(sip->cseq.p + sip->cseq.n - end)};
	}
	return sip->vias > 0;
}

bool ex_uri_read(struct ex_uri *uri, struct span s)
{
	const char *at;
	struct span v;
	size_t n;

	memset(uri, 0, sizeof(*uri));
	uri->sips = s.n > 5 && n64_text_is(s.p, 5, "sips:");
	n = uri->sips ? 5 : 4;
	if (s.n <= n || (!uri->sips && !n64_text_is(s.p, 4, "sip:")))
		return false;
	s.p += n;
	s.n -= n;
	at = memchr(s.p, '@', s.n);
	if (at) {
		s.n -= (size_t)(at + 1 - s.p);
		s.p = at + 1;
	}
	at = memchr(s.p, '?', s.n);
	if (at)
		s.n = (size_t)(at - s.p);
	at = memchr(s.p, ';', s.n);
	if (at) {
		uri->params =
			(struct span){at + 1, s.n - (size_t)(at + 1 - s.p)};
		s.n = (size_t)(at - s.p);
	}
	host_port(s, &uri->host, &uri->port);
	if (param(uri->params, "transport", &v))
		uri->tp = n64_transport_parse(v.p, v.n);
	return uri->host.n > 0;
}

enum n64_transport ex_uri_tp(const struct ex_uri *uri)
{
	if (uri->tp != N64_TP_NONE)
		return uri->tp;
	return uri->sips ? N64_TP_TLS : N64_TP_UDP;
}

uint16_t ex_uri_port(const struct ex_uri *uri)
{
	if (uri->port)
		return uri->port;
	return n64_transport_port(ex_uri_tp(uri));
}

bool ex_uri_route(struct n64_route *dst, struct span text)
{
	struct ex_uri uri;

	if (n64_route_cut(dst, text.p, text.n) == 0)
		return true;
	if (!ex_uri_read(&uri, text))
		return false;
	memset(dst, 0, sizeof(*dst));
	dst->host = ex_text(uri.host);
	dst->port = uri.port;
	dst->params = ex_text(uri.params);
	dst->tp = N64_TP_UDP;
	if (uri.sips)
		dst->tp = uri.port ? N64_TP_NONE : N64_TP_TLS;
	if (uri.tp != N64_TP_NONE)
		dst->tp = uri.tp;
	return true;
}
