/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_db.h"

#include "../../lib/srdb1/db.h"

#include <stdio.h>
#include <string.h>

/** Longest value and longest URL in a message, with NUL */
#define SHOWN_MAX 80
#define URL_MAX 128

static str network_column = str_init("network");
static str pref64_column = str_init("pref64");

static db_func_t dbf;

/** The URL without user and password, which no log shall hold */
static const char *shown_url(char *dst, size_t size)
{
	const str *url = &n64_pool_conf.db_url;
	int scheme, at;

	for(scheme = 0; scheme < url->len && url->s[scheme] != ':'; scheme++)
		;
	for(at = url->len; at > scheme && url->s[at - 1] != '@'; at--)
		;
	if(at <= scheme)
		return n64_pool_shown(dst, size, url->s, url->len);
	snprintf(dst, size, "%.*s://...@%.*s", scheme, url->s, url->len - at,
			url->s + at);
	return dst;
}

static int bad_url(struct n64_pool_load *l, const char *why)
{
	char url[URL_MAX];

	return n64_pool_load_fail(l, "parameter \"db_url\", value \"%s\": %s",
			shown_url(url, sizeof(url)), why);
}

int n64_db_init(struct n64_pool_load *l)
{
	if(db_bind_mod(&n64_pool_conf.db_url, &dbf) < 0)
		return bad_url(l, "the database module that it names must be loaded"
						  " before nat64sip");
	if(!DB_CAPABILITY(dbf, DB_CAP_QUERY))
		return bad_url(l, "that database module cannot be queried");
	return 0;
}

/** Where in the table, and what is wrong there */
static int bad_value(struct n64_pool_load *l,
		const struct n64_pool_entry *entry, const str *column,
		const char *value, const char *why)
{
	char place[N64_POOL_PLACE_MAX];

	return n64_pool_load_fail(l, "%s, column %.*s, value %s: %s",
			n64_pool_place(place, sizeof(place), entry->row), column->len,
			column->s, value, why);
}

/** A database module gives a text in one of three forms */
static bool text_of(str *dst, const db_val_t *val)
{
	switch(VAL_TYPE(val)) {
		case DB1_STRING:
			dst->s = (char *)VAL_STRING(val);
			dst->len = strlen(dst->s);
			return true;
		case DB1_STR:
			*dst = VAL_STR(val);
			return true;
		case DB1_BLOB:
			*dst = VAL_BLOB(val);
			return true;
		default:
			return false;
	}
}

static int put_row(
		struct n64_pool_load *l, const db_row_t *row, unsigned number)
{
	const str *column[] = {&network_column, &pref64_column};
	char shown[SHOWN_MAX], value[SHOWN_MAX + 2];
	struct n64_pool_entry entry = {.row = N64_POOL_PARAMS + number};
	const char *why = NULL;
	str text;
	int i;

	for(i = 0; i < 2; i++) {
		const db_val_t *val = ROW_VALUES(row) + i;

		if(VAL_NULL(val))
			return bad_value(l, &entry, column[i], "NULL", "must be a text");
		if(!text_of(&text, val))
			return bad_value(
					l, &entry, column[i], "of another type", "must be a text");
		if(i == 0)
			n64_pool_net_parse(&entry.net, text.s, text.len, &why);
		else
			pref64_parse(&entry.pref, text.s, text.len, &why);
		if(!why)
			continue;
		snprintf(value, sizeof(value), "\"%s\"",
				n64_pool_shown(shown, sizeof(shown), text.s, text.len));
		return bad_value(l, &entry, column[i], value, why);
	}
	return n64_pool_load_put(l, &entry);
}

static int bad_table(struct n64_pool_load *l, const char *why)
{
	return n64_pool_load_fail(l, "parameter \"db_table\", value \"%.*s\": %s",
			n64_pool_conf.db_table.len, n64_pool_conf.db_table.s, why);
}

static int check_version(struct n64_pool_load *l, db1_con_t *con)
{
	int version = db_table_version(&dbf, con, &n64_pool_conf.db_table);
	char why[64];

	if(version == N64_DB_VERSION)
		return 0;
	if(version < 0)
		return bad_table(l, "the table \"version\" cannot be read");
	if(version == 0)
		return bad_table(l, "the table \"version\" has no row for it");
	snprintf(why, sizeof(why), "must have version %d, has %d", N64_DB_VERSION,
			version);
	return bad_table(l, why);
}

/** In order of the networks, so that a row's number means something */
static int load_rows(struct n64_pool_load *l, db1_con_t *con)
{
	db_key_t columns[] = {&network_column, &pref64_column};
	db1_res_t *res = NULL;
	int i, rc = 0;

	if(dbf.use_table(con, &n64_pool_conf.db_table) < 0
			|| dbf.query(con, NULL, NULL, NULL, columns, 0, 2, &network_column,
					   &res)
					   < 0
			|| !res)
		return bad_table(l, "its columns network and pref64 cannot be read");
	for(i = 0; i < RES_ROW_N(res) && rc == 0; i++)
		rc = put_row(l, RES_ROWS(res) + i, i + 1);
	dbf.free_result(con, res);
	return rc;
}

int n64_db_load(struct n64_pool_load *l)
{
	db1_con_t *con = dbf.init(&n64_pool_conf.db_url);
	int rc;

	if(!con)
		return bad_url(l, "cannot connect to that database");
	rc = check_version(l, con);
	if(rc == 0)
		rc = load_rows(l, con);
	dbf.close(con);
	return rc;
}
