/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "mime.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/** Longest boundary (RFC 2046 5.1.1) */
#define MAX_BOUNDARY 70

/** What the header of one part says */
struct part_head {
	struct n64_mime_span type;
	struct n64_mime_span length; /**< digits of Content-Length */
	bool plain;                  /**< not encoded, meant for the session */
};

static bool is_lws(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct n64_mime_span trim(struct n64_mime_span s)
{
	while (s.len && is_lws(s.p[0])) {
		++s.p;
		--s.len;
	}
	while (s.len && is_lws(s.p[s.len - 1]))
		--s.len;
	return s;
}

/** The first token of a value, up to ';' or white space */
static struct n64_mime_span token(struct n64_mime_span s)
{
	size_t n = 0;

	s = trim(s);
	while (n < s.len && s.p[n] != ';' && !is_lws(s.p[n]))
		++n;
	s.len = n;
	return s;
}

static bool equals(struct n64_mime_span s, const char *text)
{
	return s.len == strlen(text) && !strncasecmp(s.p, text, s.len);
}

static bool starts(struct n64_mime_span s, const char *text)
{
	size_t n = strlen(text);

	return s.len >= n && !strncasecmp(s.p, text, n);
}

/** One past the end of the quoted string that starts at i; s.len if it does
 *  not end */
static size_t skip_quoted(struct n64_mime_span s, size_t i)
{
	for (++i; i < s.len; i++) {
		if (s.p[i] == '\\')
			++i;
		else if (s.p[i] == '"')
			return i + 1;
	}
	return s.len;
}

/** The next ';' at or after i, quoted strings jumped over; s.len if none */
static size_t next_param(struct n64_mime_span s, size_t i)
{
	while (i < s.len && s.p[i] != ';')
		i = s.p[i] == '"' ? skip_quoted(s, i) : i + 1;
	return i < s.len ? i : s.len;
}

/** The value of the boundary parameter, unquoted; empty if there is none */
static struct n64_mime_span boundary_of(struct n64_mime_span type)
{
	struct n64_mime_span none = {NULL, 0}, v;
	size_t i = next_param(type, 0), end;
	const char *eq;

	for (; i < type.len; i = end) {
		end = next_param(type, i + 1);
		v = trim((struct n64_mime_span){type.p + i + 1, end - i - 1});
		if (!starts(v, "boundary"))
			continue;
		eq = memchr(v.p, '=', v.len);
		if (!eq ||
		    trim((struct n64_mime_span){v.p + 8,
						(size_t)(eq - v.p) - 8})
			    .len)
			continue;
		v = trim((struct n64_mime_span){
			eq + 1, (size_t)(v.p + v.len - eq) - 1});
		if (v.len >= 2 && v.p[0] == '"' && v.p[v.len - 1] == '"')
			v = (struct n64_mime_span){v.p + 1, v.len - 2};
		return v.len <= MAX_BOUNDARY ? v : none;
	}
	return none;
}

/** One past the line end at or after i */
static size_t line_end(struct n64_mime_span s, size_t i)
{
	const char *nl = i < s.len ? memchr(s.p + i, '\n', s.len - i) : NULL;

	return nl ? (size_t)(nl - s.p) + 1 : s.len;
}

/** Is the line at i "--boundary" or "--boundary--"? A boundary may be the
 *  beginning of another one, so what follows counts too. */
static bool is_delimiter(struct n64_mime_span s, struct n64_mime_span boundary,
			 size_t i)
{
	size_t end = i + 2 + boundary.len;

	if (s.len < end || memcmp(s.p + i, "--", 2) ||
	    memcmp(s.p + i + 2, boundary.p, boundary.len))
		return false;
	return end == s.len || is_lws(s.p[end]) ||
		(end + 2 <= s.len && !memcmp(s.p + end, "--", 2));
}

/** Offset of the next delimiter line at or after i; s.len if none */
static size_t find_delimiter(struct n64_mime_span s,
			     struct n64_mime_span boundary, size_t i)
{
	for (; i < s.len; i = line_end(s, i))
		if (is_delimiter(s, boundary, i))
			return i;
	return s.len;
}

static void read_header(struct part_head *h, struct n64_mime_span line)
{
	const char *colon = memchr(line.p, ':', line.len);
	struct n64_mime_span name, value;

	if (!colon)
		return;
	name = trim((struct n64_mime_span){line.p, (size_t)(colon - line.p)});
	value = trim((struct n64_mime_span){
		colon + 1, (size_t)(line.p + line.len - colon) - 1});
	if (equals(name, "Content-Type") || equals(name, "c"))
		h->type = value;
	else if (equals(name, "Content-Length") || equals(name, "l"))
		h->length = value;
	else if (equals(name, "Content-Encoding") || equals(name, "e") ||
		 equals(name, "Content-Transfer-Encoding"))
		h->plain = h->plain &&
			(equals(value, "identity") ||
			 equals(value, "binary") || equals(value, "8bit") ||
			 equals(value, "7bit"));
	else if (equals(name, "Content-Disposition"))
		h->plain = h->plain && equals(token(value), "session");
}

/** Read the part's header lines; returns the offset of its content */
static size_t read_head(struct part_head *h, struct n64_mime_span part)
{
	size_t i = 0, end;

	*h = (struct part_head){.plain = true};
	while (i < part.len) {
		end = line_end(part, i);
		if (!trim((struct n64_mime_span){part.p + i, end - i}).len)
			return end;
		while (end < part.len &&
		       (part.p[end] == ' ' || part.p[end] == '\t'))
			end = line_end(part, end);
		read_header(h, (struct n64_mime_span){part.p + i, end - i});
		i = end;
	}
	return part.len;
}

/** The line break before a delimiter belongs to the delimiter */
static size_t cut_line_break(struct n64_mime_span s, size_t end, size_t start)
{
	if (end > start && s.p[end - 1] == '\n')
		--end;
	if (end > start && s.p[end - 1] == '\r')
		--end;
	return end;
}

static bool all_digits(struct n64_mime_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len && s.len < 10;
}

enum step { STEP_PART, STEP_END };

/** Cut the next part out of a level */
static enum step next_part(struct n64_mime_span *part,
			   struct n64_mime_level *lv)
{
	size_t start, end;

	start = find_delimiter(lv->body, lv->boundary, lv->pos);
	end = start + 2 + lv->boundary.len;
	if (end + 2 <= lv->body.len && !memcmp(lv->body.p + end, "--", 2))
		return STEP_END;
	start = line_end(lv->body, start);
	if (start >= lv->body.len)
		return STEP_END;
	end = find_delimiter(lv->body, lv->boundary, start);
	lv->pos = end;
	end = cut_line_break(lv->body, end, start);
	*part = (struct n64_mime_span){lv->body.p + start, end - start};
	return STEP_PART;
}

static bool open_level(struct n64_mime_level *lv, struct n64_mime_span type,
		       struct n64_mime_span body)
{
	*lv = (struct n64_mime_level){body, boundary_of(type), 0};
	return lv->boundary.len > 0;
}

static bool is_sealed(struct n64_mime_span type)
{
	return equals(token(type), "multipart/signed") ||
		equals(token(type), "multipart/encrypted") ||
		equals(token(type), "application/pkcs7-mime");
}

void n64_mime_begin(struct n64_mime_walk *w, const char *type, size_t typelen,
		    const char *body, size_t len)
{
	struct n64_mime_span t = trim((struct n64_mime_span){type, typelen});

	*w = (struct n64_mime_walk){.body = {body, len}};
	w->end = N64_MIME_NO_SDP;
	if (equals(token(t), "application/sdp"))
		w->whole = true;
	else if (is_sealed(t))
		w->end = N64_MIME_SIGNED;
	else if (starts(t, "multipart/") &&
		 open_level(&w->levels[0], t, w->body))
		w->depth = 1;
	else if (starts(t, "multipart/"))
		w->end = N64_MIME_BAD;
}

static void found(struct n64_mime_part *dst, const struct n64_mime_walk *w,
		  const struct part_head *head, struct n64_mime_span content)
{
	*dst = (struct n64_mime_part){(size_t)(content.p - w->body.p),
				      content.len, 0, 0};
	if (all_digits(head->length)) {
		dst->cl_off = (size_t)(head->length.p - w->body.p);
		dst->cl_len = head->length.len;
	}
}

enum n64_mime n64_mime_next(struct n64_mime_part *dst, struct n64_mime_walk *w)
{
	struct part_head head;
	struct n64_mime_span part, content;
	size_t at;

	if (w->whole) {
		w->whole = false;
		*dst = (struct n64_mime_part){0, w->body.len, 0, 0};
		return N64_MIME_SDP;
	}
	while (w->depth) {
		if (next_part(&part, &w->levels[w->depth - 1]) == STEP_END) {
			--w->depth;
			continue;
		}
		at = read_head(&head, part);
		content = (struct n64_mime_span){part.p + at, part.len - at};
		if (is_sealed(head.type)) {
			w->depth = 0;
			return w->end = N64_MIME_SIGNED;
		}
		if (starts(head.type, "multipart/") &&
		    w->depth < N64_MIME_DEPTH) {
			w->depth += open_level(&w->levels[w->depth], head.type,
					       content);
			continue;
		}
		if (!head.plain ||
		    !equals(token(head.type), "application/sdp"))
			continue;
		found(dst, w, &head, content);
		return N64_MIME_SDP;
	}
	return w->end;
}

bool n64_mime_is_encoded(const char *encoding, size_t len)
{
	struct n64_mime_span v = trim((struct n64_mime_span){encoding, len});

	return v.len && !equals(v, "identity");
}

bool n64_mime_is_for_session(const char *disposition, size_t len,
			     const char *type, size_t typelen)
{
	struct n64_mime_span v =
		token((struct n64_mime_span){disposition, len});
	struct n64_mime_span t = trim((struct n64_mime_span){type, typelen});

	return !v.len || equals(v, "session") ||
		(starts(t, "multipart/") && equals(v, "render"));
}
