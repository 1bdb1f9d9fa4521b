/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The modules that ours needs, each no more than what it is asked.
 */
#ifndef N64_FUZZ_STANDINS_H
#define N64_FUZZ_STANDINS_H

#include "../../core/parser/msg_parser.h"
#include "../../core/sr_module.h"
#include "scene.h"

/** tm, rr, nathelper, usrloc, registrar; for find_export() */
void standins_begin(void);

/** Before each input */
void standins_set(const struct scene *s);

/** After it: transactions end, what they keep is freed */
void standins_end(void);

extern ksr_cmd_export_t standin_tm[], standin_nathelper[], standin_usrloc[];

void tm_set(const struct scene *s);
void tm_end(void);

/** There is a transaction now, and it is this message's */
void tm_enter(void);

/** The message is done with; the transaction stays */
void tm_leave(void);

/** What tm calls for a branch, or for a reply that goes back */
void tm_forward(struct sip_msg *req);

/** The same transaction, of which a reply comes now as this scene has it */
void tm_answer(const struct scene *s);
void tm_relay_reply(struct sip_msg *rpl);

void usrloc_set(const struct scene *s);

/** Of the registrar, as $avp(received); 0, or -1 */
int nathelper_received(struct sip_msg *msg, char *p1, char *p2);

#endif
