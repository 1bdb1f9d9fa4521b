/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* A program of edits over a text, run by the list and by a slow model. */

#include "../../nat64sip/edits.h"

#include "fuzz.h"

#include <errno.h>

#define MAX 16
#define TEXT 64

/* Each octet of the text, and each place between two, as the model sees it */
struct model {
	bool gone[256];
	char put[257][MAX * 8];
	size_t n_put[257];
};

static struct model model;
static char src[256];

static void check_list(const struct edits *ed, size_t srclen)
{
	size_t i, pos = 0, used = 0;

	REQUIRE(ed->n <= ed->max && ed->used <= ed->size);
	for (i = 0; i < ed->n; i++) {
		REQUIRE(ed->v[i].off >= pos);
		pos = ed->v[i].off + ed->v[i].len;
		used += ed->v[i].n;
	}
	REQUIRE(used == ed->used);
	(void)srclen;
}

static size_t model_text(char *dst, size_t srclen)
{
	size_t i, n = 0;

	for (i = 0; i <= srclen; i++) {
		memcpy(dst + n, model.put[i], model.n_put[i]);
		n += model.n_put[i];
		if (i < srclen && !model.gone[i])
			dst[n++] = src[i];
	}
	return n;
}

static void model_edit(size_t off, size_t len, const char *p, size_t n,
		       bool first)
{
	size_t i, *have = &model.n_put[off];

	if (first)
		memmove(model.put[off] + n, model.put[off], *have);
	memcpy(model.put[off] + (first ? 0 : *have), p, n);
	*have += n;
	for (i = off; i < off + len; i++)
		model.gone[i] = true;
}

/* Four octets are one edit: where, how much, how much new, which end */
static void step(struct edits *ed, const uint8_t *op, size_t srclen)
{
	size_t off = op[0], len = op[1] % 16, n = op[2] % 8, had = ed->n;
	bool first = op[3] & 1;
	char *text = fuzz_copy((const uint8_t *)"abcdefgh", n);
	int err;

	if (op[3] == 0xfe)
		len = SIZE_MAX - op[1] % 4;
	err = (first ? edits_replace_first : edits_replace)(ed, off, len, text,
							    n);
	REQUIRE(err == 0 || err == EINVAL || err == ENOSPC);
	REQUIRE(ed->n == had + (err == 0));
	/* the model knows the text only */
	if (!err && off <= srclen && len <= srclen - off)
		model_edit(off, len, text ? text : "", n, first);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char dst[1024], want[1024];
	struct edit v[MAX];
	struct edits ed;
	char buf[TEXT];
	size_t srclen, out = 0, n, i;
	bool outside = false;

	if (size < 3)
		return 0;
	memset(&model, 0, sizeof(model));
	srclen = data[0];
	for (i = 0; i < srclen; i++)
		src[i] = (char)('A' + i % 26);
	edits_init(&ed, v, data[1] % (MAX + 1), buf, data[2] % (TEXT + 1));
	for (data += 3, size -= 3; size >= 4; data += 4, size -= 4) {
		step(&ed, data, srclen);
		check_list(&ed, srclen);
	}
	for (i = 0; i < ed.n; i++)
		outside |= ed.v[i].off > srclen ||
			ed.v[i].len > srclen - ed.v[i].off;
	if (outside) {
		REQUIRE(edits_apply(dst, sizeof(dst), &out, src, srclen,
				    &ed) == EINVAL);
		return 0;
	}
	n = model_text(want, srclen);
	REQUIRE(edits_length(&ed, srclen) == n);
	REQUIRE(edits_apply(dst, n, &out, src, srclen, &ed) == 0);
	REQUIRE(out == n && !memcmp(dst, want, n));
	REQUIRE(!n ||
		edits_apply(dst, n - 1, &out, src, srclen, &ed) == ENOSPC);
	return 0;
}
