package operator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// fakeClient is a cluster in memory. It starts as an observation that was recorded, and shows what actions do to it.
type fakeClient struct {
	t        *testing.T
	input    map[string]any // a PlanRequest
	ledger   []byte
	now      time.Time
	revision string // that is desired
	started  []string
	refuse   int            // so many starts fail
	conflict int            // so many stores come too late
	outcomes map[string]int // how often each was reported
	running  []Action
}

func newFakeClient(t *testing.T) *fakeClient {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(os.Getenv("CASSPLAN_REQUESTS"), "adopt-02-image.request.json"))
	if err != nil {
		t.Fatal("set CASSPLAN_REQUESTS to a folder that tests/capi/make_requests.py filled: ", err)
	}
	f := &fakeClient{t: t, ledger: []byte("{}"), outcomes: map[string]int{}}
	if err := decode(text, &f.input); err != nil {
		t.Fatal(err)
	}
	now, _ := f.input["now_seconds"].(json.Number).Int64()
	f.now = time.Unix(now, 0)
	return f
}

func (f *fakeClient) Now() time.Time { return f.now }

func (f *fakeClient) Observe(context.Context, Request) (map[string]any, error) {
	for _, report := range f.reports() {
		report["observed_at_seconds"] = f.now.Unix()
	}
	text, err := json.Marshal(f.input)
	if err != nil {
		return nil, err
	}
	var copied map[string]any
	return copied, decode(text, &copied)
}

func (f *fakeClient) Ledger(context.Context, Request) (map[string]any, error) {
	var ledger map[string]any
	return ledger, decode(f.ledger, &ledger)
}

func (f *fakeClient) StoreLedger(_ context.Context, _ Request, before int64, ledger map[string]any) error {
	if f.conflict > 0 {
		f.conflict--
		return ErrConflict
	}
	var stored map[string]any
	if err := decode(f.ledger, &stored); err != nil {
		return err
	}
	if version(stored) != before {
		return ErrConflict
	}
	text, err := json.Marshal(ledger)
	f.ledger = text
	return err
}

func (f *fakeClient) Start(_ context.Context, _ Request, action Action) error {
	if f.refuse > 0 {
		f.refuse--
		return errors.New("the API server does not answer")
	}
	f.started = append(f.started, fmt.Sprintf("%s %d", action.ID, action.Attempt))
	f.running = append(f.running, action)
	return nil
}

func (f *fakeClient) Report(_ context.Context, _ Request, outcome, _ string) error {
	f.outcomes[outcome]++
	return nil
}

// pass lets time pass, in which all that was started comes to its end.
func (f *fakeClient) pass(d time.Duration) {
	f.now = f.now.Add(d)
	for _, action := range f.running {
		f.finish(action)
	}
	f.running = nil
}

func (f *fakeClient) reports() []map[string]any {
	var all []map[string]any
	for _, report := range f.input["observed"].(map[string]any)["reports"].([]any) {
		all = append(all, report.(map[string]any))
	}
	return all
}

func same(subject any, target map[string]any, keys ...string) bool {
	s, ok := subject.(map[string]any)
	if !ok {
		return false
	}
	for _, key := range keys {
		if fmt.Sprint(s[key]) != fmt.Sprint(target[key]) {
			return false
		}
	}
	return true
}

// desiredTemplate is the template that is wanted of a rack.
func (f *fakeClient) desiredTemplate(target map[string]any) any {
	for _, dc := range f.input["desired"].(map[string]any)["datacenters"].([]any) {
		for _, rack := range dc.(map[string]any)["racks"].([]any) {
			r := rack.(map[string]any)
			if dc.(map[string]any)["name"] == target["datacenter"] && r["name"] == target["rack"] {
				return r["template"]
			}
		}
	}
	f.t.Fatalf("no rack %v is desired", target)
	return nil
}

func (f *fakeClient) finish(action Action) {
	for _, report := range f.reports() {
		switch {
		case action.Kind == "update_rack" && report["rack"] != nil &&
			same(report["subject"], action.Target, "datacenter", "rack"):
			report["rack"].(map[string]any)["template"] = f.desiredTemplate(action.Target)
		case action.Kind == "drain" && report["node"] != nil &&
			same(report["subject"], action.Target, "datacenter", "rack", "ordinal"):
			report["node"].(map[string]any)["mode"] = "drained"
			report["node"].(map[string]any)["native_transport"] = false
		case action.Kind == "restart_node" && report["node"] != nil &&
			same(report["subject"], action.Target, "datacenter", "rack", "ordinal"):
			report["node"].(map[string]any)["mode"] = "normal"
			report["node"].(map[string]any)["native_transport"] = true
		case action.Kind == "restart_node" && report["slot"] != nil &&
			same(report["subject"], action.Target, "datacenter", "rack", "ordinal"):
			revision := f.desiredTemplate(action.Target).(map[string]any)["revision"]
			report["slot"].(map[string]any)["template_revision"] = revision
			report["slot"].(map[string]any)["ready"] = true
			subject := report["subject"].(map[string]any)
			subject["uid"] = fmt.Sprint(subject["uid"], "-again")
		}
	}
}
