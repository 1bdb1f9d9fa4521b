/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Kamailio's core without its main(): set up once, made the same for each
 * input. The modules beside ours are stand-ins; rr is the real one.
 */
#ifndef N64_FUZZ_WORLD_H
#define N64_FUZZ_WORLD_H

#include "../../core/parser/msg_parser.h"
#include "scene.h"
#include "ways.h"

#define WORLD_ADDRESS "192.0.2.10"

/** Also the names of the tests' other boxes */
#define WORLD_PHONE "198.51.100.7"
#define WORLD_TARGET "198.51.100.9"
#define WORLD_PREF64 "2001:db8:64::/96"

/** Once. Aborts where it cannot */
void world_begin(void);

/** As the scene has it; nothing is left of the input before */
void world_set(const struct scene *s);

/** What the core forgets behind a message */
void world_end(void);

struct socket_info *world_socket(int proto);

/** A function of the module's, as the script calls it */
int world_call(struct sip_msg *msg, const char *name, const char *arg);

/** nat64_manage() without these parts */
int world_manage(struct sip_msg *msg, unsigned parts_out);

/** Read each of the variables, and say what is in it */
void world_variables(struct sip_msg *msg, struct way *way);

#endif
