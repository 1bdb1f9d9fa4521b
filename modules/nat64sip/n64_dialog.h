/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The module dialog keeps each phone's Contact, for requests of its own (the BYE
 * of dlg_bye() and of dlg.end_dlg). It reads it before nat64_manage() runs.
 */
#ifndef N64_DIALOG_H
#define N64_DIALOG_H

#include "../../core/parser/msg_parser.h"

/** Find what dialog lets others do, if it is there. Call in mod_init. */
void n64_dialog_init(void);

/** The Contact of an INVITE has changed: let its dialog know the new one */
void n64_dialog_contact(struct sip_msg *msg);

#endif
