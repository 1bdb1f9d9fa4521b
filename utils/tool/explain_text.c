/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * SIP messages out of text.
 */
#include "explain_input.h"

#include "text.h"
#include "tool.h"

#include <stdlib.h>
#include <string.h>

enum part { BETWEEN, HEAD, BODY };

struct reader {
	ex_msg_h *h;
	void *arg;
	enum part part;
	bool bare;       /**< lines end with LF alone */
	bool has_length; /**< Content-Length: want */
	bool cut;        /**< a message was too long */
	size_t want, head, len;
	struct ex_msg next; /**< what the line in front of it said */
	char buf[EX_MESSAGE_MAX];
};

/* "192.0.2.1:5060", "[2001:db8::1]:5060" */
static bool read_place(struct place *dst, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;

	if (!n || !place_parse(dst, text, n))
		return false;
	dst->port = (uint16_t)strtoul(colon + 1, NULL, 10);
	return true;
}

static void read_rest(struct ex_msg *msg, size_t *octets, const char *line)
{
	unsigned long n;
	double at = 0;

	if (!strncmp(line, " at ", 4))
		at = strtod(line + 4, NULL);
	if (at > 0 && at < 1e12)
		msg->time = (int64_t)(at * 1e6);
	line = strstr(line, "octets");
	if (!line)
		return;
	while (line[-1] == ' ')
		line--;
	while (line[-1] >= '0' && line[-1] <= '9')
		line--;
	n = strtoul(line, NULL, 10);
	*octets = n < EX_MESSAGE_MAX ? n : 0;
}

bool ex_place_line(struct ex_msg *dst, size_t *octets, const char *line)
{
	char way[8] = "", tp[8], src[64], dest[64];
	struct ex_msg msg = {.addressed = true};
	int end = 0;

	*octets = 0;
	if ((!strncmp(line, "in ", 3) || !strncmp(line, "out ", 4)) &&
	    sscanf(line, "%7s%n", way, &end) == 1)
		line += end;
	end = 0;
	if (sscanf(line, " %7s %63s %63s%n", tp, src, dest, &end) != 3)
		return false;
	msg.tp = n64_transport_parse(tp, strlen(tp));
	if (msg.tp == N64_TP_NONE || !read_place(&msg.src, src) ||
	    !read_place(&msg.dst, dest))
		return false;
	msg.way = !*way ? EX_BY_ADDRESS : way[0] == 'i' ? EX_IN : EX_OUT;
	read_rest(&msg, octets, line + end);
	*dst = msg;
	return true;
}

static void give(struct reader *r)
{
	struct ex_msg msg = r->next;

	msg.text = (struct span){r->buf, r->len};
	if (r->part != BETWEEN && r->len)
		r->h(&msg, r->arg);
	r->part = BETWEEN;
	r->len = 0;
	memset(&r->next, 0, sizeof(r->next));
}

static void append(struct reader *r, const char *p, size_t n)
{
	size_t room = sizeof(r->buf) - r->len;

	r->cut |= n > room;
	n = n < room ? n : room;
	memcpy(r->buf + r->len, p, n);
	r->len += n;
}

static void append_line(struct reader *r, const char *p, size_t n)
{
	if (!r->bare || !n || p[n - 1] != '\n') {
		append(r, p, n);
		return;
	}
	append(r, p, n - 1);
	append(r, "\r\n", 2);
}

/* The empty line was read: how long is the body? */
static void begin_body(struct reader *r)
{
	struct span v;
	struct ex_sip sip = {.head = {r->buf, r->len}};

	r->part = BODY;
	r->head = r->len;
	r->want = 0;
	r->has_length = ex_header_first(&sip, "Content-Length", 'l', &v);
	if (r->has_length)
		r->want = strtoul(v.p, NULL, 10);
	if (r->has_length && !r->want)
		give(r);
}

/* Raw octets, as many as the line in front of them said */
static void give_octets(struct reader *r, FILE *f, size_t octets)
{
	r->len = fread(r->buf, 1, octets, f);
	r->part = BODY;
	give(r);
}

static void between(struct reader *r, FILE *f, const char *line, size_t n)
{
	size_t octets;

	if (ex_place_line(&r->next, &octets, line)) {
		if (octets)
			give_octets(r, f, octets);
		return;
	}
	if (!sipmsg_begins(line, n))
		return;
	r->bare = n < 2 || line[n - 2] != '\r';
	r->part = HEAD;
	append_line(r, line, n);
}

/* Of a body without Content-Length the next message is the end */
static bool ends_body(const struct reader *r, const char *line, size_t n)
{
	struct ex_msg msg;
	size_t octets;

	return r->part == BODY && !r->has_length &&
		(sipmsg_begins(line, n) || ex_place_line(&msg, &octets, line));
}

static void body_line(struct reader *r, FILE *f, const char *line, size_t n)
{
	size_t left = r->want - (r->len - r->head);

	if (!r->has_length || n + r->bare < left) {
		append_line(r, line, n);
		return;
	}
	append_line(r, line, n);
	if (r->len - r->head > r->want)
		r->len = r->head + r->want;
	give(r);
	/* a body need not end with a line's end */
	if (n > left)
		between(r, f, line + left, n - left);
}

static void take(struct reader *r, FILE *f, const char *line, size_t n)
{
	if (ends_body(r, line, n))
		give(r);
	switch (r->part) {
	case BETWEEN:
		between(r, f, line, n);
		break;
	case HEAD:
		append_line(r, line, n);
		if (line[0] == '\n' || (line[0] == '\r' && line[1] == '\n'))
			begin_body(r);
		break;
	case BODY:
		body_line(r, f, line, n);
		break;
	}
}

/* Up to its end, or as much as a message may have; 0 at the end of the file */
static size_t read_line(FILE *f, char *line)
{
	size_t n = 0;
	int c;

	while (n < EX_MESSAGE_MAX && (c = getc_unlocked(f)) != EOF) {
		line[n++] = (char)c;
		if (c == '\n')
			break;
	}
	line[n] = '\0';
	return n;
}

int ex_input_text(FILE *f, const char *path, ex_msg_h *h, void *arg)
{
	struct reader *r = calloc(1, sizeof(*r));
	char *line = malloc(EX_MESSAGE_MAX + 1);
	size_t n;
	int rc = r && line ? 0 : -1;

	if (rc)
		goto out;
	r->h = h;
	r->arg = arg;
	while ((n = read_line(f, line)) > 0)
		take(r, f, line, n);
	if (ferror(f)) {
		tool_say("%s: %m", path);
		rc = -1;
	}
	give(r);
	if (r->cut)
		tool_say("%s: a message is longer than %d octets, the rest "
			 "of it is left out",
			 path, EX_MESSAGE_MAX);
out:
	free(line);
	free(r);
	return rc;
}
