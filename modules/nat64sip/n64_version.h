/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#ifndef N64_VERSION_H
#define N64_VERSION_H

#define N64_VERSION "0.1.0"

#endif
