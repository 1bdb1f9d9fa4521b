-- SPDX-License-Identifier: GPL-2.0-or-later
-- SPDX-FileCopyrightText: 2026 The nat64sip authors
--
-- The table of pools for the module nat64sip (parameters db_url, db_table):
-- the phones whose packets come from this IPv4 network use this PREF64.
-- Load it into Kamailio's database, "sqlite3 kamailio.sqlite <nat64sip-sqlite.sql".
-- Under another name the table needs that name in "version", too.

CREATE TABLE IF NOT EXISTS version (
    id INTEGER PRIMARY KEY NOT NULL,
    table_name VARCHAR(32) NOT NULL,
    table_version INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT version_table_name_idx UNIQUE (table_name)
);

CREATE TABLE nat64sip_pool (
    id INTEGER PRIMARY KEY NOT NULL,
    network VARCHAR(18) NOT NULL,
    pref64 VARCHAR(48) NOT NULL,
    description VARCHAR(64) DEFAULT NULL,
    CONSTRAINT nat64sip_pool_network_idx UNIQUE (network)
);

INSERT INTO version (table_name, table_version) VALUES ('nat64sip_pool', 1);
