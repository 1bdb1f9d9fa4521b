/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file usrloc: a record of one binding, marked as the scene says */
#include "standins.h"

#include "../usrloc/usrloc.h"

#include "../fuzz.h"

static urecord_t record;
static ucontact_t contact;
static int locked;

static int get_domain(const char *name, udomain_t **d)
{
	static int domain;

	(void)name;
	*d = (udomain_t *)&domain;
	return 0;
}

static void lock(struct udomain *d, str *aor)
{
	(void)d;
	REQUIRE(aor->len >= 0);
	locked++;
}

static void unlock(struct udomain *d, str *aor)
{
	(void)d;
	(void)aor;
	locked--;
}

static int get_record(struct udomain *d, str *aor, struct urecord **r)
{
	(void)d;
	(void)aor;
	REQUIRE(locked == 1);
	*r = &record;
	return record.contacts ? 0 : 1;
}

static void release_record(struct urecord *r)
{
	REQUIRE(r == &record);
}

static int bind_api(usrloc_api_t *api)
{
	memset(api, 0, sizeof(*api));
	api->use_domain = 1;
	api->get_udomain = get_domain;
	api->lock_udomain = lock;
	api->unlock_udomain = unlock;
	api->get_urecord = get_record;
	api->release_urecord = release_record;
	return 0;
}

void usrloc_set(const struct scene *s)
{
	static const char *const received[] = {
			[BOUND_HERE] = "sip:198.51.100.7:40009;pref64=2001:db8:64::/96",
			[BOUND_ELSEWHERE] = "sip:198.51.100.8:40001;pref64=64:ff9b::/96",
			[BOUND_MALFORMED] = "sip:198.51.100.7:40001;pref64=2001:db8::/33",
	};

	REQUIRE(!locked);
	memset(&contact, 0, sizeof(contact));
	record.contacts = NULL;
	if(s->bound == BOUND_NONE)
		return;
	contact.received.s = (char *)received[s->bound];
	contact.received.len = strlen(received[s->bound]);
	record.contacts = &contact;
}

ksr_cmd_export_t standin_usrloc[] = {
		{"ul_bind_usrloc", (cmd_function)(void (*)(void))bind_api, 1, 0, 0, 0,
				0, 0},
		{0, 0, 0, 0, 0, 0, 0, 0}};
