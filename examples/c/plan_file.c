/*
 * Plans a request that is in a file, and says what to do next.
 *
 *   plan_file REQUEST            a PlanRequest: JSON, or serialized when the name ends with .pb
 *   plan_file --json REQUEST     the whole answer, as canonical JSON
 *
 * `cassplan plan --save-request FILE` writes such a file. Exit codes: 0 planned, 1 the call failed, 3 not a request.
 */
#include <cassplan/cassplan.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The bytes of a file, to be freed; NULL when it cannot be read. */
static char* read_file(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  char* bytes = NULL;
  size_t capacity = 0;
  size_t got = 0;
  *size = 0;
  if (file == NULL) return NULL;
  do {
    if (*size == capacity) {
      char* larger = realloc(bytes, capacity = capacity == 0 ? 65536 : capacity * 2);
      if (larger == NULL) break;
      bytes = larger;
    }
    got = fread(bytes + *size, 1, capacity - *size, file);
    *size += got;
  } while (got > 0);
  if (!feof(file)) {
    free(bytes);
    bytes = NULL;
  }
  fclose(file);
  return bytes;
}

static int report(cassplan_status status, cassplan_error* error) {
  fprintf(stderr, "plan_file: %s\n", cassplan_error_message(error));
  cassplan_error_free(error);
  return status == CASSPLAN_INVALID_ARGUMENT ? 3 : 1;
}

static int ends_with(const char* text, const char* end) {
  return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

/* Writes one message after the tag of its field: RenderRequest is made by hand, without a library for messages. */
static size_t put_field(unsigned char* out, unsigned field, const void* bytes, size_t size) {
  size_t at = 0;
  size_t rest = size;
  out[at++] = (unsigned char)(field << 3 | 2);
  while (rest >= 128) {
    out[at++] = (unsigned char)(rest | 128);
    rest >>= 7;
  }
  out[at++] = (unsigned char)rest;
  if (size > 0) memcpy(out + at, bytes, size);
  return at + size;
}

/* The plan as text for people: render takes the request and the response. */
static int print_text(const void* request, size_t size, const cassplan_buffer* response) {
  cassplan_buffer* text = NULL;
  cassplan_error* error = NULL;
  cassplan_status status = CASSPLAN_OK;
  unsigned char* both = malloc(size + cassplan_buffer_size(response) + 24);
  size_t used = 0;
  if (both == NULL) return 1;
  used = put_field(both, 1, request, size);
  used += put_field(both + used, 2, cassplan_buffer_data(response), cassplan_buffer_size(response));
  status = cassplan_render(CASSPLAN_ENCODING_PROTO, both, used, &text, &error);
  free(both);
  if (status != CASSPLAN_OK) return report(status, error);
  fwrite(cassplan_buffer_data(text), 1, cassplan_buffer_size(text), stdout);
  cassplan_buffer_free(text);
  return 0;
}

static int plan(const char* path, int json) {
  size_t size = 0;
  char* bytes = read_file(path, &size);
  cassplan_buffer* request = NULL;
  cassplan_buffer* response = NULL;
  cassplan_error* error = NULL;
  cassplan_encoding from = ends_with(path, ".pb") ? CASSPLAN_ENCODING_PROTO : CASSPLAN_ENCODING_JSON;
  cassplan_encoding encoding = json ? CASSPLAN_ENCODING_JSON : CASSPLAN_ENCODING_PROTO;
  cassplan_status status = CASSPLAN_OK;
  int exit_code = 0;
  if (bytes == NULL) {
    perror(path);
    return 3;
  }
  status = cassplan_convert("PlanRequest", from, bytes, size, encoding, &request, &error);
  free(bytes);
  if (status != CASSPLAN_OK) return report(status, error);

  status = cassplan_plan(encoding, cassplan_buffer_data(request), cassplan_buffer_size(request), &response, &error);
  if (status != CASSPLAN_OK) {
    exit_code = report(status, error);
  } else if (json) {
    fwrite(cassplan_buffer_data(response), 1, cassplan_buffer_size(response), stdout);
  } else {
    exit_code = print_text(cassplan_buffer_data(request), cassplan_buffer_size(request), response);
  }
  cassplan_buffer_free(response);
  cassplan_buffer_free(request);
  return exit_code;
}

int main(int argc, char** argv) {
  int json = argc == 3 && strcmp(argv[1], "--json") == 0;
  cassplan_error* error = NULL;
  cassplan_status status = cassplan_check_version(CASSPLAN_ABI_VERSION, CASSPLAN_VERSION_NUMBER, &error);
  if (status != CASSPLAN_OK) return report(status, error);
  if (argc != 2 + json || argv[1 + json][0] == '-') {
    fprintf(stderr, "usage: plan_file [--json] REQUEST\n");
    return 3;
  }
  return plan(argv[1 + json], json);
}
