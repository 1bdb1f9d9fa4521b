/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * One JSON object in a line for each message and branch (RFC 8259).
 */
#include "explain_print.h"

#include "diff.h"

#include <string.h>

static void escape(FILE *out, unsigned char c)
{
	if (c == '"' || c == '\\')
		fprintf(out, "\\%c", c);
	else if (c == '\n')
		fputs("\\n", out);
	else if (c < ' ' || c >= 0x7f)
		/* an octet that is no ASCII: as ISO 8859-1, so that none is
		 * lost */
		fprintf(out, "\\u%04x", c);
	else
		putc(c, out);
}

static void quote(FILE *out, struct span s)
{
	size_t i;

	putc('"', out);
	for (i = 0; i < s.n; i++)
		escape(out, (unsigned char)s.p[i]);
	putc('"', out);
}

static struct span word(const char *text)
{
	return (struct span){text, strlen(text)};
}

static void member(FILE *out, const char *name, struct span value)
{
	fprintf(out, ",\"%s\":", name);
	quote(out, value);
}

static void place(FILE *out, const char *name, const struct place *at)
{
	char text[PLACE_TEXT_MAX];

	member(out, name, word(ex_place_print(text, at)));
}

static void side(FILE *out, const char *name, const struct n64_verdict *v)
{
	char pref[PREF64_TEXT_MAX + 1];

	fprintf(out, ",\"%s\":{\"network\":\"%s\"", name,
		n64_net_name(v->net));
	if (v->pref.len && pref64_print(pref, sizeof(pref), &v->pref))
		fprintf(out, ",\"pref64\":\"%s\"", pref);
	fprintf(out, ",\"rule\":\"%s\",\"strength\":\"%s\"}",
		n64_rule_name(v->rule), ex_strength_name(v->strength));
}

static void put_verdict(FILE *out, const struct n64_decision *d)
{
	char text[EX_VERDICT_MAX];

	ex_verdict_print(text, d);
	member(out, "verdict", word(text));
	side(out, "source", &d->source);
	side(out, "target", &d->target);
}

static void put_left(FILE *out, const struct ex_msg *left)
{
	fprintf(out, ",\"left\":{\"n\":%lu", left->n);
	member(out, "transport", word(n64_transport_name(left->tp)));
	place(out, "to", &left->dst);
	putc('}', out);
}

static void put_diff(FILE *out, const struct span *old, const struct span *new)
{
	const char *between = "";
	struct diff diff;
	size_t i;

	diff_make(&diff, old, new);
	fputs(",\"diff\":[", out);
	for (i = 0; diff.line && !diff.failed && i < diff.n; i++) {
		if (diff.line[i].mark == ' ')
			continue;
		fprintf(out, "%s\"%c", between, diff.line[i].mark);
		for (size_t k = 0; k < diff.line[i].text.n; k++)
			escape(out, (unsigned char)diff.line[i].text.p[k]);
		putc('"', out);
		between = ",";
	}
	putc(']', out);
	diff_free(&diff);
}

static void put_changes(struct ex_printer *p, const struct ex_report *r)
{
	struct ex_after after = ex_after(p, r);

	if (after.sdp)
		member(p->out, "sdp", word(after.sdp));
	if (after.predicted)
		fputs(",\"predicted\":true", p->out);
	if (after.without)
		member(p->out, "unpredicted", word(after.without));
	if (after.text)
		put_diff(p->out, &r->came->text, after.text);
}

void ex_json(const struct ex_report *r, void *arg)
{
	const struct ex_sip *sip = &r->came->sip;
	struct ex_printer *p = arg;
	char why[EX_VERDICT_MAX];
	FILE *out = p->out;
	const char *text;

	if (p->call_id && !span_is(sip->call_id, p->call_id))
		return;
	p->told++;
	fprintf(out, "{\"n\":%lu,\"time\":%lld.%06lld", r->came->n,
		(long long)(r->came->time / 1000000),
		(long long)(r->came->time % 1000000));
	member(out, "call_id", sip->call_id);
	member(out, "kind", word(sip->request ? "request" : "reply"));
	member(out, "method", sip->method);
	if (!sip->request)
		fprintf(out, ",\"status\":%d", sip->status);
	member(out, "transport", word(n64_transport_name(r->came->tp)));
	place(out, "from", &r->came->src);
	if (r->judged == EX_JUDGED || r->judged == EX_OFF)
		put_verdict(out, &r->v->d);
	if (r->left)
		put_left(out, r->left);
	text = ex_why(why, r);
	if (text)
		member(out, "why", word(text));
	if (p->diffs)
		put_changes(p, r);
	fputs("}\n", out);
}
