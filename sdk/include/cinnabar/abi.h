/* The boundary between the kernel and a plugin: the whole of it, in C.
 *
 * A plugin is a shared library that exports one function, cinnabar_plugin_v1, and a plugin.json
 * beside it that is read before any of its code runs. Only integers, byte spans, sinks, tables and
 * status codes cross. The rules, for both sides:
 *
 *  1. No C++ type, no exception and no memory to be freed by the other side crosses.
 *  2. Every struct begins with its size in bytes. It only ever grows at its end; a reader looks at
 *     struct_size before it touches a member that came later.
 *  3. Byte spans are borrowed for the duration of the call that carries them. They are not
 *     terminated by a zero. Text is UTF-8.
 *  4. Interfaces are found by id and revision ("cinnabar.auth-method/1"). A changed meaning is a
 *     new revision, never a wider old one.
 *  5. A library is never unloaded. A disabled plugin is one that nothing is routed to.
 *
 * Each function names the threads that may call it: [control] the kernel's one control thread at
 * start and stop, [any] any thread, many at once.
 */
#ifndef CINNABAR_ABI_H
#define CINNABAR_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CINNABAR_ABI_MAJOR 1u
#define CINNABAR_ABI_MINOR 0u
#define CINNABAR_PLUGIN_ENTRY "cinnabar_plugin_v1"

/* How a call ended. Except after CINNABAR_OK the reply's document is an error:
 * {"code": "...", "params": {"name": "text"}, "pointer": "/path", "detail": "..."}. */
typedef int32_t cinnabar_status;
enum {
  CINNABAR_OK = 0,
  CINNABAR_REFUSED = 1,     /* the request is at fault, or the rules say no; the code is stable */
  CINNABAR_FAILED = 2,      /* a bug or a broken environment; the detail goes to the log only */
  CINNABAR_UNAVAILABLE = 3, /* try again later: a peer or a resource is not there now */
  CINNABAR_DEADLINE = 4,    /* the call's deadline passed, or it was cancelled */
  CINNABAR_CONFLICT = 5,    /* the data moved underneath; computing again may succeed */
  CINNABAR_UNSUPPORTED = 6  /* no such interface, name or method */
};

typedef struct cinnabar_bytes {
  const char* data;
  size_t size;
} cinnabar_bytes;

/* Takes bytes, all of them or none; may be called several times and then appends. */
typedef struct cinnabar_sink {
  size_t struct_size;
  void* self;
  cinnabar_status (*write)(void* self, cinnabar_bytes bytes);
} cinnabar_sink;

/* The circumstances of a call: on whose behalf, until when. Borrowed for the call. */
typedef struct cinnabar_call {
  size_t struct_size;
  cinnabar_bytes owner;   /* id of the enterprise or person whose bindings apply; empty: none */
  cinnabar_bytes config;  /* JSON: the configuration of the plugin that is called, for the owner */
  cinnabar_bytes trace;   /* request id, for logs */
  cinnabar_bytes locale;  /* "zh" or "en" */
  int64_t deadline_ms;    /* Unix time of the real clock; 0: none */
  int32_t (*cancelled)(const void* self); /* [any] may be null */
  const void* self;       /* the kernel's; handed back unchanged in calls to the host */
} cinnabar_call;

/* A JSON document and the byte spans that its "bytes" members refer to by index. */
typedef struct cinnabar_message {
  size_t struct_size;
  cinnabar_bytes json;
  const cinnabar_bytes* spans;
  size_t span_count;
} cinnabar_message;

/* Where the callee puts its answer: json appends to the document, span adds one span. */
typedef struct cinnabar_reply {
  size_t struct_size;
  void* self;
  cinnabar_status (*json)(void* self, cinnabar_bytes bytes);
  cinnabar_status (*span)(void* self, cinnabar_bytes bytes);
} cinnabar_reply;

/* A service: calls carry a method name, a document and spans. [any] */
typedef struct cinnabar_service {
  size_t struct_size;
  void* self;
  cinnabar_status (*invoke)(void* self, const cinnabar_call* call, cinnabar_bytes method,
                            const cinnabar_message* request, const cinnabar_reply* reply);
} cinnabar_service;

/* One cell of a row or one parameter of a statement. */
enum {
  CINNABAR_NULL = 0,
  CINNABAR_INTEGER = 1,
  CINNABAR_REAL = 2,
  CINNABAR_TEXT = 3,
  CINNABAR_BLOB = 4
};
typedef struct cinnabar_value {
  int32_t type;
  int64_t integer;
  double real;
  cinnabar_bytes bytes;
} cinnabar_value;

/* Receives a result: the column names once, then each row. A status but CINNABAR_OK stops. */
typedef struct cinnabar_rows {
  size_t struct_size;
  void* self;
  cinnabar_status (*columns)(void* self, const cinnabar_bytes* names, size_t count);
  cinnabar_status (*row)(void* self, const cinnabar_value* cells, size_t count);
} cinnabar_rows;

enum { CINNABAR_CLOCK_BUSINESS = 0, CINNABAR_CLOCK_REAL = 1 };
enum {
  CINNABAR_LOG_DEBUG = 0,
  CINNABAR_LOG_INFO = 1,
  CINNABAR_LOG_WARNING = 2,
  CINNABAR_LOG_ERROR = 3
};

/* What the kernel offers to a plugin. Valid from create to the end of the process. A plugin may
 * call it from start on, not within create, except log and config. In a plugin hosted in another
 * process, what is not offered there answers CINNABAR_UNSUPPORTED. */
typedef struct cinnabar_host {
  size_t struct_size;
  void* self;
  void (*log)(void* self, int32_t level, cinnabar_bytes message); /* [any] */
  int64_t (*now_ms)(void* self, int32_t clock);                   /* [any] Unix milliseconds */
  cinnabar_status (*random)(void* self, char* out, size_t size);  /* [any] cryptographic */
  /* [any] Calls a service through the bindings of call->owner. Empty name: the bound default. */
  cinnabar_status (*invoke)(void* self, const cinnabar_call* call, cinnabar_bytes interface_id,
                            cinnabar_bytes name, cinnabar_bytes method,
                            const cinnabar_message* request, const cinnabar_reply* reply);
  /* [any] A table (database, blob store, key store) by interface id and name; null: none. */
  const void* (*table)(void* self, cinnabar_bytes interface_id, cinnabar_bytes name);
  /* [any] Reads from the plugin's own tables. One statement, '?' for parameters. */
  cinnabar_status (*query)(void* self, const cinnabar_call* call, cinnabar_bytes sql,
                           const cinnabar_value* params, size_t count, const cinnabar_rows* rows);
  /* [any] Commits a write-set (the JSON of write_set.hpp) outside of a request: first data at
   * start. Requests, jobs and events return theirs instead. */
  cinnabar_status (*commit)(void* self, const cinnabar_call* call, cinnabar_bytes write_set,
                            const cinnabar_reply* reply);
  /* [any] Stores content durably; the reply's document is its id "sha256:<hex>", quoted. */
  cinnabar_status (*blob_put)(void* self, cinnabar_bytes content, const cinnabar_reply* reply);
  /* [any] Reads at most size bytes from offset. */
  cinnabar_status (*blob_read)(void* self, cinnabar_bytes id, uint64_t offset, uint64_t size,
                               const cinnabar_sink* sink);
  /* [any] A folder that belongs to this plugin; made when first asked for. */
  cinnabar_status (*data_folder)(void* self, const cinnabar_sink* sink);
  /* [any] The plugin's installation-wide configuration, JSON. */
  cinnabar_status (*config)(void* self, const cinnabar_sink* sink);
} cinnabar_host;

/* What the entry function returns: a static table. Life: create, start, calls from any thread,
 * drain (no new call follows), destroy. */
typedef struct cinnabar_plugin {
  size_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  const char* id;      /* as in plugin.json */
  const char* version; /* as in plugin.json */
  const char* build;   /* compiler and library, for diagnostics only */
  /* [control] Does no work beyond checking its configuration. */
  cinnabar_status (*create)(const cinnabar_host* host, const cinnabar_reply* error,
                            void** instance);
  cinnabar_status (*start)(void* instance, const cinnabar_reply* error); /* [control] */
  void (*drain)(void* instance);                                         /* [control] */
  void (*destroy)(void* instance);                                       /* [control] */
  /* [any] A const cinnabar_service* or the table of that interface; null: not provided. */
  const void* (*interface_by_id)(void* instance, cinnabar_bytes interface_id);
} cinnabar_plugin;

typedef const cinnabar_plugin* (*cinnabar_plugin_entry)(void);

/* Table of cinnabar.database/1. A driver runs SQL of the subset that SQLite and MariaDB share. */
typedef struct cinnabar_statement {
  cinnabar_bytes sql;
  const cinnabar_value* params;
  size_t param_count;
  int64_t expect_rows; /* rows it must change; -1: any number */
} cinnabar_statement;
typedef struct cinnabar_transaction {
  const cinnabar_statement* statements;
  size_t statement_count;
} cinnabar_transaction;
typedef struct cinnabar_outcome {
  /* OK, CONFLICT (an expectation or a unique key failed), FAILED, UNAVAILABLE */
  cinnabar_status status;
  size_t failed_statement;  /* index, when the status is not OK */
  char detail[256];         /* zero-terminated, for the log */
} cinnabar_outcome;
typedef struct cinnabar_database {
  size_t struct_size;
  void* self;
  /* [any] One reading statement on a consistent snapshot. */
  cinnabar_status (*query)(void* self, cinnabar_bytes sql, const cinnabar_value* params,
                           size_t count, const cinnabar_rows* rows, const cinnabar_sink* error);
  /* [one thread at a time] Applies the transactions in order, each all or nothing and apart from
   * the others, and makes them durable together before it returns. */
  cinnabar_status (*commit)(void* self, const cinnabar_transaction* transactions, size_t count,
                            cinnabar_outcome* outcomes);
  /* [one thread at a time] Runs a script of several statements in one transaction (migrations). */
  cinnabar_status (*script)(void* self, cinnabar_bytes sql, const cinnabar_sink* error);
} cinnabar_database;

/* Table of cinnabar.blob-store/1: content by digest; content never changes. [any] */
typedef struct cinnabar_blob_store {
  size_t struct_size;
  void* self;
  /* A place to stage content in; the reply's sink gets an absolute path on the same file system,
   * or CINNABAR_UNSUPPORTED for stores that have no such thing. */
  cinnabar_status (*stage)(void* self, const cinnabar_sink* path);
  /* Adopts a staged file under its digest (64 hex digits), durable on return. Twice is once. */
  cinnabar_status (*adopt)(void* self, cinnabar_bytes path, cinnabar_bytes sha256);
  cinnabar_status (*put)(void* self, cinnabar_bytes sha256, cinnabar_bytes content);
  cinnabar_status (*size)(void* self, cinnabar_bytes sha256, uint64_t* size);
  cinnabar_status (*read)(void* self, cinnabar_bytes sha256, uint64_t offset, uint64_t size,
                          const cinnabar_sink* sink);
  cinnabar_status (*remove)(void* self, cinnabar_bytes sha256);
  /* Calls the sink once for each digest. */
  cinnabar_status (*list)(void* self, const cinnabar_sink* each);
} cinnabar_blob_store;

/* Table of cinnabar.key-store/1. Private keys never leave it. [any] */
typedef struct cinnabar_key_store {
  size_t struct_size;
  void* self;
  /* algorithm: "ec-p256", "ec-p384", "rsa-2048", "rsa-3072", "rsa-4096", "ed25519"; a store need
   * not know the last one. The sink gets the new key's id. */
  cinnabar_status (*create)(void* self, cinnabar_bytes algorithm, const cinnabar_sink* id,
                            const cinnabar_sink* error);
  /* The sink gets the SubjectPublicKeyInfo, DER. */
  cinnabar_status (*public_key)(void* self, cinnabar_bytes id, const cinnabar_sink* spki,
                                const cinnabar_sink* error);
  /* digest: finished, of the algorithm "sha256" or "sha384". The sink gets the signature as CMS
   * carries it: ECDSA-Sig-Value in DER, or the RSA PKCS #1 v1.5 block. An Ed25519 key (RFC 8032)
   * takes the message itself, with the algorithm "none", and gives 64 bytes. */
  cinnabar_status (*sign)(void* self, cinnabar_bytes id, cinnabar_bytes digest_algorithm,
                          cinnabar_bytes digest, const cinnabar_sink* signature,
                          const cinnabar_sink* error);
  cinnabar_status (*destroy)(void* self, cinnabar_bytes id);
} cinnabar_key_store;

#ifdef __cplusplus
}
#endif

#endif /* CINNABAR_ABI_H */
