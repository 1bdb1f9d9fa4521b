/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The look of the ladder's page: light, dark, and on paper.
 *
 * Each pair of text and ground has a contrast of 4.5 or more (WCAG 2.2 1.4.3);
 * test/tool measures it. Nothing is told by colour alone.
 */
#include "page.h"

#define LIGHT                                                           \
	"--bg:#fff;--fg:#1b1f24;--dim:#57606a;--lane:#6e7781;"          \
	"--request:#0550ae;--good:#116329;--bad:#a40e26;--bar:#ddf4ff;" \
	"--panel:#f6f8fa;--add:#dafbe1;--addfg:#0f5323;--del:#ffebe9;"  \
	"--delfg:#82071e;--focus:#bf3989;"
#define DARK                                                            \
	"--bg:#0d1117;--fg:#e6edf3;--dim:#9aa4af;--lane:#8b949e;"       \
	"--request:#79c0ff;--good:#56d364;--bad:#ff8f87;--bar:#12304a;" \
	"--panel:#161b22;--add:#12341d;--addfg:#7ee787;--del:#4a1a1d;"  \
	"--delfg:#ffb3ad;--focus:#f778ba;"

const char page_style[] =
	":root{color-scheme:light dark;" LIGHT "}\n"
	"@media screen and (prefers-color-scheme:dark){:root{" DARK "}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0;padding:1rem;background:var(--bg);color:var(--fg);"
	"font:14px/1.4 system-ui,sans-serif}\n"
	"h1{font-size:1.3rem;margin:0 0 .3rem;overflow-wrap:anywhere}\n"
	"h2{font-size:1.05rem;margin:0 0 .4rem;overflow-wrap:anywhere}\n"
	"p{margin:.2rem 0;color:var(--dim);overflow-wrap:anywhere}\n"
	"a{color:var(--request)}\n"
	"table{border-collapse:collapse;margin-top:1rem;width:100%}\n"
	"caption{text-align:left;color:var(--dim);padding-bottom:.3rem}\n"
	"th,td{padding:0 .6rem 0 0;text-align:left;white-space:nowrap}\n"
	"thead th{position:sticky;top:0;background:var(--bg);"
	"vertical-align:bottom}\n"
	".time{text-align:right;font-variant-numeric:tabular-nums;"
	"color:var(--dim)}\n"
	".what{font:12px/1.3 ui-monospace,monospace;width:100%;max-width:0;"
	"overflow:hidden;text-overflow:ellipsis}\n"
	".mark{color:var(--addfg);background:var(--add);padding:0 .3em;"
	"border-radius:3px}\n"
	"svg{display:block;height:auto;max-width:100%}\n"
	"svg text{fill:var(--fg);font:12px system-ui,sans-serif;"
	"text-anchor:middle}\n"
	"svg .name{font-weight:700;font-size:14px}\n"
	"svg .addr{fill:var(--dim);font-size:11px}\n"
	".lane{stroke:var(--lane);stroke-width:1}\n"
	".arrow{--ink:var(--request);cursor:pointer}\n"
	".arrow.good{--ink:var(--good)}\n.arrow.bad{--ink:var(--bad)}\n"
	".arrow line{stroke:var(--ink);stroke-width:2}\n"
	".arrow polygon{fill:var(--ink)}\n"
	".arrow text{fill:var(--ink);paint-order:stroke;stroke:var(--bg);"
	"stroke-width:4px;stroke-linejoin:round}\n"
	".arrow .hit{fill:transparent}\n"
	".arrow:hover .hit{fill:var(--panel)}\n"
	".arrow:focus{outline:none}\n"
	".arrow:focus .hit,.arrow:target .hit{stroke:var(--focus);"
	"stroke-width:2}\n"
	".bar rect{fill:var(--bar);stroke:var(--request)}\n"
	".bar .gate{fill:var(--request)}\n"
	".msg{display:none}\n"
	".msg pre{margin:.6rem 0;font:12px/1.45 ui-monospace,monospace;"
	"white-space:pre-wrap;overflow-wrap:anywhere}\n"
	".msg ins,.msg del,.msg pre span{display:block;"
	"text-decoration:none;min-height:1.45em}\n"
	".msg ins{background:var(--add);color:var(--addfg)}\n"
	".msg del{background:var(--del);color:var(--delfg)}\n"
	"@media screen{\n"
	".msg:target{display:block;position:fixed;right:0;top:0;bottom:0;"
	"width:46vw;overflow:auto;padding:1rem;background:var(--panel);"
	"border-left:1px solid var(--lane)}\n"
	".msg:focus{outline:none}\n"
	"body:has(.msg:target){padding-right:47vw}\n"
	"body:has(.msg:target) .what{display:none}\n"
	"}\n"
	"@media screen and (max-width:60rem){\n"
	".msg:target{left:0;width:auto;top:auto;height:50vh;"
	"border-left:0;border-top:1px solid var(--lane)}\n"
	"body:has(.msg:target){padding-right:1rem;padding-bottom:52vh}\n"
	".what{display:none}\n"
	"}\n"
	"@media print{\n"
	"@page{size:A4 landscape;margin:12mm}\n"
	"body{padding:0;print-color-adjust:exact;"
	"-webkit-print-color-adjust:exact}\n"
	"thead{display:table-header-group}\n"
	"tr{break-inside:avoid}\n"
	"svg{min-width:0!important}\n"
	".what{width:auto;max-width:24rem}\n"
	".msg{display:block;border-top:1px solid var(--lane);"
	"margin-top:1rem;padding-top:.6rem}\n"
	".msg h2,.msg p{break-after:avoid}\n"
	".msg pre span,.msg ins,.msg del{break-inside:avoid}\n"
	"nav{display:none}\n"
	"}\n";
