/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The page around the ladder.
 *
 * It has no script: an arrow is a link to its message, which is hidden until
 * it is the page's target. So nothing that a message says can run, which the
 * page's policy forbids besides (CSP 3).
 */
#include <time.h>

#include "html.h"
#include "page.h"

static void head(FILE *out, const struct ladder *ladder,
		 const struct call *call)
{
	size_t i;

	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head>"
	      "<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" "
	      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	      "<meta name=\"viewport\" "
	      "content=\"width=device-width,initial-scale=1\">\n<title>Call ",
	      out);
	html_text(out, call->msg[0].sip.call_id);
	fputs("</title>\n<style>\n", out);
	fputs(page_style, out);
	/* The arrow whose message is shown */
	for (i = 1; i <= ladder->steps; i++)
		fprintf(out,
			"body:has(#m%zu:target) #a%zu .hit"
			"{stroke:var(--focus);stroke-width:2}\n",
			i, i);
	fputs("</style></head>\n", out);
}

static void summary(FILE *out, const struct ladder *ladder,
		    const struct call *call)
{
	time_t begin = (time_t)(call->msg[0].time / 1000000);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&begin, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	fputs("<h1>", out);
	html_text(out, call->msg[0].sip.start);
	fputs("</h1>\n<p>Call-ID ", out);
	html_text(out, call->msg[0].sip.call_id);
	fprintf(out, ", from %s, %zu messages, %zu media streams.</p>\n", text,
		ladder->steps, ladder->bars);
	if (ladder->lost)
		fprintf(out,
			"<p>%zu messages fit no two lanes and are not "
			"here.</p>\n",
			ladder->lost);
	fputs("<p>Choose an arrow to read its message. A diamond is a NAT64 "
	      "that the packets cross; +3 \xe2\x88\x92"
	      "2 counts the lines that the proxy put in and took out; 150/149 "
	      "counts packets before and beyond the NAT64.</p>\n",
	      out);
}

static void bars_before(FILE *out, const struct ladder *ladder,
			const struct call *call, int64_t from, int64_t to)
{
	size_t i;

	for (i = 0; i < ladder->bars; i++) {
		if (ladder->bar[i].first >= from && ladder->bar[i].first < to)
			page_bar(out, ladder, call, &ladder->bar[i],
				 call->msg[0].time);
	}
}

static void rows(FILE *out, const struct ladder *ladder,
		 const struct call *call)
{
	int64_t seen = INT64_MIN;
	size_t i;

	for (i = 0; i < ladder->steps; i++) {
		int64_t now = ladder->step[i].msg->time;

		bars_before(out, ladder, call, seen, now);
		page_arrow(out, ladder, i, call->msg[0].time);
		seen = now;
	}
	bars_before(out, ladder, call, seen, INT64_MAX);
}

void page_write(FILE *out, const struct ladder *ladder,
		const struct call *call)
{
	size_t i;

	head(out, ladder, call);
	fputs("<body>\n<main>\n", out);
	summary(out, ladder, call);
	fputs("<table id=\"ladder\"><caption>Seconds since the first message"
	      "</caption>\n<thead><tr><th class=\"time\" scope=\"col\">Time"
	      "</th><th scope=\"col\">",
	      out);
	page_lanes(out, ladder);
	fputs("</th><th class=\"what\" scope=\"col\">Message</th></tr>"
	      "</thead>\n<tbody>\n",
	      out);
	rows(out, ladder, call);
	fputs("</tbody></table>\n", out);
	for (i = 0; i < ladder->steps; i++)
		page_message(out, ladder, call, i);
	fputs("</main>\n</body></html>\n", out);
}
