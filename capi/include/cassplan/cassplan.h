/*
 * cassplan: decides what to do to an Apache Cassandra cluster. The C API.
 *
 * Bytes in, bytes out. A call takes one message of the schema (cassplan/v1, in .proto files) and gives one back, as
 * JSON or as serialized Protocol Buffers, whichever the first argument says. There are no callbacks, no clock, no log,
 * no thread, no file and no network in here: the host observes, plans, acts, and asks again.
 *
 *   cassplan_buffer *response = NULL;
 *   cassplan_error *error = NULL;
 *   if (cassplan_plan(CASSPLAN_ENCODING_JSON, text, text_size, &response, &error) != CASSPLAN_OK) {
 *     fprintf(stderr, "%s\n", cassplan_error_message(error));
 *     cassplan_error_free(error);
 *   } else {
 *     fwrite(cassplan_buffer_data(response), 1, cassplan_buffer_size(response), stdout);
 *     cassplan_buffer_free(response);
 *   }
 *
 * The rules, for every function:
 *
 * Errors and outcomes. A status other than CASSPLAN_OK says that the call itself could not be done: the bytes cannot be
 * read, a limit is exceeded, a pointer is missing. "Blocked because a node is down", "refused", "this change is not
 * legal" are answers, not errors: they come with CASSPLAN_OK, in the response's `outcome`, `held` and `findings`.
 *
 * Ownership. Inputs are borrowed until the call returns, and nothing of them is kept. Outputs belong to the caller, who
 * gives them back with cassplan_buffer_free or cassplan_error_free, once; both accept NULL. Every output pointer is set
 * to NULL first: after a failure there is an error and no buffer, after success a buffer and no error. `error` may be
 * NULL when only the status matters; the pointer to the output may not. Strings that are returned live as long as what
 * they were asked of, or for ever where nothing was asked, are UTF-8, end with a zero byte and are never freed.
 *
 * Inputs. `data` may be NULL when `size` is 0: that is an empty proto message; JSON needs at least "{}". Any bytes are
 * allowed, and refused with an error when they are not what they should be: no input makes the library abort, throw,
 * write past anything or leak. What is not a handle of this library, or was freed, is the caller's mistake, as in all
 * C.
 *
 * Memory. Where the library itself finds none, the status is CASSPLAN_RESOURCE_EXHAUSTED. Protocol Buffers, which holds
 * the messages, is not made to go on without memory and may end the program; limit what you pass, not what is free.
 *
 * Limits. Inputs up to CASSPLAN_MAX_INPUT_BYTES and 64 levels of nesting; bounds of single fields are in the schema.
 * Work without a bound in its input has one in its request (`max_...`), and the answer says when it was reached.
 *
 * Threads. Functions without a handle may be called from any number of threads at once. A buffer or an error may be
 * read by many threads; freeing it is exclusive. A reconciler is used by one thread at a time, not always by the same;
 * different ones are independent. Nothing blocks, and nothing is tied to the thread that made it.
 *
 * Determinism. Equal requests give equal bytes, on every machine.
 *
 * JSON. Field names as in the schema, enum values in lower case without their type's prefix ("restart_node"), 64-bit
 * integers as numbers, no floats. Output is canonical: sorted keys, two spaces, one newline at the end. A field that is
 * not known is an error, except in `observed`, where it becomes a finding. All problems of a text are reported at once,
 * with path, line and column (cassplan_error_details).
 *
 * Versions. Three numbers with three jobs. The ABI version is the soname's; it changes when a compiled program would
 * break, and until 1.0 it stays 0 while functions may still be added. The library's version is for people. The schema's
 * is Plan.format_version; fields and enum values are only ever added to it. Call cassplan_check_version when the
 * library is loaded; ask cassplan_capabilities what it can do; tell it in PlanRequest.capabilities what the executor
 * can do.
 *
 * One process must not hold both this library and the C++ library (cassplan::cassplan): both register the same schema
 * with Protocol Buffers, which then ends the program. A host's own, other, schema does no harm.
 */
#ifndef CASSPLAN_CASSPLAN_H_
#define CASSPLAN_CASSPLAN_H_

#include <stddef.h>
#include <stdint.h>

/* What a compiled program relies on. The soname is libcassplan.so.<CASSPLAN_ABI_VERSION>. */
#define CASSPLAN_ABI_VERSION 0
/* Of this header: major * 1000000 + minor * 1000 + patch. */
#define CASSPLAN_VERSION_NUMBER 1000

#define CASSPLAN_MAX_INPUT_BYTES 268435456 /* 256 MiB */

#ifndef CASSPLAN_API
#if defined(__GNUC__)
#define CASSPLAN_API __attribute__((visibility("default")))
#else
#define CASSPLAN_API
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What became of a call: 0, or one of Abseil's and gRPC's canonical codes. Others may be added. */
typedef int32_t cassplan_status;
#define CASSPLAN_OK 0
#define CASSPLAN_INVALID_ARGUMENT 3    /* the input is not what it should be; change it */
#define CASSPLAN_RESOURCE_EXHAUSTED 8  /* a limit is exceeded, or there is no memory */
#define CASSPLAN_FAILED_PRECONDITION 9 /* header and library do not fit together */
#define CASSPLAN_INTERNAL 13           /* a defect of this library; report it with the request */

/* How messages are written. Never 0, so that a forgotten argument is noticed. */
typedef int32_t cassplan_encoding;
#define CASSPLAN_ENCODING_PROTO 1
#define CASSPLAN_ENCODING_JSON 2
#define CASSPLAN_ENCODING_YAML 3 /* input of cassplan_convert only; at most 1 MiB */

/* Bytes that the library made. */
typedef struct cassplan_buffer cassplan_buffer;
/* Why a call could not be done. */
typedef struct cassplan_error cassplan_error;
/* Drives one cluster; see below. */
typedef struct cassplan_reconciler cassplan_reconciler;
/* A simulation under way; see below. */
typedef struct cassplan_simulation cassplan_simulation;

/* ---- versions ---- */

/* The version of the library that was loaded, such as "0.1.0". Its ABI version is in cassplan_capabilities. */
CASSPLAN_API const char* cassplan_version_string(void);

/*
 * Whether the loaded library serves a program that was compiled with this header; pass CASSPLAN_ABI_VERSION and
 * CASSPLAN_VERSION_NUMBER. CASSPLAN_FAILED_PRECONDITION: another ABI, or a library older than the header (functions
 * that the header declares may be missing).
 */
CASSPLAN_API cassplan_status cassplan_check_version(int32_t header_abi_version, int32_t header_version_number,
                                                    cassplan_error** error);

/* What the library can do: a LibraryInfo. */
CASSPLAN_API cassplan_status cassplan_capabilities(cassplan_encoding encoding, cassplan_buffer** info,
                                                   cassplan_error** error);

/* ---- buffers ---- */

/* The bytes; never NULL, also when there are none. They live as long as the buffer. No zero byte follows them. */
CASSPLAN_API const uint8_t* cassplan_buffer_data(const cassplan_buffer* buffer);
/* How many; 0 for NULL. */
CASSPLAN_API size_t cassplan_buffer_size(const cassplan_buffer* buffer);
CASSPLAN_API void cassplan_buffer_free(cassplan_buffer* buffer);

/* ---- errors ---- */

/* The status that came with it; CASSPLAN_OK for NULL. */
CASSPLAN_API cassplan_status cassplan_error_code(const cassplan_error* error);
/* What is wrong and what to do about it, for a person; "" for NULL. Several problems are several lines. */
CASSPLAN_API const char* cassplan_error_message(const cassplan_error* error);
/* The same for programs: an ErrorDetails with path, line and column of each problem; empty where there is none. */
CASSPLAN_API cassplan_status cassplan_error_details(const cassplan_error* error, cassplan_encoding encoding,
                                                    cassplan_buffer** details);
CASSPLAN_API void cassplan_error_free(cassplan_error* error);

/* ---- the pure calls ----
 * All alike: one message of the given encoding in, one out. Each names its messages. They return CASSPLAN_OK,
 * CASSPLAN_INVALID_ARGUMENT, CASSPLAN_RESOURCE_EXHAUSTED or CASSPLAN_INTERNAL.
 */

/*
 * Plans: PlanRequest -> PlanResponse. Start only actions that are `ready`, observe again, plan again.
 * A PlanRequest that can be read and is not legal gives a response with the outcome INVALID.
 */
CASSPLAN_API cassplan_status cassplan_plan(cassplan_encoding encoding, const void* request, size_t request_size,
                                           cassplan_buffer** response, cassplan_error** error);

/*
 * Reads what people have: Sources -> SourcesRead. A CassandraCluster (or a Desired) and a dump (kubernetes.json,
 * jolokia/<pod>.json, ...) or an Observed become a PlanRequest. CASSPLAN_INVALID_ARGUMENT: something cannot be read;
 * cassplan_error_details has every problem with its file and line.
 */
CASSPLAN_API cassplan_status cassplan_read(cassplan_encoding encoding, const void* sources, size_t sources_size,
                                           cassplan_buffer** read, cassplan_error** error);

/*
 * Checks without needing a plan: PlanRequest -> Validation. Whether what is desired is legal, in itself and as a change
 * of what is observed. Here, a request that cannot be read is an answer too: `legal` is false and the findings of the
 * rule `unreadable` say why.
 */
CASSPLAN_API cassplan_status cassplan_validate(cassplan_encoding encoding, const void* request, size_t request_size,
                                               cassplan_buffer** validation, cassplan_error** error);

/*
 * Proves a plan again, with code that shares nothing with the planner: VerifyRequest -> VerifyResponse. Bounded by
 * `max_states`; where that was not enough the response has a `checkpoint`, with which the next call goes on.
 * CASSPLAN_INVALID_ARGUMENT also: the response is no plan of the request, the checkpoint is of another proof, or a
 * bound is out of its range.
 */
CASSPLAN_API cassplan_status cassplan_verify(cassplan_encoding encoding, const void* request, size_t request_size,
                                             cassplan_buffer** response, cassplan_error** error);

/*
 * Writes a plan for people: RenderRequest -> text in UTF-8 (whatever the encoding of the request). Text from the
 * cluster is made harmless for terminals. CASSPLAN_INVALID_ARGUMENT also: a format that is not known.
 */
CASSPLAN_API cassplan_status cassplan_render(cassplan_encoding encoding, const void* request, size_t request_size,
                                             cassplan_buffer** text, cassplan_error** error);

/*
 * Says why something is planned or held, and what would change it: ExplainRequest -> Explanation.
 * CASSPLAN_INVALID_ARGUMENT also: nothing is called so; the message lists names that are near.
 */
CASSPLAN_API cassplan_status cassplan_explain(cassplan_encoding encoding, const void* request, size_t request_size,
                                              cassplan_buffer** explanation, cassplan_error** error);

/* What differs between two plans: DiffRequest -> PlanDifference. */
CASSPLAN_API cassplan_status cassplan_diff(cassplan_encoding encoding, const void* request, size_t request_size,
                                           cassplan_buffer** difference, cassplan_error** error);

/*
 * Writes one message of the schema in another encoding. `message` is its name without the package, such as
 * "PlanRequest"; LibraryInfo.messages lists them. JSON to JSON makes a text canonical. Fields that the schema does not
 * know are an error in JSON and YAML, and are dropped from proto.
 */
CASSPLAN_API cassplan_status cassplan_convert(const char* message, cassplan_encoding from, const void* data,
                                              size_t data_size, cassplan_encoding to, cassplan_buffer** out,
                                              cassplan_error** error);

/* ---- simulations ----
 * Run the planner and the reconciler on a fake cluster in virtual time, with faults. A run may take seconds, so it goes
 * in pieces that the host bounds:
 *
 *   status = cassplan_simulation_new(encoding, request, size, &simulation, &error);
 *   while (status == CASSPLAN_OK && result == NULL)
 *     status = cassplan_simulation_run(simulation, 10000, encoding, &result, &error);
 *   cassplan_simulation_free(simulation);
 *
 * The pieces change nothing: equal requests give equal results, byte for byte. One thread at a time; a second one at
 * the same moment gets CASSPLAN_FAILED_PRECONDITION.
 */

/*
 * Prepares a run: SimulationRequest. `*simulation` is NULL after a failure; free it with cassplan_simulation_free.
 * CASSPLAN_INVALID_ARGUMENT also: a fault that cannot be read (the message has its column), or a number out of bounds.
 */
CASSPLAN_API cassplan_status cassplan_simulation_new(cassplan_encoding encoding, const void* request,
                                                     size_t request_size, cassplan_simulation** simulation,
                                                     cassplan_error** error);

/*
 * Goes on for at most `max_steps` events of virtual time (at least 1; a node takes tens of them per hour). While the
 * run is not over, `*result` is NULL and the status CASSPLAN_OK; then it is the SimulationResult, once: after that
 * CASSPLAN_FAILED_PRECONDITION. Virtual time is bounded by the request's `limit_seconds`.
 */
CASSPLAN_API cassplan_status cassplan_simulation_run(cassplan_simulation* simulation, int64_t max_steps,
                                                     cassplan_encoding encoding, cassplan_buffer** result,
                                                     cassplan_error** error);

/* NULL is accepted. At any moment: a run that is not over is given up. */
CASSPLAN_API void cassplan_simulation_free(cassplan_simulation* simulation);

/* ---- the reconciler ----
 * A state machine that drives one cluster to what is desired, for hosts that act. It does nothing itself: each step
 * takes what happened and gives what to do next (observe, store the ledger, start an action, wait), in order, at least
 * once. cassplan/v1/reconcile.proto says what each event and effect asks of the host. Time comes with the events.
 *
 * One thread at a time; a second one at the same moment gets CASSPLAN_FAILED_PRECONDITION. After CASSPLAN_INTERNAL free
 * it and go on from the last checkpoint.
 */

/*
 * A new reconciler, or one that goes on from a checkpoint: ReconcilerConfig. `*reconciler` is NULL after a failure;
 * free it with cassplan_reconciler_free. CASSPLAN_INVALID_ARGUMENT: a value is out of its range, or the checkpoint is
 * none.
 */
CASSPLAN_API cassplan_status cassplan_reconciler_new(cassplan_encoding encoding, const void* config, size_t config_size,
                                                     cassplan_reconciler** reconciler, cassplan_error** error);

/* One step: ReconcilerStep -> ReconcilerEffects. After CASSPLAN_INVALID_ARGUMENT nothing has changed. */
CASSPLAN_API cassplan_status cassplan_reconciler_step(cassplan_reconciler* reconciler, cassplan_encoding encoding,
                                                      const void* step, size_t step_size, cassplan_buffer** effects,
                                                      cassplan_error** error);

/* All that it remembers: a ReconcileCheckpoint. Losing it is safe, and costs an observation. */
CASSPLAN_API cassplan_status cassplan_reconciler_checkpoint(cassplan_reconciler* reconciler, cassplan_encoding encoding,
                                                            cassplan_buffer** checkpoint, cassplan_error** error);

/* NULL is accepted. */
CASSPLAN_API void cassplan_reconciler_free(cassplan_reconciler* reconciler);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* CASSPLAN_CASSPLAN_H_ */
