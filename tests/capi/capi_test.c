/* The C API from C99: what it promises, and what callers get wrong. usage: capi_test REQUEST.json */
#include <cassplan/cassplan.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

static void check(int condition, const char* text, int line) {
  if (condition) return;
  ++failures;
  fprintf(stderr, "capi_test.c:%d: %s\n", line, text);
}
#define CHECK(condition) check((condition) != 0, #condition, __LINE__)

typedef cassplan_status (*pure_call)(cassplan_encoding, const void*, size_t, cassplan_buffer**, cassplan_error**);

/* A whole simulation, in pieces of `max_steps`. */
static cassplan_status simulate_by(int64_t max_steps, cassplan_encoding encoding, const void* data, size_t size,
                                   cassplan_buffer** out, cassplan_error** error) {
  cassplan_simulation* simulation = (cassplan_simulation*)(uintptr_t)8;
  cassplan_status status = cassplan_simulation_new(encoding, data, size, &simulation, error);
  CHECK((status == CASSPLAN_OK) == (simulation != NULL));
  if (out != NULL) *out = NULL;
  while (status == CASSPLAN_OK) {
    status = cassplan_simulation_run(simulation, max_steps, encoding, out, error);
    if (out == NULL || *out != NULL) break;
  }
  cassplan_simulation_free(simulation);
  return status;
}
static cassplan_status simulate(cassplan_encoding encoding, const void* data, size_t size, cassplan_buffer** out,
                                cassplan_error** error) {
  return simulate_by(1000, encoding, data, size, out, error);
}

static const pure_call kPure[] = {cassplan_plan,   cassplan_read,    cassplan_validate, cassplan_verify,
                                  cassplan_render, cassplan_explain, cassplan_diff,     simulate};
#define PURE_CALLS (sizeof(kPure) / sizeof(kPure[0]))

/* A buffer and an error that were there before; calls must not leave them in the outputs. */
static cassplan_buffer* const kStaleBuffer = (cassplan_buffer*)(uintptr_t)8;
static cassplan_error* const kStaleError = (cassplan_error*)(uintptr_t)8;

/* Calls, checks the outputs against the status, frees them; `text` gets the start of the message or answer. */
static cassplan_status call(pure_call function, cassplan_encoding encoding, const void* data, size_t size, char* text,
                            size_t text_size) {
  cassplan_buffer* out = kStaleBuffer;
  cassplan_error* error = kStaleError;
  const cassplan_status status = function(encoding, data, size, &out, &error);
  CHECK((status == CASSPLAN_OK) == (out != NULL));
  CHECK((status == CASSPLAN_OK) == (error == NULL));
  if (out == kStaleBuffer || error == kStaleError) abort();
  CHECK(cassplan_error_code(error) == status);
  if (status != CASSPLAN_OK) CHECK(strlen(cassplan_error_message(error)) > 0);
  if (text != NULL) {
    const size_t n = cassplan_buffer_size(out) < text_size - 1 ? cassplan_buffer_size(out) : text_size - 1;
    if (status == CASSPLAN_OK) {
      memcpy(text, cassplan_buffer_data(out), n);
      text[n] = 0;
    } else {
      snprintf(text, text_size, "%s", cassplan_error_message(error));
    }
  }
  cassplan_buffer_free(out);
  cassplan_error_free(error);
  return status;
}

static cassplan_buffer* converted(const char* message, cassplan_encoding from, const void* data, size_t size,
                                  cassplan_encoding to) {
  cassplan_buffer* out = NULL;
  cassplan_error* error = NULL;
  CHECK(cassplan_convert(message, from, data, size, to, &out, &error) == CASSPLAN_OK);
  if (error != NULL) fprintf(stderr, "%s\n", cassplan_error_message(error));
  cassplan_error_free(error);
  return out;
}

static void versions(void) {
  cassplan_error* error = kStaleError;
  CHECK(strchr(cassplan_version_string(), '.') != NULL);
  CHECK(cassplan_check_version(CASSPLAN_ABI_VERSION, CASSPLAN_VERSION_NUMBER, &error) == CASSPLAN_OK && error == NULL);
  CHECK(cassplan_check_version(CASSPLAN_ABI_VERSION, 0, NULL) == CASSPLAN_OK);
  CHECK(cassplan_check_version(CASSPLAN_ABI_VERSION + 1, 0, &error) == CASSPLAN_FAILED_PRECONDITION);
  CHECK(strstr(cassplan_error_message(error), "ABI") != NULL);
  cassplan_error_free(error);
  CHECK(cassplan_check_version(CASSPLAN_ABI_VERSION, 999999999, &error) == CASSPLAN_FAILED_PRECONDITION);
  cassplan_error_free(error);
  CHECK(cassplan_check_version(-1, -1, NULL) == CASSPLAN_FAILED_PRECONDITION);
}

static void capabilities(void) {
  cassplan_buffer* info = NULL;
  cassplan_error* error = NULL;
  CHECK(cassplan_capabilities(CASSPLAN_ENCODING_JSON, &info, NULL) == CASSPLAN_OK);
  char* text = calloc(cassplan_buffer_size(info) + 1, 1);
  if (text == NULL) abort();
  memcpy(text, cassplan_buffer_data(info), cassplan_buffer_size(info));
  CHECK(strstr(text, "\"cassplan_plan\"") != NULL && strstr(text, "\"restart_node\"") != NULL);
  CHECK(strstr(text, "\"PlanRequest\"") != NULL && strstr(text, "\"plan_format_version\": \"1.0\"") != NULL);
  free(text);
  cassplan_buffer_free(info);
  CHECK(cassplan_capabilities(0, &info, &error) == CASSPLAN_INVALID_ARGUMENT && info == NULL && error != NULL);
  cassplan_error_free(error);
  CHECK(cassplan_capabilities(CASSPLAN_ENCODING_JSON, NULL, NULL) == CASSPLAN_INVALID_ARGUMENT);
}

static void null_handles(void) {
  cassplan_buffer* details = NULL;
  CHECK(cassplan_buffer_data(NULL) != NULL && cassplan_buffer_size(NULL) == 0);
  CHECK(cassplan_error_code(NULL) == CASSPLAN_OK && strcmp(cassplan_error_message(NULL), "") == 0);
  cassplan_buffer_free(NULL);
  cassplan_error_free(NULL);
  CHECK(cassplan_error_details(NULL, CASSPLAN_ENCODING_JSON, &details) == CASSPLAN_OK && details != NULL);
  cassplan_buffer_free(details);
  CHECK(cassplan_error_details(NULL, 7, &details) == CASSPLAN_INVALID_ARGUMENT && details == NULL);
  CHECK(cassplan_error_details(NULL, CASSPLAN_ENCODING_JSON, NULL) == CASSPLAN_INVALID_ARGUMENT);
}

/* Arguments that no caller should give. */
static void wrong_arguments(const char* json, size_t size) {
  for (size_t i = 0; i < PURE_CALLS; ++i) {
    cassplan_error* error = kStaleError;
    CHECK(kPure[i](CASSPLAN_ENCODING_JSON, json, size, NULL, &error) == CASSPLAN_INVALID_ARGUMENT && error != NULL);
    cassplan_error_free(error);
    CHECK(kPure[i](CASSPLAN_ENCODING_JSON, NULL, 0, NULL, NULL) == CASSPLAN_INVALID_ARGUMENT);
    CHECK(call(kPure[i], CASSPLAN_ENCODING_JSON, NULL, 5, NULL, 0) == CASSPLAN_INVALID_ARGUMENT);
    CHECK(call(kPure[i], CASSPLAN_ENCODING_PROTO, NULL, SIZE_MAX, NULL, 0) == CASSPLAN_INVALID_ARGUMENT);
    const cassplan_encoding encodings[] = {0, -1, 3, 4, INT32_MAX, INT32_MIN};
    for (size_t e = 0; e < sizeof(encodings) / sizeof(encodings[0]); ++e) {
      CHECK(call(kPure[i], encodings[e], json, size, NULL, 0) == CASSPLAN_INVALID_ARGUMENT);
    }
    /* Refused by its size, before a byte of it is read. */
    CHECK(call(kPure[i], CASSPLAN_ENCODING_PROTO, json, (size_t)CASSPLAN_MAX_INPUT_BYTES + 1, NULL, 0) ==
          CASSPLAN_RESOURCE_EXHAUSTED);
  }
  cassplan_buffer* out = NULL;
  cassplan_error* error = NULL;
  CHECK(cassplan_convert(NULL, CASSPLAN_ENCODING_JSON, "{}", 2, CASSPLAN_ENCODING_PROTO, &out, NULL) ==
        CASSPLAN_INVALID_ARGUMENT);
  CHECK(cassplan_convert("NoSuchThing", CASSPLAN_ENCODING_JSON, "{}", 2, CASSPLAN_ENCODING_PROTO, &out, &error) ==
        CASSPLAN_INVALID_ARGUMENT);
  CHECK(out == NULL && strstr(cassplan_error_message(error), "NoSuchThing") != NULL);
  cassplan_error_free(error);
  CHECK(cassplan_convert("", CASSPLAN_ENCODING_JSON, "{}", 2, CASSPLAN_ENCODING_PROTO, &out, NULL) ==
        CASSPLAN_INVALID_ARGUMENT);
  CHECK(cassplan_convert("PlanRequest", CASSPLAN_ENCODING_JSON, "{}", 2, CASSPLAN_ENCODING_YAML, &out, NULL) ==
        CASSPLAN_INVALID_ARGUMENT);
}

/* Empty, cut and damaged inputs: any answer, but no crash. */
static void damaged_inputs(const char* json, size_t json_size) {
  cassplan_buffer* proto = converted("PlanRequest", CASSPLAN_ENCODING_JSON, json, json_size, CASSPLAN_ENCODING_PROTO);
  const uint8_t* bytes = cassplan_buffer_data(proto);
  const size_t size = cassplan_buffer_size(proto);
  uint8_t* copy = malloc(size);
  size_t step = size / 300 + 1;
  char text[64];
  if (copy == NULL) abort();
  CHECK(call(cassplan_plan, CASSPLAN_ENCODING_PROTO, NULL, 0, text, sizeof text) == CASSPLAN_OK); /* INVALID */
  CHECK(call(cassplan_plan, CASSPLAN_ENCODING_JSON, NULL, 0, NULL, 0) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(call(cassplan_plan, CASSPLAN_ENCODING_JSON, "{}", 2, text, sizeof text) == CASSPLAN_OK);
  CHECK(call(cassplan_plan, CASSPLAN_ENCODING_JSON, bytes, size, NULL, 0) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(call(cassplan_plan, CASSPLAN_ENCODING_PROTO, json, json_size, NULL, 0) == CASSPLAN_INVALID_ARGUMENT);
  for (size_t i = 0; i < PURE_CALLS; ++i) {
    for (size_t cut = 0; cut < size; cut += step) {
      /* Exactly so many bytes on the heap, so that reading one more is seen. */
      uint8_t* part = malloc(cut == 0 ? 1 : cut);
      if (part == NULL) abort();
      memcpy(part, bytes, cut);
      call(kPure[i], CASSPLAN_ENCODING_PROTO, part, cut, NULL, 0);
      free(part);
    }
    for (size_t at = 0; at < size; at += step) {
      memcpy(copy, bytes, size);
      copy[at] ^= (uint8_t)(1u << (at % 8));
      call(kPure[i], CASSPLAN_ENCODING_PROTO, copy, size, NULL, 0);
    }
  }
  for (size_t cut = 0; cut < json_size; cut += json_size / 100 + 1) {
    CHECK(call(cassplan_plan, CASSPLAN_ENCODING_JSON, json, cut, NULL, 0) == CASSPLAN_INVALID_ARGUMENT);
  }
  free(copy);
  cassplan_buffer_free(proto);
}

static void deep_inputs(void) {
  enum { kDeep = 1000000 };
  char* deep = malloc(kDeep);
  if (deep == NULL) abort();
  memset(deep, '[', kDeep);
  for (size_t i = 0; i < PURE_CALLS; ++i) {
    const cassplan_status status = call(kPure[i], CASSPLAN_ENCODING_JSON, deep, kDeep, NULL, 0);
    CHECK(kPure[i] == cassplan_validate ? status == CASSPLAN_OK : status == CASSPLAN_INVALID_ARGUMENT);
    memset(deep, 0x0a, kDeep); /* field 1, of length 10, holding field 1, ... */
    call(kPure[i], CASSPLAN_ENCODING_PROTO, deep, kDeep, NULL, 0);
    memset(deep, '[', kDeep);
  }
  free(deep);
}

static void problems_have_places(void) {
  const char* bad = "{\n  \"desired\": {\"clutser\": \"demo\"},\n  \"now_seconds\": \"soon\"\n}";
  cassplan_buffer* out = NULL;
  cassplan_buffer* details = NULL;
  cassplan_error* error = NULL;
  char text[4096] = "";
  CHECK(cassplan_plan(CASSPLAN_ENCODING_JSON, bad, strlen(bad), &out, &error) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(strstr(cassplan_error_message(error), "desired.clutser") != NULL);
  CHECK(strstr(cassplan_error_message(error), "now_seconds") != NULL);
  CHECK(cassplan_error_details(error, CASSPLAN_ENCODING_JSON, &details) == CASSPLAN_OK);
  CHECK(cassplan_buffer_size(details) < sizeof text);
  memcpy(text, cassplan_buffer_data(details), cassplan_buffer_size(details));
  CHECK(strstr(text, "\"line\": 2") != NULL && strstr(text, "\"line\": 3") != NULL);
  cassplan_buffer_free(details);
  cassplan_error_free(error);
  /* The same is an answer of validate. */
  CHECK(call(cassplan_validate, CASSPLAN_ENCODING_JSON, bad, strlen(bad), text, sizeof text) == CASSPLAN_OK);
  CHECK(strstr(text, "\"unreadable\"") != NULL && strstr(text, "clutser") != NULL && strstr(text, "\"legal\"") == NULL);
}

/* What is not known in what is observed is a finding; anywhere else it is refused, in both encodings. */
static void unknown_fields(void) {
  const char* observed = "{\"now_seconds\": 5, \"observed\": {\"new_fact\": 1}}";
  char text[65536];
  CHECK(call(cassplan_plan, CASSPLAN_ENCODING_JSON, observed, strlen(observed), text, sizeof text) == CASSPLAN_OK);
  CHECK(strstr(text, "\"unknown-field\"") != NULL && strstr(text, "observed.new_fact") != NULL);
  /* desired { field 1000: 0 } and observed { field 1000: 0 } */
  const uint8_t in_desired[] = {0x0a, 0x03, 0xc0, 0x3e, 0x00};
  const uint8_t in_observed[] = {0x12, 0x03, 0xc0, 0x3e, 0x00};
  CHECK(call(cassplan_plan, CASSPLAN_ENCODING_PROTO, in_desired, 5, text, sizeof text) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(strstr(text, "desired") != NULL && strstr(text, "1000") != NULL);
  CHECK(call(cassplan_plan, CASSPLAN_ENCODING_PROTO, in_observed, 5, NULL, 0) == CASSPLAN_OK);
}

static void round_trip(const char* json, size_t size) {
  cassplan_buffer* proto = converted("PlanRequest", CASSPLAN_ENCODING_JSON, json, size, CASSPLAN_ENCODING_PROTO);
  cassplan_buffer* back = converted("PlanRequest", CASSPLAN_ENCODING_PROTO, cassplan_buffer_data(proto),
                                    cassplan_buffer_size(proto), CASSPLAN_ENCODING_JSON);
  CHECK(cassplan_buffer_size(back) == size && memcmp(cassplan_buffer_data(back), json, size) == 0);
  cassplan_buffer* a = NULL;
  cassplan_buffer* b = NULL;
  CHECK(cassplan_plan(CASSPLAN_ENCODING_PROTO, cassplan_buffer_data(proto), cassplan_buffer_size(proto), &a, NULL) ==
        CASSPLAN_OK);
  CHECK(cassplan_plan(CASSPLAN_ENCODING_JSON, json, size, &b, NULL) == CASSPLAN_OK);
  cassplan_buffer* a_json = converted("PlanResponse", CASSPLAN_ENCODING_PROTO, cassplan_buffer_data(a),
                                      cassplan_buffer_size(a), CASSPLAN_ENCODING_JSON);
  CHECK(cassplan_buffer_size(a_json) == cassplan_buffer_size(b));
  CHECK(memcmp(cassplan_buffer_data(a_json), cassplan_buffer_data(b), cassplan_buffer_size(b)) == 0);
  cassplan_buffer_free(a_json);
  cassplan_buffer_free(a);
  cassplan_buffer_free(b);
  cassplan_buffer_free(back);
  cassplan_buffer_free(proto);
  const char* yaml = "cluster: demo\ndatacenters:\n- name: no\n";
  cassplan_buffer* from_yaml = converted("Desired", CASSPLAN_ENCODING_YAML, yaml, strlen(yaml), CASSPLAN_ENCODING_JSON);
  char text[256] = "";
  CHECK(cassplan_buffer_size(from_yaml) < sizeof text);
  memcpy(text, cassplan_buffer_data(from_yaml), cassplan_buffer_size(from_yaml));
  CHECK(strstr(text, "\"name\": \"no\"") != NULL);
  cassplan_buffer_free(from_yaml);
}

/* Both messages in one JSON text, as field `request` and `response`, with `more`. */
static char* envelope(const char* request, size_t request_size, const char* response, size_t response_size,
                      const char* more) {
  char* text = malloc(request_size + response_size + strlen(more) + 64);
  size_t at = 0;
  if (text == NULL) abort();
  at += (size_t)sprintf(text, "{%s\"request\": ", more);
  memcpy(text + at, request, request_size);
  at += request_size;
  at += (size_t)sprintf(text + at, ", \"response\": ");
  memcpy(text + at, response, response_size);
  strcpy(text + at + response_size, "}");
  return text;
}

/* What is left of a proof that was cut short. */
static void goes_on(const char* json, size_t size, const char* response, size_t response_size, const char* answer) {
  char more[4096];
  char text[4096];
  const char* checkpoint = strstr(answer, "\"checkpoint\"");
  CHECK(checkpoint != NULL);
  if (checkpoint == NULL) return;
  strcpy(more, checkpoint);
  strcpy(strchr(more, '}') + 1, ", "); /* it has no other objects within */
  char* both = envelope(json, size, response, response_size, more);
  CHECK(call(cassplan_verify, CASSPLAN_ENCODING_JSON, both, strlen(both), text, sizeof text) == CASSPLAN_OK);
  CHECK(strstr(text, "\"complete\": true") != NULL && strstr(text, "checkpoint") == NULL);
  free(both);
  both = envelope(json, size, response, response_size, "\"checkpoint\": {\"of\": 5}, ");
  CHECK(call(cassplan_verify, CASSPLAN_ENCODING_JSON, both, strlen(both), text, sizeof text) ==
        CASSPLAN_INVALID_ARGUMENT);
  CHECK(strstr(text, "checkpoint") != NULL);
  free(both);
}

static void verify_and_render(const char* json, size_t size) {
  cassplan_buffer* plan = NULL;
  char text[4096];
  CHECK(cassplan_plan(CASSPLAN_ENCODING_JSON, json, size, &plan, NULL) == CASSPLAN_OK);
  const char* response = (const char*)cassplan_buffer_data(plan);
  const size_t response_size = cassplan_buffer_size(plan);

  char* both = envelope(json, size, response, response_size, "\"walks\": 5, ");
  CHECK(call(cassplan_verify, CASSPLAN_ENCODING_JSON, both, strlen(both), text, sizeof text) == CASSPLAN_OK);
  CHECK(strstr(text, "violations") == NULL && strstr(text, "\"states\"") != NULL);
  CHECK(strstr(text, "\"complete\": true") != NULL);
  free(both);
  both = envelope(json, size, response, response_size, "\"max_states\": 1, ");
  CHECK(call(cassplan_verify, CASSPLAN_ENCODING_JSON, both, strlen(both), text, sizeof text) == CASSPLAN_OK);
  CHECK(strstr(text, "\"complete\": true") == NULL);
  free(both);
  goes_on(json, size, response, response_size, text);
  both = envelope(json, size, response, response_size, "\"max_states\": 99999999, ");
  CHECK(call(cassplan_verify, CASSPLAN_ENCODING_JSON, both, strlen(both), text, sizeof text) ==
        CASSPLAN_INVALID_ARGUMENT);
  CHECK(strstr(text, "max_states") != NULL);
  free(both);

  both = envelope(json, size, response, response_size, "\"width\": 80, ");
  CHECK(call(cassplan_render, CASSPLAN_ENCODING_JSON, both, strlen(both), text, sizeof text) == CASSPLAN_OK);
  CHECK(strstr(text, "restart") != NULL && strchr(text, '{') == NULL);
  free(both);
  both = envelope(json, size, response, response_size, "\"format\": \"json\", ");
  CHECK(call(cassplan_render, CASSPLAN_ENCODING_JSON, both, strlen(both), text, sizeof text) == CASSPLAN_OK);
  CHECK(memcmp(text, response, 200) == 0);
  free(both);
  both = envelope(json, size, response, response_size, "\"format\": \"punched cards\", ");
  CHECK(call(cassplan_render, CASSPLAN_ENCODING_JSON, both, strlen(both), text, sizeof text) ==
        CASSPLAN_INVALID_ARGUMENT);
  CHECK(strstr(text, "punched cards") != NULL);
  free(both);
  cassplan_buffer_free(plan);
}

static void reads_sources(void) {
  const char* empty = "{}";
  const char* fresh =
      "{\"new_cluster\": true, \"now_seconds\": 1795000000, \"desired\": {\"name\": \"d.yaml\", \"text\": "
      "\"cluster: demo\\ndatacenters:\\n- name: dc1\\n  racks:\\n  - name: r1\\n    nodes: 1\\n    template: "
      "{revision: "
      "a}\\n\"}}";
  const char* bad =
      "{\"new_cluster\": true, \"now_seconds\": 1795000000, \"desired\": {\"name\": \"d.yaml\", \"text\": "
      "\"cluster: demo\\nracks: 3\\n\"}}";
  char text[65536];
  CHECK(call(cassplan_read, CASSPLAN_ENCODING_JSON, empty, 2, text, sizeof text) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(strstr(text, "desired") != NULL && strstr(text, "observed") != NULL);
  CHECK(call(cassplan_read, CASSPLAN_ENCODING_JSON, fresh, strlen(fresh), text, sizeof text) == CASSPLAN_OK);
  CHECK(strstr(text, "\"cluster\": \"demo\"") != NULL && strstr(text, "\"now_seconds\": 1795000000") != NULL);
  CHECK(call(cassplan_read, CASSPLAN_ENCODING_JSON, bad, strlen(bad), text, sizeof text) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(strstr(text, "d.yaml:2:1") != NULL);
}

/* One event into a reconciler; the effects as text. */
static cassplan_status step(cassplan_reconciler* reconciler, const char* json, char* text, size_t text_size) {
  cassplan_buffer* out = kStaleBuffer;
  cassplan_error* error = kStaleError;
  const cassplan_status status =
      cassplan_reconciler_step(reconciler, CASSPLAN_ENCODING_JSON, json, strlen(json), &out, &error);
  CHECK((status == CASSPLAN_OK) == (out != NULL) && (status == CASSPLAN_OK) == (error == NULL));
  const size_t n = cassplan_buffer_size(out) < text_size - 1 ? cassplan_buffer_size(out) : text_size - 1;
  if (status == CASSPLAN_OK) {
    memcpy(text, cassplan_buffer_data(out), n);
    text[n] = 0;
  } else {
    snprintf(text, text_size, "%s", cassplan_error_message(error));
  }
  cassplan_buffer_free(out);
  cassplan_error_free(error);
  return status;
}

static void reconcilers(void) {
  const char* first =
      "{\"event\": {\"now_seconds\": 1795000000, \"desired_changed\": {\"desired\": {\"cluster\": \"demo\"}}}}";
  const char* bad[] = {
      "", "{}", "[]", "{\"resume\": true, \"event\": {}}", "{\"event\": {\"now_seconds\": \"x\"}}", "{\"evnet\": {}}"};
  const char* out_of_range = "{\"poll_seconds\": -1}";
  char text[65536];
  cassplan_reconciler* reconciler = (cassplan_reconciler*)(uintptr_t)8;
  cassplan_buffer* checkpoint = NULL;
  cassplan_error* error = NULL;
  cassplan_reconciler_free(NULL);
  CHECK(cassplan_reconciler_new(CASSPLAN_ENCODING_JSON, "{}", 2, NULL, NULL) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(cassplan_reconciler_new(7, "{}", 2, &reconciler, NULL) == CASSPLAN_INVALID_ARGUMENT && reconciler == NULL);
  CHECK(cassplan_reconciler_new(CASSPLAN_ENCODING_JSON, out_of_range, strlen(out_of_range), &reconciler, &error) ==
        CASSPLAN_INVALID_ARGUMENT);
  CHECK(reconciler == NULL && strstr(cassplan_error_message(error), "poll_seconds") != NULL);
  cassplan_error_free(error);
  CHECK(step(NULL, first, text, sizeof text) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(cassplan_reconciler_checkpoint(NULL, CASSPLAN_ENCODING_JSON, &checkpoint, NULL) == CASSPLAN_INVALID_ARGUMENT);

  CHECK(cassplan_reconciler_new(CASSPLAN_ENCODING_PROTO, NULL, 0, &reconciler, NULL) == CASSPLAN_OK);
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i) {
    CHECK(step(reconciler, bad[i], text, sizeof text) == CASSPLAN_INVALID_ARGUMENT && strlen(text) > 0);
  }
  CHECK(step(reconciler, first, text, sizeof text) == CASSPLAN_OK && strstr(text, "\"observe\": true") != NULL);
  CHECK(cassplan_reconciler_checkpoint(reconciler, 7, &checkpoint, NULL) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(cassplan_reconciler_checkpoint(reconciler, CASSPLAN_ENCODING_JSON, NULL, NULL) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(cassplan_reconciler_checkpoint(reconciler, CASSPLAN_ENCODING_JSON, &checkpoint, NULL) == CASSPLAN_OK);
  cassplan_reconciler_free(reconciler);

  /* Another one goes on from there: what may have been lost comes again. */
  const size_t size = cassplan_buffer_size(checkpoint);
  char* config = malloc(size + 64);
  if (config == NULL) abort();
  const size_t at = (size_t)sprintf(config, "{\"checkpoint\": ");
  memcpy(config + at, cassplan_buffer_data(checkpoint), size);
  strcpy(config + at + size, "}");
  cassplan_buffer_free(checkpoint);
  CHECK(cassplan_reconciler_new(CASSPLAN_ENCODING_JSON, config, strlen(config), &reconciler, NULL) == CASSPLAN_OK);
  CHECK(step(reconciler, "{\"resume\": true}", text, sizeof text) == CASSPLAN_OK);
  CHECK(strstr(text, "\"observe\": true") != NULL);
  free(config);
  cassplan_reconciler_free(reconciler);
}

/* The pieces change nothing; a result is given once; a run may be given up. */
static void simulations(const char* json, size_t size) {
  static char request[(4 << 20) + 64];
  const int length = snprintf(request, sizeof request, "{\"start\": %.*s, \"seed\": 3}", (int)size, json);
  cassplan_buffer* whole = NULL;
  cassplan_buffer* pieces = NULL;
  cassplan_error* error = NULL;
  CHECK(simulate_by(INT64_MAX, CASSPLAN_ENCODING_JSON, request, (size_t)length, &whole, &error) == CASSPLAN_OK);
  CHECK(simulate_by(7, CASSPLAN_ENCODING_JSON, request, (size_t)length, &pieces, &error) == CASSPLAN_OK);
  CHECK(whole != NULL && pieces != NULL && cassplan_buffer_size(whole) == cassplan_buffer_size(pieces) &&
        memcmp(cassplan_buffer_data(whole), cassplan_buffer_data(pieces), cassplan_buffer_size(whole)) == 0);
  cassplan_buffer_free(whole);
  cassplan_buffer_free(pieces);

  cassplan_simulation* simulation = NULL;
  cassplan_buffer* out = kStaleBuffer;
  CHECK(cassplan_simulation_new(CASSPLAN_ENCODING_JSON, request, (size_t)length, NULL, NULL) ==
        CASSPLAN_INVALID_ARGUMENT);
  CHECK(cassplan_simulation_new(CASSPLAN_ENCODING_JSON, request, (size_t)length, &simulation, NULL) == CASSPLAN_OK);
  CHECK(cassplan_simulation_run(simulation, 0, CASSPLAN_ENCODING_JSON, &out, NULL) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(out == NULL);
  CHECK(cassplan_simulation_run(simulation, 1, 17, &out, NULL) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(cassplan_simulation_run(simulation, 1, CASSPLAN_ENCODING_JSON, NULL, NULL) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(cassplan_simulation_run(NULL, 1, CASSPLAN_ENCODING_JSON, &out, NULL) == CASSPLAN_INVALID_ARGUMENT);
  CHECK(cassplan_simulation_run(simulation, 1, CASSPLAN_ENCODING_JSON, &out, &error) == CASSPLAN_OK && out == NULL);
  cassplan_simulation_free(simulation); /* given up */
  CHECK(cassplan_simulation_new(CASSPLAN_ENCODING_JSON, request, (size_t)length, &simulation, NULL) == CASSPLAN_OK);
  CHECK(cassplan_simulation_run(simulation, INT64_MAX, CASSPLAN_ENCODING_JSON, &out, NULL) == CASSPLAN_OK);
  CHECK(out != NULL);
  cassplan_buffer_free(out);
  CHECK(cassplan_simulation_run(simulation, 1, CASSPLAN_ENCODING_JSON, &out, &error) == CASSPLAN_FAILED_PRECONDITION);
  CHECK(out == NULL && strstr(cassplan_error_message(error), "given") != NULL);
  cassplan_error_free(error);
  cassplan_simulation_free(simulation);
  cassplan_simulation_free(NULL);
}

int main(int argc, char** argv) {
  FILE* file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (file == NULL) {
    fprintf(stderr, "usage: capi_test REQUEST.json\n");
    return 2;
  }
  static char json[4 << 20];
  const size_t size = fread(json, 1, sizeof json, file);
  fclose(file);
  CHECK(size > 0 && size < sizeof json);
  versions();
  capabilities();
  null_handles();
  wrong_arguments(json, size);
  problems_have_places();
  unknown_fields();
  reads_sources();
  reconcilers();
  round_trip(json, size);
  verify_and_render(json, size);
  simulations(json, size);
  deep_inputs();
  damaged_inputs(json, size);
  if (failures > 0) return 1;
  printf("capi_test: all holds\n");
  return 0;
}
