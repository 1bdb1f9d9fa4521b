/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "cfg_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cfg_wrong(struct cfg_at *at, const char *why)
{
	at->cfg->why = why;
	at->cfg->why_file = at->file;
	at->cfg->why_line = at->line;
	return EINVAL;
}

/* The whole of it; NULL if it can't be read */
static const char *content(struct cfg *cfg, const char *file)
{
	FILE *in = fopen(file, "re");
	const char *kept = NULL;
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	if (!in)
		return NULL;
	errno = 0;
	len = getdelim(&text, &size, '\0', in);
	if (len >= 0 || (!ferror(in) && !errno))
		kept = cfg_keep(cfg, len > 0 ? text : "",
				len > 0 ? (size_t)len : 0);
	free(text);
	fclose(in);
	return kept;
}

static int read_text(struct cfg *cfg, const char *file, const char *text)
{
	struct cfg_at at = {.cfg = cfg, .file = file, .p = text, .line = 1};
	int err;

	if (cfg->depth == CFG_DEPTH_MAX)
		return cfg_wrong(&at, "too many files within files");
	++cfg->depth;
	err = cfg_lex(&at);
	--cfg->depth;
	if (!err && at.ifs_n > 0)
		return cfg_wrong(&at, "an #!endif is missing");
	return err;
}

/* As Kamailio: from the working directory, else beside this file */
int cfg_include(struct cfg_at *at, const char *name)
{
	const char *slash = strrchr(at->file, '/');
	const char *text = content(at->cfg, name), *file = name;
	char beside[4096];

	if (!text && *name != '/' && slash) {
		snprintf(beside, sizeof(beside), "%.*s/%s",
			 (int)(slash - at->file), at->file, name);
		file = cfg_keep(at->cfg, beside, strlen(beside));
		text = content(at->cfg, file);
	}
	if (text)
		return read_text(at->cfg, file, text);
	return at->optional
		? 0
		: cfg_wrong(at, "the file to include can't be read");
}

int cfg_read(struct cfg *cfg, const char *file)
{
	struct cfg_at at = {.cfg = cfg, .file = file, .line = 1};
	const char *text = content(cfg, file);
	int err;

	if (!text) {
		cfg_wrong(&at, strerror(errno));
		return ENOENT;
	}
	err = read_text(cfg, cfg_keep(cfg, file, strlen(file)), text);
	cfg_blocks(cfg);
	return err;
}
