/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * For the tests of faults: a module that counts each allocation of private and
 * shared memory made while a function of nat64sip.so is on the stack, by
 * nat64sip itself or by what of Kamailio it called, and lets the one fail that
 * it is told to. The nat64sip.so is the one that ships.
 *
 * What is counted, and what is to fail, stands in a file that all processes map
 * and the test reads and writes: N64_FAULTS names it. Loaded before all others.
 */
#define _GNU_SOURCE /* dl_iterate_phdr */

#include "../../core/dprint.h"
#include "../../core/mem/mem.h"
#include "../../core/mem/shm_mem.h"
#include "../../core/sr_module.h"

#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

MODULE_VERSION

#ifndef DBG_SR_MEMORY
#error "this kamailio does not say who allocates"
#endif

#define NAT64SIP "/nat64sip.so"
#define POINTS 2048
#define TEXT 40
#define FRAMES 48

/** One place in nat64sip and one in Kamailio: as the test reads it */
struct point
{
	uint32_t call; /**< octet of nat64sip.so behind the call, 0: unused */
	uint32_t line;
	uint32_t kind; /**< 'p' private, 's' shared */
	uint32_t seen, failed;
	char file[TEXT], func[TEXT];
};

static struct
{
	uint32_t lock;
	uint32_t all;	/**< let each fail */
	uint32_t armed; /**< let this one fail once: its place in v, from 1 */
	uint32_t pass;	/**< but this often not yet */
	uint32_t n;
	struct point v[POINTS];
} * table;

static uintptr_t start, end; /* of nat64sip.so */

static int find_module(struct dl_phdr_info *info, size_t size, void *arg)
{
	size_t len = strlen(info->dlpi_name), name = sizeof(NAT64SIP) - 1;
	uintptr_t last = 0;
	int i;

	(void)size;
	(void)arg;
	if(len < name || strcmp(info->dlpi_name + len - name, NAT64SIP) != 0)
		return 0;
	for(i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if(p->p_type == PT_LOAD && p->p_vaddr + p->p_memsz > last)
			last = p->p_vaddr + p->p_memsz;
	}
	start = info->dlpi_addr;
	end = start + last;
	return 1;
}

/** The innermost call that nat64sip makes, 0 if it is not on the stack */
static uint32_t caller(void)
{
	void *frames[FRAMES];
	int i, n;

	if(!start && !dl_iterate_phdr(find_module, NULL))
		return 0;
	n = backtrace(frames, FRAMES);
	for(i = 0; i < n; i++)
		if((uintptr_t)frames[i] >= start && (uintptr_t)frames[i] < end)
			return (uintptr_t)frames[i] - start;
	return 0;
}

static bool same(const struct point *a, const struct point *b)
{
	return a->call == b->call && a->line == b->line && a->kind == b->kind
		   && !strcmp(a->file, b->file);
}

static bool count(const struct point *p)
{
	uint32_t i;

	for(i = 0; i < table->n && !same(&table->v[i], p); i++)
		;
	if(i == POINTS)
		return table->all;
	if(i == table->n) {
		table->v[i] = *p;
		table->n++;
	}
	table->v[i].seen++;
	if(!table->all) {
		if(table->armed != i + 1 || table->pass-- > 0)
			return false;
		table->armed = 0;
	}
	table->v[i].failed++;
	return true;
}

static bool fails(
		char kind, const char *file, const char *func, unsigned int line)
{
	const char *base = strrchr(file, '/');
	struct point p = {.call = caller(), .line = line, .kind = kind};
	bool bad;

	if(!p.call)
		return false;
	strncpy(p.file, base ? base + 1 : file, TEXT - 1);
	strncpy(p.func, func, TEXT - 1);
	while(__sync_lock_test_and_set(&table->lock, 1))
		usleep(1);
	bad = count(&p);
	__sync_lock_release(&table->lock);
	return bad;
}

#define SITE \
	const char *file, const char *func, unsigned int line, const char *mname
#define HERE file, func, line, mname

/** In front of one allocator of Kamailio's */
#define WRAP(name, kind)                                                     \
	static sr_malloc_f name##_real;                                          \
	static void *name(void *mbp, size_t size, SITE)                          \
	{                                                                        \
		return fails(kind, file, func, line) ? NULL                          \
											 : name##_real(mbp, size, HERE); \
	}
#define WRAP_RE(name, kind)                                  \
	static sr_realloc_f name##_real;                         \
	static void *name(void *mbp, void *p, size_t size, SITE) \
	{                                                        \
		return fails(kind, file, func, line)                 \
					   ? NULL                                \
					   : name##_real(mbp, p, size, HERE);    \
	}
#define PUT(root, member, name)    \
	do {                           \
		name##_real = root.member; \
		root.member = name;        \
	} while(0)

/* else it is the system's: no function of Kamailio's is called for it */
#ifdef PKG_MALLOC
WRAP(pkg, 'p')
WRAP(pkg_xz, 'p')
WRAP_RE(pkg_re, 'p')
#endif
WRAP(shm, 's')
WRAP(shm_xz, 's')
WRAP(shm_unsafe, 's')
WRAP_RE(shm_re, 's')
WRAP_RE(shm_resized, 's')

static int map_table(void)
{
	const char *path = getenv("N64_FAULTS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

	if(fd < 0 || ftruncate(fd, sizeof(*table)) < 0)
		return -1;
	table = mmap(
			NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return table == MAP_FAILED ? -1 : 0;
}

/** Shared memory is there only after the configuration was read */
static int mod_init(void)
{
	PUT(_shm_root, xmalloc, shm);
	PUT(_shm_root, xmallocxz, shm_xz);
	PUT(_shm_root, xmalloc_unsafe, shm_unsafe);
	PUT(_shm_root, xrealloc, shm_re);
	PUT(_shm_root, xresize, shm_resized);
	return 0;
}

int mod_register(char *path, int *dlflags, void *p1, void *p2);

int mod_register(char *path, int *dlflags, void *p1, void *p2)
{
	void *first[1];

	(void)path;
	(void)dlflags;
	(void)p1;
	(void)p2;
	if(map_table() < 0) {
		LM_ERR("N64_FAULTS must name a file that can be written\n");
		return -1;
	}
	/* the first time it loads a library */
	backtrace(first, 1);
#ifdef PKG_MALLOC
	PUT(_pkg_root, xmalloc, pkg);
	PUT(_pkg_root, xmallocxz, pkg_xz);
	PUT(_pkg_root, xrealloc, pkg_re);
#endif
	return 0;
}

struct module_exports exports = {
		"faults", DEFAULT_DLFLAGS, 0, 0, 0, 0, 0, mod_init, 0, 0};
