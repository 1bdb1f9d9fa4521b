/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Octets 0 to 15: a pair and how another implementation spells it; the rest:
 * the text of a value. */

#include "../unit/pair_text.h"
#include "fuzz.h"

#include <arpa/inet.h>
#include <strings.h>

#define INPUT_HEAD 16
#define OWNS 5

static struct n64_own own_v[OWNS] = {
	{{0}, 5060, N64_TP_UDP, NULL}, {{0}, 5060, N64_TP_TCP, NULL},
	{{0}, 5061, N64_TP_TLS, NULL}, {{0}, 65535, N64_TP_SCTP, NULL},
	{{0}, 1, N64_TP_NONE, NULL},
};
static const struct n64_owns owns = {own_v, OWNS};

static void fill_owns(void)
{
	size_t i;

	for (i = 0; i < OWNS; i++)
		REQUIRE(inet_pton(AF_INET,
				  i == 3 ? "198.51.100.4" : "192.0.2.10",
				  &own_v[i].addr) == 1);
}

static bool pref_valid(const struct pref64 *pref)
{
	char text[PREF64_TEXT_MAX + 1];
	size_t len = pref64_print(text, sizeof(text), pref);
	struct pref64 again;

	return len > 0 && !pref64_parse(&again, text, len, NULL);
}

/* Read from storage of exactly this size; the caller frees *copy. */
static int read_text(struct n64_pair *dst, char **copy, const void *text,
		     size_t len)
{
	struct n64_route route;
	struct n64_text value;

	*copy = malloc(len ? len : 1);
	REQUIRE(*copy != NULL);
	memcpy(*copy, text, len);
	pair_cut(&route, *copy, len);
	if (n64_param_find(&value, route.params, "alias"))
		REQUIRE(value.p >= *copy &&
			value.p + value.len <= *copy + len);
	return n64_pair_read(dst, &route, &owns);
}

static void check_same(const struct n64_pair *a, const struct n64_pair *b)
{
	REQUIRE(a->own == b->own);
	REQUIRE(pref64_equal(&a->pref, &b->pref));
	REQUIRE(a->leg == b->leg && a->family == b->family);
	REQUIRE(a->r2 == b->r2);
}

/* Printing and reading what was read gives it back. */
static void check_again(const struct n64_pair *pair)
{
	char text[N64_PAIR_TEXT_MAX + 1];
	size_t len = n64_pair_print(text, sizeof(text), pair);
	struct n64_pair back;
	char *copy;

	REQUIRE(len > 0 && len < sizeof(text) && text[len] == '\0');
	REQUIRE(!read_text(&back, &copy, text, len));
	check_same(pair, &back);
	REQUIRE(back.ftag.len == 0);
	free(copy);
}

/* The letter is the one that is read back */
static void check_letter(const struct n64_pair *pair)
{
	char text[N64_PAIR_TEXT_MAX + 1];
	size_t len = n64_pair_print(text, sizeof(text), pair);

	if (pair->leg != N64_LEG_NONE)
		REQUIRE(text[len - 1] == n64_pair_family_letter(pair->family));
	REQUIRE(strchr("nfs", n64_pair_family_letter(pair->family)));
}

/* Nothing that ends a URI or a header field is taken for a parameter. */
static void check_octets(const uint8_t *data, size_t size)
{
	bool params = false;
	size_t i;

	for (i = 0; i < size; i++) {
		params = params || data[i] == ';';
		REQUIRE(!params || (data[i] > ' ' && data[i] < 0x7f));
	}
}

static void check_text(const uint8_t *data, size_t size)
{
	struct n64_pair pair, before;
	char *copy;

	memset(&before, 0x5a, sizeof(before));
	memcpy(&pair, &before, sizeof(pair));
	if (read_text(&pair, &copy, data, size)) {
		REQUIRE(!memcmp(&pair, &before, sizeof(pair)));
	} else {
		check_octets(data, size);
		REQUIRE(pair.own >= own_v && pair.own < own_v + OWNS);
		REQUIRE(pair.pref.len == 0 || pref_valid(&pair.pref));
		REQUIRE(pair.leg != N64_LEG_NONE ||
			pair.family == N64_FAMILY_NONE);
		REQUIRE(pair.ftag.len == 0 ||
			(pair.ftag.p >= copy &&
			 pair.ftag.p + pair.ftag.len <= copy + size));
		check_again(&pair);
	}
	free(copy);
}

static bool make_pair(struct n64_pair *pair, const uint8_t *data)
{
	static const uint8_t lengths[] = {0, 32, 40, 48, 56, 64, 96};

	memset(pair, 0, sizeof(*pair));
	pair->own = &own_v[data[0] % OWNS];
	pair->leg = (enum n64_leg)(data[1] % 4);
	if (pair->leg != N64_LEG_NONE)
		pair->family = (enum n64_family)(data[1] / 4 % 3);
	pair->r2 = data[1] & 0x80;
	pair->pref.len = lengths[data[2] % sizeof(lengths)];
	memcpy(&pair->pref.addr, data + 4, pair->pref.len / 8);
	return pair->pref.len == 0 || pref_valid(&pair->pref);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pair_spelling how = {HOST_AS_PRINTED, false, 0, "did=1.a",
				    "ftag=q7"};
	char printed[N64_PAIR_TEXT_MAX + 1], text[2 * N64_PAIR_TEXT_MAX];
	struct n64_pair pair, back;
	char *copy;
	size_t len;

	if (size < INPUT_HEAD)
		return 0;
	fill_owns();
	check_text(data + INPUT_HEAD, size - INPUT_HEAD);
	if (!make_pair(&pair, data))
		return 0;
	check_again(&pair);
	check_letter(&pair);
	REQUIRE(n64_pair_print(printed, sizeof(printed), &pair) > 0);
	how.host = (enum pair_host)(data[2] / 8 % PAIR_HOSTS);
	how.upper = data[2] & 0x80;
	how.order = (unsigned)(data[3] << 8 | data[0]);
	len = pair_spell(text, sizeof(text), printed, &how);
	REQUIRE(!read_text(&back, &copy, text, len));
	check_same(&pair, &back);
	REQUIRE(back.ftag.len == 2 && !strncasecmp(back.ftag.p, "q7", 2));
	free(copy);
	return 0;
}
