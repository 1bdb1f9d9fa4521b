/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * For people: under its Call-ID, each message with its verdict and a unified
 * diff.
 */
#include "explain_print.h"

#include "diff.h"

#include <ctype.h>
#include <string.h>

enum { CONTEXT = 2 };

#define BOLD "\033[1m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define CYAN "\033[36m"
#define PLAIN "\033[0m"

static void colour(const struct ex_printer *p, const char *code)
{
	if (p->colour)
		fputs(code, p->out);
}

/* A terminal shall not do what a phone says */
static void put_text(FILE *out, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		putc(iscntrl((unsigned char)s.p[i]) && s.p[i] != '\t' ? '?'
								      : s.p[i],
		     out);
}

static void heading(struct ex_printer *p, struct span call_id)
{
	static const struct span none = {"", 0};
	uint64_t hash = ex_hash(call_id, none);

	if (hash == p->last)
		return;
	p->last = hash;
	colour(p, BOLD);
	fputs(p->told ? "\nCall-ID: " : "Call-ID: ", p->out);
	put_text(p->out, call_id);
	colour(p, PLAIN);
	putc('\n', p->out);
}

const char *ex_place_print(char dst[PLACE_TEXT_MAX], const struct place *at)
{
	return place_is_any4(at) ? "unknown" : place_print(dst, at, true);
}

/* "#12 INVITE udp 203.0.113.7:40001 -> 192.0.2.30:5060" */
static void first_line(struct ex_printer *p, const struct ex_report *r)
{
	const struct ex_sip *sip = &r->came->sip;
	char text[PLACE_TEXT_MAX];

	fprintf(p->out, "\n#%lu ", r->came->n);
	colour(p, BOLD);
	if (!sip->request)
		fprintf(p->out, "%d to ", sip->status);
	put_text(p->out, sip->method);
	colour(p, PLAIN);
	fprintf(p->out, " from %s %s", n64_transport_name(r->came->tp),
		ex_place_print(text, &r->came->src));
	if (r->left)
		fprintf(p->out, " to %s %s (#%lu)",
			n64_transport_name(r->left->tp),
			ex_place_print(text, &r->left->dst), r->left->n);
	putc('\n', p->out);
}

static void diff_line(struct ex_printer *p, const struct diff_line *line)
{
	colour(p, line->mark == '-' ? RED : line->mark == '+' ? GREEN : "");
	putc(line->mark, p->out);
	put_text(p->out, line->text);
	if (line->mark != ' ')
		colour(p, PLAIN);
	putc('\n', p->out);
}

/* How far a hunk that begins with this change goes; both with their context */
static size_t hunk_end(const struct diff *diff, size_t i)
{
	size_t last = i;

	for (; i < diff->n && i <= last + 2 * CONTEXT; i++) {
		if (diff->line[i].mark != ' ')
			last = i;
	}
	last += CONTEXT + 1;
	return last < diff->n ? last : diff->n;
}

/* Lines of the old and the new text among these */
static void count(const struct diff *diff, size_t from, size_t to,
		  size_t dst[2])
{
	dst[0] = dst[1] = 0;
	for (; from < to; from++) {
		dst[0] += diff->line[from].mark != '+';
		dst[1] += diff->line[from].mark != '-';
	}
}

static void hunk(struct ex_printer *p, const struct diff *diff, size_t from,
		 size_t to)
{
	size_t at[2], n[2];

	count(diff, 0, from, at);
	count(diff, from, to, n);
	colour(p, CYAN);
	fprintf(p->out, "@@ -%zu,%zu +%zu,%zu @@", at[0] + !!n[0], n[0],
		at[1] + !!n[1], n[1]);
	colour(p, PLAIN);
	putc('\n', p->out);
	for (; from < to; from++)
		diff_line(p, &diff->line[from]);
}

static void print_hunks(struct ex_printer *p, const struct diff *diff)
{
	size_t i, from, end = 0;

	for (i = 0; i < diff->n; i++) {
		if (i < end || diff->line[i].mark == ' ')
			continue;
		from = i < CONTEXT + end ? end : i - CONTEXT;
		end = hunk_end(diff, i);
		hunk(p, diff, from, end);
	}
}

static void print_diff(struct ex_printer *p, const struct ex_report *r,
		       const struct ex_after *after)
{
	struct diff diff;

	diff_make(&diff, &r->came->text, after->text);
	if (diff.line && !diff.failed && (diff.added || diff.removed)) {
		fprintf(p->out, "--- #%lu\n", r->came->n);
		if (after->predicted)
			fputs("+++ predicted\n", p->out);
		else
			fprintf(p->out, "+++ #%lu\n", r->left->n);
		print_hunks(p, &diff);
	}
	diff_free(&diff);
}

static void changes(struct ex_printer *p, const struct ex_report *r)
{
	struct ex_after after = ex_after(p, r);

	if (after.sdp)
		fprintf(p->out, "  %s\n", after.sdp);
	if (after.without)
		fprintf(p->out, "  predicted without %s\n", after.without);
	if (after.text)
		print_diff(p, r, &after);
}

void ex_print(const struct ex_report *r, void *arg)
{
	char text[EX_VERDICT_MAX];
	struct ex_printer *p = arg;
	const char *why;

	if (p->call_id && !span_is(r->came->sip.call_id, p->call_id))
		return;
	heading(p, r->came->sip.call_id);
	p->told++;
	first_line(p, r);
	if (r->judged == EX_JUDGED || r->judged == EX_OFF) {
		ex_verdict_print(text, &r->v->d);
		fprintf(p->out, "  %s\n", text);
	}
	why = ex_why(text, r);
	if (why)
		fprintf(p->out, "  %s\n", why);
	if (p->diffs)
		changes(p, r);
}
