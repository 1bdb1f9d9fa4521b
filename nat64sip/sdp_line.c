/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "sdp_line.h"

struct sdp_text sdp_line_eol(const struct sdp_line *line)
{
	struct sdp_text eol = {line->p + line->full, 0};

	if (eol.p[-1] != '\n')
		return eol;
	eol.p--;
	eol.len++;
	if (line->full > 1 && eol.p[-1] == '\r') {
		eol.p--;
		eol.len++;
	}
	return eol;
}

struct sdp_text sdp_line_value(const struct sdp_line *line)
{
	const char *end = sdp_line_eol(line).p;
	struct sdp_text value = {line->p + 2, 0};

	while (end > value.p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (end > value.p)
		value.len = (size_t)(end - value.p);
	return value;
}

struct sdp_text sdp_line_after(const struct sdp_line *line, size_t name)
{
	struct sdp_text value = sdp_line_value(line);

	value.p += name;
	value.len -= value.len < name ? value.len : name;
	return value;
}

bool sdp_field_next(struct sdp_text *field, struct sdp_text *rest)
{
	const char *space = NULL;

	if (!rest->len || rest->p[0] == ' ')
		return false;
	space = memchr(rest->p, ' ', rest->len);
	field->p = rest->p;
	field->len = space ? (size_t)(space - rest->p) : rest->len;
	rest->p += field->len;
	rest->len -= field->len;
	if (space) {
		rest->p++;
		rest->len--;
	}
	return true;
}

bool sdp_field_last(struct sdp_text *field, struct sdp_text *rest)
{
	size_t n = rest->len;

	while (n && rest->p[n - 1] != ' ')
		n--;
	if (n == rest->len)
		return false;
	field->p = rest->p + n;
	field->len = rest->len - n;
	rest->len = n ? n - 1 : 0;
	return true;
}

bool sdp_text_is(struct sdp_text text, const char *want)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!want[i] || c != want[i])
			return false;
	}
	return want[i] == '\0';
}

/* FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ TYPE, then pairs of
 * a name and a value, raddr among them */
bool sdp_candidate_read(struct sdp_candidate *dst, struct sdp_text value)
{
	struct sdp_text f[8] = {{NULL, 0}}, name, val;
	int i;

	for (i = 0; i < 8; i++) {
		if (!sdp_field_next(&f[i], &value))
			return false;
	}
	if (!sdp_text_is(f[6], "typ"))
		return false;
	dst->addr = f[4];
	dst->type = f[7];
	dst->raddr.len = 0;
	while (value.len) {
		if (!sdp_field_next(&name, &value) ||
		    !sdp_field_next(&val, &value))
			return false;
		if (sdp_text_is(name, "raddr"))
			dst->raddr = val;
	}
	return true;
}

bool sdp_media_refused(const struct sdp_line *line)
{
	struct sdp_text rest = sdp_line_value(line), media, port;
	size_t i = 0;

	if (!sdp_field_next(&media, &rest) || !sdp_field_next(&port, &rest))
		return false;
	while (i < port.len && port.p[i] == '0')
		i++;
	return i && (i == port.len || port.p[i] == '/');
}
