/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_mode.h"

#include "../../core/atomic_ops.h"
#include "../../core/dprint.h"
#include "../../core/mem/shm_mem.h"

#include <string.h>
#include <strings.h>

static atomic_t *shared;

static const char *const names[N64_MODES] = {
		[N64_MODE_ON] = "on",
		[N64_MODE_DRYRUN] = "dryrun",
		[N64_MODE_OFF] = "off",
};

const char *n64_mode_name(enum n64_mode mode)
{
	return (unsigned)mode < N64_MODES ? names[mode] : "";
}

int n64_mode_parse(enum n64_mode *dst, const str *text)
{
	unsigned i;

	for(i = 0; i < N64_MODES; i++) {
		if(text->len == (int)strlen(names[i])
				&& !strncasecmp(text->s, names[i], text->len)) {
			*dst = i;
			return 0;
		}
	}
	return -1;
}

int n64_mode_init(enum n64_mode mode)
{
	shared = shm_malloc(sizeof(*shared));
	if(!shared) {
		SHM_MEM_ERROR;
		return -1;
	}
	atomic_set(shared, mode);
	return 0;
}

enum n64_mode n64_mode_now(void)
{
	return atomic_get(shared);
}

void n64_mode_switch(enum n64_mode mode)
{
	atomic_set(shared, mode);
}

enum n64_mode n64_mode_of(const struct sip_msg *msg)
{
	/* one message at a time in a worker: no half of one in another mode */
	static msg_ctx_id_t id;
	static enum n64_mode mode;

	if(msg_ctx_id_match(msg, &id) != 1) {
		msg_ctx_id_set(msg, &id);
		mode = n64_mode_now();
	}
	return mode;
}
