/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The ladder itself: a table whose rows are SVG, so that its head stays in
 * view, and paper never cuts an arrow in two.
 */
#include "diff.h"
#include "html.h"
#include "page.h"

enum {
	GAP = 150,
	GAP_LEAST = 135,
	HEIGHT = 40,
	HEAD = 44,
	Y = 28,
	TIP = 9,
	LABEL = 20
};

static int x_of(int lane)
{
	return GAP / 2 + lane * GAP;
}

double page_seconds(int64_t time, int64_t begin)
{
	return (double)(time - begin) / 1e6;
}

static void svg(FILE *out, const struct ladder *ladder, int height)
{
	int width = ladder->lanes * GAP;

	fprintf(out,
		"<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
		"style=\"min-width:%dpx\">",
		width, height, width, height, ladder->lanes * GAP_LEAST);
}

static void lane_lines(FILE *out, const struct ladder *ladder)
{
	int i;

	for (i = 0; i < ladder->lanes; i++)
		fprintf(out,
			"<line class=\"lane\" x1=\"%d\" y1=\"0\" x2=\"%d\" "
			"y2=\"%d\"/>",
			x_of(i), x_of(i), HEIGHT);
}

void page_lanes(FILE *out, const struct ladder *ladder)
{
	char text[PLACE_TEXT_MAX];
	int i;

	svg(out, ladder, HEAD);
	for (i = 0; i < ladder->lanes; i++)
		fprintf(out,
			"<text class=\"name\" x=\"%d\" y=\"16\">%s</text>"
			"<text class=\"addr\" x=\"%d\" y=\"34\">%s</text>",
			x_of(i), ladder->lane[i].name, x_of(i),
			place_print(text, &ladder->lane[i].place, false));
	fputs("</svg>", out);
}

/* A diamond where the NAT64 translates */
static void gate(FILE *out, int lane, int y)
{
	int x = x_of(lane);

	fprintf(out,
		"<polygon class=\"gate\" points=\"%d,%d %d,%d %d,%d "
		"%d,%d\"/>",
		x - 6, y, x, y - 6, x + 6, y, x, y + 6);
}

/* What there is room for, no character cut in two */
static struct span shorten(struct span text, size_t max)
{
	if (text.n <= max)
		return text;
	for (text.n = max;
	     text.n && ((unsigned char)text.p[text.n] & 0xc0) == 0x80;)
		text.n--;
	return text;
}

/* Method, or status with its reason */
static void label(FILE *out, const struct step *step, int gaps)
{
	const struct sipmsg *sip = &step->msg->sip;
	struct span full = sip->method, text;

	if (sip->status) {
		full.p = sip->start.p + 8;
		full.n = sip->start.n - 8;
	}
	text = shorten(full, (size_t)gaps * LABEL);
	html_text(out, text);
	if (text.n < full.n)
		fputs("\xe2\x80\xa6", out);
}

static void changes(FILE *out, const struct step *step, const char *before,
		    const char *after)
{
	struct diff diff;

	if (!step->before)
		return;
	diff_make(&diff, &step->before->msg->sip.all, &step->msg->sip.all);
	if (diff.added || diff.removed)
		fprintf(out, "%s+%zu \xe2\x88\x92%zu%s", before, diff.added,
			diff.removed, after);
	diff_free(&diff);
}

static void start_line(FILE *out, const struct step *step)
{
	html_text(out, step->msg->sip.start);
	if (step->msg->sip.status) {
		fputs(" (", out);
		html_text(out, step->msg->sip.method);
		fputc(')', out);
	}
}

static void arrow_text(FILE *out, const struct ladder *ladder,
		       const struct step *step)
{
	fprintf(out, "%s to %s: ", ladder->lane[step->from].name,
		ladder->lane[step->to].name);
	start_line(out, step);
	changes(out, step, ", lines changed: ", "");
}

static void arrow(FILE *out, const struct ladder *ladder, size_t i)
{
	const struct step *step = &ladder->step[i];
	int from = x_of(step->from), to = x_of(step->to);
	int dir = to > from ? 1 : -1, status = step->msg->sip.status;
	int low = dir > 0 ? from : to, width = (to - from) * dir;

	fprintf(out,
		"<a class=\"arrow%s\" id=\"a%zu\" href=\"#m%zu\" "
		"aria-label=\"",
		status >= 400    ? " bad"
			: status ? " good"
				 : "",
		i + 1, i + 1);
	arrow_text(out, ladder, step);
	fprintf(out,
		"\"><rect class=\"hit\" x=\"%d\" y=\"2\" width=\"%d\" "
		"height=\"%d\" rx=\"4\"/><line x1=\"%d\" y1=\"%d\" "
		"x2=\"%d\" y2=\"%d\"/><polygon points=\"%d,%d %d,%d "
		"%d,%d\"/>",
		low, width, HEIGHT - 4, from, Y, to - dir * TIP, Y, to, Y,
		to - dir * TIP, Y - 5, to - dir * TIP, Y + 5);
	if (step->box != LADDER_NONE)
		gate(out, step->box, Y);
	fprintf(out, "<text x=\"%d\" y=\"18\">", low + width / 2);
	label(out, step, width / GAP);
	changes(out, step, " ", "");
	fputs("</text></a>", out);
}

void page_arrow(FILE *out, const struct ladder *ladder, size_t i,
		int64_t begin)
{
	const struct step *step = &ladder->step[i];

	fprintf(out, "<tr><td class=\"time\">%.3f</td><td>",
		page_seconds(step->msg->time, begin));
	svg(out, ladder, HEIGHT);
	lane_lines(out, ladder);
	arrow(out, ladder, i);
	fputs("</svg></td><td class=\"what\">", out);
	changes(out, step, "<span class=\"mark\">", "</span> ");
	start_line(out, step);
	fprintf(out, " (%s)</td></tr>\n", step->msg->tcp ? "TCP" : "UDP");
}

/* Of the payload type that most packets have */
static void codec(FILE *out, const struct call *call, const struct flow *flow)
{
	static const struct {
		unsigned type;
		const char *name;
	} fixed[] = {{0, "PCMU"},  {3, "GSM"},   {4, "G723"},
		     {8, "PCMA"},  {9, "G722"},  {18, "G729"},
		     {26, "JPEG"}, {31, "H261"}, {34, "H263"}};
	unsigned type = 0, i;

	for (i = 0; i < RTP_TYPES; i++) {
		if (flow->type[i] > flow->type[type])
			type = i;
	}
	if (call->codec[type][0]) {
		html_string(out, call->codec[type]);
		return;
	}
	for (i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		if (fixed[i].type == type) {
			fputs(fixed[i].name, out);
			return;
		}
	}
	fprintf(out, "payload type %u", type);
}

static void count(FILE *out, const char *sign, const struct flow *const *side)
{
	if (!side[0])
		return;
	fprintf(out, "%s %lu", sign, side[0]->packets);
	if (side[1])
		fprintf(out, "/%lu", side[1]->packets);
}

static void bar_text(FILE *out, const struct call *call, const struct bar *bar)
{
	codec(out, call, bar->out[0] ? bar->out[0] : bar->back[0]);
	count(out, " \xe2\x86\x92", bar->out);
	count(out, " \xe2\x86\x90", bar->back);
}

static void one_way(FILE *out, const struct ladder *ladder, int from, int to,
		    const struct flow *const *side)
{
	fprintf(out, "; %s to %s %lu packet%s", ladder->lane[from].name,
		ladder->lane[to].name, side[0]->packets,
		side[0]->packets == 1 ? "" : "s");
	if (side[1])
		fprintf(out, ", %lu beyond the NAT64", side[1]->packets);
}

static void bar_long(FILE *out, const struct ladder *ladder,
		     const struct call *call, const struct bar *bar)
{
	fputs("RTP ", out);
	codec(out, call, bar->out[0] ? bar->out[0] : bar->back[0]);
	fprintf(out, ", %.1f s", page_seconds(bar->last, bar->first));
	if (bar->out[0])
		one_way(out, ladder, bar->left, bar->right, bar->out);
	if (bar->back[0])
		one_way(out, ladder, bar->right, bar->left, bar->back);
}

void page_bar(FILE *out, const struct ladder *ladder, const struct call *call,
	      const struct bar *bar, int64_t begin)
{
	int low = x_of(bar->left), width = x_of(bar->right) - low;

	fprintf(out, "<tr><td class=\"time\">%.3f</td><td>",
		page_seconds(bar->first, begin));
	svg(out, ladder, HEIGHT);
	lane_lines(out, ladder);
	fputs("<g class=\"bar\" role=\"img\" aria-label=\"", out);
	bar_long(out, ladder, call, bar);
	fprintf(out,
		"\"><rect x=\"%d\" y=\"6\" width=\"%d\" height=\"26\" "
		"rx=\"4\"/>",
		low, width);
	if (bar->box != LADDER_NONE) {
		gate(out, bar->box, 6);
		gate(out, bar->box, 32);
	}
	fprintf(out, "<text x=\"%d\" y=\"23\">", low + width / 2);
	bar_text(out, call, bar);
	fputs("</text></g></svg></td><td class=\"what\">", out);
	bar_long(out, ladder, call, bar);
	fputs("</td></tr>\n", out);
}
