/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* The memory of a configuration */

#include "cfg_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *p)
{
	if (p)
		return p;
	fputs("nat64sip: out of memory\n", stderr);
	exit(2);
}

void *cfg_more(void *v, size_t n, size_t *max, size_t size)
{
	if (n < *max)
		return v;
	*max = *max ? *max * 2 : 64;
	return must(realloc(v, *max * size));
}

const char *cfg_keep(struct cfg *cfg, const char *text, size_t len)
{
	char *kept = must(malloc(len + 1));

	memcpy(kept, text, len);
	kept[len] = '\0';
	cfg->texts = cfg_more(cfg->texts, cfg->texts_n, &cfg->texts_max,
			      sizeof(*cfg->texts));
	cfg->texts[cfg->texts_n++] = kept;
	return kept;
}

void cfg_free(struct cfg *cfg)
{
	size_t i;

	for (i = 0; i < cfg->texts_n; i++)
		free(cfg->texts[i]);
	free(cfg->texts);
	free(cfg->v);
	free(cfg->defines);
	free(cfg->blocks);
	*cfg = (struct cfg){0};
}
