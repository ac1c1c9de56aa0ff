package cassplan

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// requests returns the requests of the golden cases; what C++ makes of each lies beside it.
func requests(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(os.Getenv("CASSPLAN_REQUESTS"), "*.request.json"))
	if err != nil || len(found) == 0 {
		t.Fatal("set CASSPLAN_REQUESTS to a folder that tests/capi/make_requests.py filled")
	}
	return found
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestPlansAreThoseOfCpp(t *testing.T) {
	for _, path := range requests(t) {
		want := read(t, strings.Replace(path, ".request.", ".plan.", 1))
		got, err := Plan(JSON, read(t, path))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: Go and C++ differ", path)
		}
	}
}

func TestManyGoroutines(t *testing.T) {
	request := read(t, requests(t)[0])
	want, err := Plan(JSON, request)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for j := 0; j < 10; j++ {
				if got, err := Plan(JSON, request); err != nil || !bytes.Equal(got, want) {
					t.Errorf("another answer, or %v", err)
				}
				if _, err := Plan(Proto, request); err == nil {
					t.Error("JSON is taken for proto")
				}
			}
		}()
	}
	all.Wait()
}

func TestErrorsSayWhere(t *testing.T) {
	_, err := Plan(JSON, []byte(`{"desried": {}}`))
	var e *Error
	if !errors.As(err, &e) || e.Code != 3 || !strings.Contains(e.Message, "desried") {
		t.Errorf("got %v", err)
	}
	for _, bad := range [][]byte{nil, {}, []byte("\xff"), []byte("null null")} {
		if _, err := Plan(JSON, bad); err == nil {
			t.Errorf("%q is taken for a request", bad)
		}
	}
	if _, err := Convert("Nothing", JSON, []byte("{}"), Proto); err == nil {
		t.Error("there is a message Nothing")
	}
}

func TestConvertRoundTrip(t *testing.T) {
	text := read(t, requests(t)[0])
	proto, err := Convert("PlanRequest", JSON, text, Proto)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Convert("PlanRequest", Proto, proto, JSON)
	if err != nil || !bytes.Equal(back, text) {
		t.Errorf("not the same after a round trip: %v", err)
	}
}

func TestVersion(t *testing.T) {
	if err := CheckVersion(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(Version(), ".") {
		t.Errorf("version %q", Version())
	}
}
