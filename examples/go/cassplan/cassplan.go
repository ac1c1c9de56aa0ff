// Package cassplan calls the planner through its C API: bytes in, bytes out, no callbacks.
//
// The library is found with pkg-config. All functions may be called from many goroutines at once; each call holds one
// thread for as long as it computes.
package cassplan

/*
#cgo pkg-config: cassplan
#include <cassplan/cassplan.h>

typedef cassplan_status (*pure_call)(cassplan_encoding, const void *, size_t, cassplan_buffer **, cassplan_error **);

static cassplan_status ask(pure_call call, cassplan_encoding encoding, const void *data, size_t size,
                           cassplan_buffer **out, cassplan_error **error) {
  return call(encoding, data, size, out, error);
}
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// Encoding says how messages are written.
type Encoding int32

const (
	Proto Encoding = C.CASSPLAN_ENCODING_PROTO
	JSON  Encoding = C.CASSPLAN_ENCODING_JSON
	YAML  Encoding = C.CASSPLAN_ENCODING_YAML // input of Convert only
)

// Error says why a call could not be done. That a plan is blocked or refused is no error: it is the plan's outcome.
type Error struct {
	Code    int32  // cassplan.h: CASSPLAN_INVALID_ARGUMENT, ...
	Message string // what is wrong and what to do about it
}

func (e *Error) Error() string { return fmt.Sprintf("cassplan: %s", e.Message) }

// Version of the library that was loaded.
func Version() string { return C.GoString(C.cassplan_version_string()) }

// CheckVersion fails when the loaded library does not fit the header that this was compiled with.
func CheckVersion() error {
	var e *C.cassplan_error
	status := C.cassplan_check_version(C.CASSPLAN_ABI_VERSION, C.CASSPLAN_VERSION_NUMBER, &e)
	return failure(status, e)
}

// Plan makes a PlanResponse of a PlanRequest.
func Plan(encoding Encoding, request []byte) ([]byte, error) {
	return ask(C.pure_call(C.cassplan_plan), encoding, request)
}

// Read makes a SourcesRead of Sources: a CassandraCluster and a dump become a PlanRequest.
func Read(encoding Encoding, sources []byte) ([]byte, error) {
	return ask(C.pure_call(C.cassplan_read), encoding, sources)
}

// Validate makes a Validation of a PlanRequest.
func Validate(encoding Encoding, request []byte) ([]byte, error) {
	return ask(C.pure_call(C.cassplan_validate), encoding, request)
}

// Verify makes a VerifyResponse of a VerifyRequest: it proves a plan again.
func Verify(encoding Encoding, request []byte) ([]byte, error) {
	return ask(C.pure_call(C.cassplan_verify), encoding, request)
}

// Render makes text for people of a RenderRequest.
func Render(encoding Encoding, request []byte) ([]byte, error) {
	return ask(C.pure_call(C.cassplan_render), encoding, request)
}

// Convert writes a message of the schema in another encoding.
func Convert(message string, from Encoding, data []byte, to Encoding) ([]byte, error) {
	name := append([]byte(message), 0)
	var out *C.cassplan_buffer
	var e *C.cassplan_error
	status := C.cassplan_convert((*C.char)(unsafe.Pointer(&name[0])), C.cassplan_encoding(from), pointer(data),
		C.size_t(len(data)), C.cassplan_encoding(to), &out, &e)
	return taken(out), failure(status, e)
}

func pointer(data []byte) unsafe.Pointer {
	if len(data) == 0 {
		return nil
	}
	return unsafe.Pointer(&data[0])
}

func ask(call C.pure_call, encoding Encoding, data []byte) ([]byte, error) {
	var out *C.cassplan_buffer
	var e *C.cassplan_error
	status := C.ask(call, C.cassplan_encoding(encoding), pointer(data), C.size_t(len(data)), &out, &e)
	return taken(out), failure(status, e)
}

// The bytes are copied and the buffer is freed at once: no memory of the library outlives a call.
func taken(buffer *C.cassplan_buffer) []byte {
	if buffer == nil {
		return nil
	}
	defer C.cassplan_buffer_free(buffer)
	size := C.cassplan_buffer_size(buffer)
	return append([]byte{}, unsafe.Slice((*byte)(unsafe.Pointer(C.cassplan_buffer_data(buffer))), int(size))...)
}

func failure(status C.cassplan_status, e *C.cassplan_error) error {
	if status == C.CASSPLAN_OK {
		return nil
	}
	defer C.cassplan_error_free(e)
	return &Error{Code: int32(status), Message: C.GoString(C.cassplan_error_message(e))}
}
