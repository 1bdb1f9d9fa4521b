/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Private to the core: SipHash-2-4 (Aumasson, Bernstein 2012) of one word of
 * eight octets. Without the key nobody can tell which inputs collide.
 */
#ifndef N64_SIPHASH_H
#define N64_SIPHASH_H

#include <stdint.h>

struct n64_sip {
	uint64_t a, b, c, d;
};

static inline uint64_t n64_sip_rotl(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void n64_sip_round(struct n64_sip *s)
{
	s->a += s->b;
	s->b = n64_sip_rotl(s->b, 13) ^ s->a;
	s->a = n64_sip_rotl(s->a, 32);
	s->c += s->d;
	s->d = n64_sip_rotl(s->d, 16) ^ s->c;
	s->a += s->d;
	s->d = n64_sip_rotl(s->d, 21) ^ s->a;
	s->c += s->b;
	s->b = n64_sip_rotl(s->b, 17) ^ s->c;
	s->c = n64_sip_rotl(s->c, 32);
}

static inline void n64_sip_block(struct n64_sip *s, uint64_t block)
{
	s->d ^= block;
	n64_sip_round(s);
	n64_sip_round(s);
	s->a ^= block;
}

/** Of the eight octets of word, the lowest first */
static inline uint64_t n64_siphash(const uint64_t key[2], uint64_t word)
{
	struct n64_sip s = {
		key[0] ^ 0x736f6d6570736575u,
		key[1] ^ 0x646f72616e646f6du,
		key[0] ^ 0x6c7967656e657261u,
		key[1] ^ 0x7465646279746573u,
	};

	n64_sip_block(&s, word);
	n64_sip_block(&s, (uint64_t)8 << 56); /* the length */
	s.c ^= 0xff;
	for (unsigned i = 0; i < 4; i++)
		n64_sip_round(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}

#endif
