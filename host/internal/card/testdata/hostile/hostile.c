/*
 * A PKCS#11 module (2.40) for tests: a token with one RSA key that is honest
 * until a file beside the library tells it to misbehave. It links nothing but
 * libc, checks nothing that a test does not need, and is never installed.
 *
 * Files in the library's folder:
 *   cert.der    certificate of the key          key      modulus ‖ private exponent, big-endian
 *   mechanisms  "0x1 0x3 …" of C_GetMechanismList        pin      the PIN (3 tries)
 *   flags       further token flags, hexadecimal         always   the key wants its PIN each time
 *   reader      description of the slot, if any
 *   do          "<function> <deed> [always]": what to do at its next call, or at every one
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ulong_t;
typedef unsigned char byte_t;
typedef struct { byte_t major, minor; } version_t;
typedef struct { byte_t description[64], maker[32]; ulong_t flags; version_t hardware, firmware; } slot_info_t;
typedef struct {
	byte_t label[32], maker[32], model[16], serial[16];
	ulong_t flags, counts[4], max_pin, min_pin, memory[4];
	version_t hardware, firmware;
	byte_t time[16];
} token_info_t;
typedef struct { ulong_t slot, state, flags, error; } session_info_t;
typedef struct { ulong_t type; void *value; ulong_t size; } attribute_t;
typedef struct { ulong_t type; void *parameter; ulong_t size; } mechanism_t;

enum {
	OK = 0, GENERAL_ERROR = 5, BAD_ARGUMENTS = 7, NO_ATTRIBUTE = 0x12, NOT_SUPPORTED = 0x54, KEY_HANDLE = 0x60,
	BAD_MECHANISM = 0x70, DATA_RANGE = 0x21, PIN_INCORRECT = 0xA0, PIN_LOCKED = 0xA4, BAD_SESSION = 0xB3,
	ALREADY_IN = 0x100, NOT_IN = 0x101, SHORT_BUFFER = 0x150,
	SLOT = 7, SESSION = 11, CERTIFICATE = 21, KEY = 22, TRIES = 3,
	GARBAGE = 1, WRONG_SIZE = 2, FAIL = 3, /* deeds that the function does itself */
};

static int open_session, logged_in, signing, context_login, tries = TRIES;
static ulong_t mechanism;
static byte_t certificate[8192];
static ulong_t certificate_size;
static attribute_t wanted[8];
static int found_next;
static int *volatile nowhere;

static char *beside(const char *name) {
	static char path[4096];
	Dl_info self;
	if (!dladdr((void *)beside, &self)) return NULL;
	snprintf(path, sizeof path, "%s", self.dli_fname);
	char *slash = strrchr(path, '/');
	snprintf(slash + 1, sizeof path - (slash + 1 - path), "%s", name);
	return path;
}

/* Returns the bytes of a file beside the library, -1 when there is none. */
static long load(const char *name, void *to, size_t most) {
	FILE *f = fopen(beside(name), "rb");
	if (!f) return -1;
	long n = fread(to, 1, most, f);
	fclose(f);
	return n;
}

static void eat(void) {
	for (;;) {
		char *p = malloc(16 << 20);
		if (p) memset(p, 1, 16 << 20);
		else usleep(1000); /* a module that does not even fail */
	}
}

/* Does what the control file orders for this function. */
static int act(const char *function) {
	char order[128] = "", where[64] = "", deed[32] = "", again[16] = "";
	long n = load("do", order, sizeof order - 1);
	if (n < 0 || sscanf(order, "%63s %31s %15s", where, deed, again) < 2 || strcmp(where, function)) return 0;
	if (strcmp(again, "always")) unlink(beside("do"));
	if (!strcmp(deed, "crash")) *nowhere = 1;
	if (!strcmp(deed, "abort")) abort();
	if (!strcmp(deed, "exit")) exit(0);
	if (!strcmp(deed, "loop")) for (volatile int i = 0;; i++);
	if (!strcmp(deed, "block")) for (;;) pause();
	if (!strcmp(deed, "eat")) eat();
	if (!strcmp(deed, "babble")) {
		static const char frame[] = "\x02\x00\x00\x00{}\xFF\xFF\xFF\x7F have a nice day";
		for (int fd = 0; fd < 3; fd++) if (write(fd, frame, sizeof frame) < 0) continue;
		printf("banner\n");
		fflush(stdout);
	}
	if (!strcmp(deed, "garbage")) return GARBAGE;
	if (!strcmp(deed, "wrong-size")) return WRONG_SIZE;
	if (!strcmp(deed, "fail")) return FAIL;
	return 0;
}

#define ACT(deed) int deed = act(__func__); if (deed == FAIL) return GENERAL_ERROR
#define HUGE_COUNT 0x7FFFFFFFFFFFUL

static void pad(byte_t *field, size_t size, const char *text) {
	memset(field, ' ', size);
	memcpy(field, text, strlen(text) < size ? strlen(text) : size);
}

/* Numbers are k words of 64 bits, the lowest first. */
static int below(const uint64_t *a, const uint64_t *b, int k) {
	while (k--) if (a[k] != b[k]) return a[k] < b[k];
	return 0;
}

static void subtract(uint64_t *r, const uint64_t *b, int k) {
	__int128 borrow = 0;
	for (int i = 0; i < k; i++) { borrow += (__int128)r[i] - b[i]; r[i] = borrow; borrow >>= 64; }
}

static void twice(uint64_t *r, const uint64_t *n, int k) {
	uint64_t carry = r[k - 1] >> 63;
	for (int i = k - 1; i > 0; i--) r[i] = r[i] << 1 | r[i - 1] >> 63;
	r[0] <<= 1;
	if (carry || !below(r, n, k)) subtract(r, n, k);
}

/* r = a·b / 2^64k mod n (Montgomery); inverse is -1/n mod 2^64. */
static void multiply(uint64_t *r, const uint64_t *a, const uint64_t *b, const uint64_t *n, uint64_t inverse, int k) {
	uint64_t t[66] = {0};
	for (int i = 0; i < k; i++) {
		unsigned __int128 c = 0;
		for (int j = 0; j < k; j++) { c += (unsigned __int128)a[j] * b[i] + t[j]; t[j] = c; c >>= 64; }
		c += t[k], t[k] = c, t[k + 1] = c >> 64;
		uint64_t m = t[0] * inverse;
		c = ((unsigned __int128)m * n[0] + t[0]) >> 64;
		for (int j = 1; j < k; j++) { c += (unsigned __int128)m * n[j] + t[j]; t[j - 1] = c; c >>= 64; }
		c += t[k], t[k - 1] = c, t[k] = t[k + 1] + (uint64_t)(c >> 64);
	}
	if (t[k] || !below(t, n, k)) subtract(t, n, k);
	memcpy(r, t, 8 * k);
}

static void words(uint64_t *w, const byte_t *b, int k) {
	for (int i = 0; i < k; i++) {
		w[i] = 0;
		for (int j = 0; j < 8; j++) w[i] = w[i] << 8 | b[8 * (k - 1 - i) + j];
	}
}

/* block = block^d mod n. */
static void power(byte_t *block, const byte_t *key, int size) {
	int k = size / 8;
	uint64_t n[64], d[64], m[64], r[64] = {1}, square[64], one[64] = {1}, inverse = 1;
	words(n, key, k), words(d, key + size, k), words(m, block, k);
	for (int i = 0; i < 6; i++) inverse *= 2 - n[0] * inverse;
	inverse = -inverse;
	for (int i = 0; i < 64 * k; i++) twice(r, n, k);
	memcpy(square, r, sizeof square);
	for (int i = 0; i < 64 * k; i++) twice(square, n, k);
	multiply(m, m, square, n, inverse, k);
	for (int bit = 64 * k - 1; bit >= 0; bit--) {
		multiply(r, r, r, n, inverse, k);
		if (d[bit / 64] >> (bit % 64) & 1) multiply(r, r, m, n, inverse, k);
	}
	multiply(r, r, one, n, inverse, k);
	for (int i = 0; i < size; i++) block[size - 1 - i] = r[i / 8] >> (8 * (i % 8));
}

static ulong_t C_Initialize(void *args) {
	(void)args;
	ACT(deed);
	long n = load("cert.der", certificate, sizeof certificate);
	certificate_size = n < 0 ? 0 : n;
	return OK;
}

static ulong_t C_Finalize(void *reserved) {
	(void)reserved;
	ACT(deed);
	open_session = logged_in = 0;
	return OK;
}

static ulong_t C_GetInfo(byte_t *info) {
	memset(info, 0, 88);
	info[0] = 2, info[1] = 40;
	return OK;
}

static ulong_t C_GetSlotList(byte_t present, ulong_t *slots, ulong_t *count) {
	(void)present;
	ACT(deed);
	if (slots && *count) slots[0] = SLOT;
	*count = deed == GARBAGE ? HUGE_COUNT : 1;
	return OK;
}

static ulong_t C_GetSlotInfo(ulong_t slot, slot_info_t *info) {
	char reader[65] = "Hostile slot";
	(void)slot;
	ACT(deed);
	memset(info, 0, sizeof *info);
	long n = load("reader", reader, 64);
	if (n >= 0) reader[n] = 0;
	pad(info->description, 64, reader), pad(info->maker, 32, "test");
	info->flags = 7;
	return OK;
}

static ulong_t C_GetTokenInfo(ulong_t slot, token_info_t *info) {
	char text[32] = "0";
	(void)slot;
	ACT(deed);
	memset(info, deed == GARBAGE ? 0xFF : 0, sizeof *info);
	if (deed == GARBAGE) return OK;
	pad(info->label, 32, "HOSTILE"), pad(info->maker, 32, "test"), pad(info->model, 16, "none"), pad(info->serial, 16, "6090010000000012");
	load("flags", text, sizeof text - 1);
	info->flags = 0x404 | strtoul(text, NULL, 16); /* initialised, login required */
	if (tries == 0) info->flags |= 0x40000;
	else if (tries == 1) info->flags |= 0x20000;
	else if (tries < TRIES) info->flags |= 0x10000;
	info->min_pin = 5, info->max_pin = 8;
	return OK;
}

static ulong_t C_GetMechanismList(ulong_t slot, ulong_t *list, ulong_t *count) {
	char text[128] = "";
	ulong_t n = 0;
	(void)slot;
	ACT(deed);
	load("mechanisms", text, sizeof text - 1);
	for (char *rest, *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest), n++)
		if (list && n < *count) list[n] = strtoul(word, NULL, 16);
	*count = deed == GARBAGE ? HUGE_COUNT : n;
	return OK;
}

static ulong_t C_OpenSession(ulong_t slot, ulong_t flags, void *app, void *notify, ulong_t *session) {
	(void)flags, (void)app, (void)notify;
	ACT(deed);
	if (slot != SLOT) return 3;
	open_session = 1, *session = SESSION;
	return OK;
}

static ulong_t C_CloseSession(ulong_t session) { (void)session; open_session = logged_in = 0; return OK; }
static ulong_t C_CloseAllSessions(ulong_t slot) { ACT(deed); (void)slot; open_session = logged_in = signing = 0; return OK; }

static ulong_t C_GetSessionInfo(ulong_t session, session_info_t *info) {
	ACT(deed);
	if (session != SESSION || !open_session) return BAD_SESSION;
	memset(info, 0, sizeof *info);
	info->slot = SLOT, info->state = logged_in ? 1 : 0, info->flags = 4;
	return OK;
}

static ulong_t C_Login(ulong_t session, ulong_t user, byte_t *pin, ulong_t size) {
	char right[32] = "";
	ACT(deed);
	if (session != SESSION || !open_session) return BAD_SESSION;
	if (user == 1 && logged_in) return ALREADY_IN;
	if (tries == 0) return PIN_LOCKED;
	load("pin", right, sizeof right - 1);
	if (size != strlen(right) || memcmp(pin, right, size)) return --tries ? PIN_INCORRECT : PIN_LOCKED;
	tries = TRIES;
	if (user == 2) context_login = 1;
	else logged_in = 1;
	return OK;
}

static ulong_t C_Logout(ulong_t session) { (void)session; ACT(deed); if (!logged_in) return NOT_IN; logged_in = 0; return OK; }

/* The value of an attribute, or -1. */
static long attribute(ulong_t object, ulong_t type, const void **value) {
	static ulong_t number;
	static byte_t flag;
	switch (type) {
	case 0x000: number = object == CERTIFICATE ? 1 : 3; *value = &number; return sizeof number; /* class */
	case 0x003: *value = "CNS0"; return 4;
	case 0x011: if (object != CERTIFICATE) return -1; *value = certificate; return certificate_size;
	case 0x100: if (object != KEY) return -1; number = 0; *value = &number; return sizeof number;
	case 0x102: *value = "\x01"; return 1;
	case 0x202: if (object != KEY) return -1; flag = access(beside("always"), F_OK) == 0; *value = &flag; return 1;
	}
	return -1;
}

static ulong_t C_GetAttributeValue(ulong_t session, ulong_t object, attribute_t *list, ulong_t count) {
	ulong_t answer = OK;
	ACT(deed);
	if (session != SESSION || !open_session) return BAD_SESSION;
	for (ulong_t i = 0; i < count; i++) {
		const void *value;
		long size = attribute(object, list[i].type, &value);
		if (size < 0) { list[i].size = -1, answer = NO_ATTRIBUTE; continue; }
		if (list[i].value && list[i].size < (ulong_t)size) { list[i].size = -1, answer = SHORT_BUFFER; continue; }
		if (list[i].value) memcpy(list[i].value, value, size);
		list[i].size = deed == GARBAGE ? HUGE_COUNT : (ulong_t)size;
	}
	return answer;
}

static ulong_t C_FindObjectsInit(ulong_t session, attribute_t *list, ulong_t count) {
	ACT(deed);
	if (session != SESSION || !open_session) return BAD_SESSION;
	memset(wanted, 0, sizeof wanted);
	for (ulong_t i = 0; i < count && i < 8; i++) {
		wanted[i] = list[i];
		wanted[i].value = malloc(list[i].size + 1);
		memcpy(wanted[i].value, list[i].value, list[i].size);
	}
	found_next = CERTIFICATE;
	return OK;
}

static int fits(ulong_t object) {
	if (object == KEY && !logged_in) return 0;
	for (int i = 0; i < 8 && wanted[i].value; i++) {
		const void *value;
		long size = attribute(object, wanted[i].type, &value);
		if (size < 0 || (ulong_t)size != wanted[i].size || memcmp(value, wanted[i].value, size)) return 0;
	}
	return 1;
}

static ulong_t C_FindObjects(ulong_t session, ulong_t *objects, ulong_t most, ulong_t *count) {
	(void)session;
	ACT(deed);
	for (*count = 0; found_next <= KEY && *count < most; found_next++)
		if (fits(found_next)) objects[(*count)++] = found_next;
	if (deed == GARBAGE) *count = HUGE_COUNT;
	return OK;
}

static ulong_t C_FindObjectsFinal(ulong_t session) {
	(void)session;
	ACT(deed);
	for (int i = 0; i < 8; i++) free(wanted[i].value), wanted[i].value = NULL;
	return OK;
}

static ulong_t C_SignInit(ulong_t session, mechanism_t *m, ulong_t key) {
	ACT(deed);
	if (session != SESSION || !open_session) return BAD_SESSION;
	if (!logged_in) return NOT_IN;
	if (key != KEY) return KEY_HANDLE;
	if (m->type != 1 && m->type != 3) return BAD_MECHANISM;
	mechanism = m->type, signing = 1, context_login = access(beside("always"), F_OK) != 0;
	return OK;
}

static ulong_t C_Sign(ulong_t session, byte_t *data, ulong_t size, byte_t *signature, ulong_t *length) {
	byte_t key[1024], block[512];
	ACT(deed);
	if (session != SESSION || !signing) return 0x91;
	long half = load("key", key, sizeof key) / 2;
	if (half <= 0 || half % 8 || half > 512) return GENERAL_ERROR;
	if (deed == GARBAGE) { *length = HUGE_COUNT; return OK; }
	if (!signature) { *length = half; return OK; }
	if (*length < (ulong_t)half) { *length = half; return SHORT_BUFFER; }
	signing = 0;
	if (!context_login) return NOT_IN;
	if (size > (ulong_t)half || (mechanism == 3 && size != (ulong_t)half) || (mechanism == 1 && size + 11 > (ulong_t)half)) return DATA_RANGE;
	memset(block, 0xFF, half);
	if (mechanism == 1) block[0] = 0, block[1] = 1, block[half - size - 1] = 0;
	memcpy(block + half - size, data, size);
	power(block, key, half);
	memcpy(signature, block, half);
	*length = deed == WRONG_SIZE ? 5 : half;
	return OK;
}

static ulong_t not_supported(void) { return NOT_SUPPORTED; }

static struct { version_t version; void *functions[68]; } list = {{2, 40}, {0}};

ulong_t C_GetFunctionList(void **out) {
	for (int i = 0; i < 68; i++) list.functions[i] = (void *)not_supported;
	void **f = list.functions;
	f[0] = C_Initialize, f[1] = C_Finalize, f[2] = C_GetInfo, f[3] = C_GetFunctionList, f[4] = C_GetSlotList;
	f[5] = C_GetSlotInfo, f[6] = C_GetTokenInfo, f[7] = C_GetMechanismList, f[12] = C_OpenSession, f[13] = C_CloseSession;
	f[14] = C_CloseAllSessions, f[15] = C_GetSessionInfo, f[18] = C_Login, f[19] = C_Logout, f[24] = C_GetAttributeValue;
	f[26] = C_FindObjectsInit, f[27] = C_FindObjects, f[28] = C_FindObjectsFinal, f[42] = C_SignInit, f[43] = C_Sign;
	act(__func__);
	*out = &list;
	return OK;
}
