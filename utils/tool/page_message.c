/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * One message in full, its changed lines marked.
 */
#include "diff.h"
#include "html.h"
#include "page.h"

static void heading(FILE *out, const struct ladder *ladder,
		    const struct step *step, size_t number)
{
	fprintf(out, "<h2 id=\"h%zu\">%s \xe2\x86\x92 %s: ", number,
		ladder->lane[step->from].name, ladder->lane[step->to].name);
	html_text(out, step->msg->sip.start);
	fputs("</h2>\n", out);
}

static void ends(FILE *out, const struct msg *msg)
{
	char src[PLACE_TEXT_MAX], dst[PLACE_TEXT_MAX];

	fprintf(out, "%s \xe2\x86\x92 %s", place_print(src, &msg->src, true),
		place_print(dst, &msg->dst, true));
}

static void where(FILE *out, const struct call *call, const struct step *step)
{
	fprintf(out, "<p>%.3f s, %s, ",
		page_seconds(step->msg->time, call->msg[0].time),
		step->msg->tcp ? "TCP" : "UDP");
	ends(out, step->msg);
	if (step->msg->twin != CALL_NONE) {
		fputs("; on the NAT64's other side ", out);
		ends(out, &call->msg[step->msg->twin]);
	}
	if (step->msg->cut)
		fputs(". The capture has only its beginning", out);
	fputs("</p>\n", out);
}

static void verdict(FILE *out, const struct ladder *ladder,
		    const struct step *step, const struct diff *diff)
{
	if (diff->failed)
		fputs("<p>Too long to compare.</p>\n", out);
	else if (step->before)
		fprintf(out,
			"<p>What the proxy made of it: %zu lines added "
			"(+), %zu taken out (\xe2\x88\x92).</p>\n",
			diff->added, diff->removed);
	else if (ladder->lane[step->from].kind == LANE_PROXY)
		fputs("<p>The proxy's own, or what it got was not "
		      "captured.</p>\n",
		      out);
}

static void lines(FILE *out, const struct diff *diff)
{
	size_t i;

	fputs("<pre>", out);
	for (i = 0; i < diff->n; i++) {
		char mark = diff->line[i].mark;
		const char *tag = mark == '+' ? "ins"
			: mark == '-'         ? "del"
					      : "span";

		fprintf(out, "<%s>%s ", tag,
			mark == '-'           ? "\xe2\x88\x92"
				: mark == '+' ? "+"
					      : " ");
		html_text(out, diff->line[i].text);
		fprintf(out, "</%s>", tag);
	}
	fputs("</pre>\n", out);
}

static void links(FILE *out, const struct ladder *ladder, size_t number)
{
	fprintf(out, "<nav><a href=\"#a%zu\">Back to the ladder</a>", number);
	if (number > 1)
		fprintf(out, " <a href=\"#m%zu\">Previous</a>", number - 1);
	if (number < ladder->steps)
		fprintf(out, " <a href=\"#m%zu\">Next</a>", number + 1);
	fputs("</nav>\n", out);
}

void page_message(FILE *out, const struct ladder *ladder,
		  const struct call *call, size_t i)
{
	const struct step *step = &ladder->step[i];
	struct diff diff;

	diff_make(&diff, step->before ? &step->before->msg->sip.all : NULL,
		  &step->msg->sip.all);
	fprintf(out,
		"<section class=\"msg\" id=\"m%zu\" tabindex=\"-1\" "
		"aria-labelledby=\"h%zu\">\n",
		i + 1, i + 1);
	heading(out, ladder, step, i + 1);
	where(out, call, step);
	verdict(out, ladder, step, &diff);
	links(out, ladder, i + 1);
	lines(out, &diff);
	fputs("</section>\n", out);
	diff_free(&diff);
}
