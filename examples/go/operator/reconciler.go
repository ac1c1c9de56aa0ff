// Package operator shows how a Kubernetes controller uses the planner. Its shapes are those of controller-runtime
// (Reconcile with a request and a result, a client, a queue), without depending on it.
//
// A reconcile observes, plans, and starts what is ready. It never waits: what it started shows in a later observation.
package operator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.com/cassplan/cassplan"
)

// Request names an object, as controller-runtime's does.
type Request struct {
	Namespace string
	Name      string
}

// Result says when to look again; zero: when something changes.
type Result struct {
	RequeueAfter time.Duration
}

// ErrConflict is what a client says when the ledger was changed by somebody else in between.
var ErrConflict = errors.New("the ledger was changed in between")

// Client is what the controller needs of the world.
type Client interface {
	// Observe returns desired, observed and policy as a PlanRequest without ledger and time.
	Observe(ctx context.Context, request Request) (map[string]any, error)
	// Ledger returns what was stored, or an empty one.
	Ledger(ctx context.Context, request Request) (map[string]any, error)
	// StoreLedger compares and swaps on the version that was read.
	StoreLedger(ctx context.Context, request Request, version int64, ledger map[string]any) error
	// Start begins an action; starting (id, attempt) again must be without effect.
	Start(ctx context.Context, request Request, action Action) error
	// Now is the clock: the planner has none.
	Now() time.Time
	// Report shows people the outcome.
	Report(ctx context.Context, request Request, outcome, summary string) error
}

// Action is what the controller reads of an action; the rest goes back as it came.
type Action struct {
	ID             string         `json:"id"`
	Kind           string         `json:"kind"`
	Target         map[string]any `json:"target"`
	Attempt        int64          `json:"attempt"`
	Ready          bool           `json:"ready"`
	TimeoutSeconds int64          `json:"timeout_seconds"`
	Goal           string         `json:"goal"`
}

type response struct {
	Outcome          string         `json:"outcome"`
	Summary          string         `json:"summary"`
	Ledger           map[string]any `json:"ledger"`
	NextCheckSeconds int64          `json:"next_check_seconds"`
	Plan             struct {
		Actions []Action `json:"actions"`
	} `json:"plan"`
}

// Reconciler starts what the planner says is ready.
type Reconciler struct {
	Client Client
}

// Reconcile does one round.
func (r *Reconciler) Reconcile(ctx context.Context, request Request) (Result, error) {
	input, err := r.Client.Observe(ctx, request)
	if err != nil {
		return Result{}, fmt.Errorf("observe: %w", err)
	}
	ledger, err := r.Client.Ledger(ctx, request)
	if err != nil {
		return Result{}, fmt.Errorf("ledger: %w", err)
	}
	now := r.Client.Now().Unix()
	input["ledger"], input["now_seconds"], input["horizon"] = ledger, now, "ready"
	planned, err := plan(input)
	if err != nil {
		return Result{}, err
	}
	if err := r.Client.Report(ctx, request, planned.Outcome, planned.Summary); err != nil {
		return Result{}, fmt.Errorf("report: %w", err)
	}
	if planned.Outcome == "invalid" {
		return Result{}, nil // nothing is known of the ledger; a person must change the object
	}
	ready := readyOnes(planned.Plan.Actions)
	// The records of the starts are stored before the starts: whatever happens then, nothing is started twice unseen.
	if err := r.store(ctx, request, version(ledger), planned.Ledger, ready, now); err != nil {
		return Result{}, err
	}
	for _, action := range ready {
		if err := r.Client.Start(ctx, request, action); err != nil {
			// The record stands: the action is in flight until the observation or its deadline says otherwise.
			return Result{RequeueAfter: time.Second}, fmt.Errorf("start %s: %w", action.Kind, err)
		}
	}
	return Result{RequeueAfter: time.Duration(planned.NextCheckSeconds) * time.Second}, nil
}

func plan(input map[string]any) (*response, error) {
	text, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	answer, err := cassplan.Plan(cassplan.JSON, text)
	if err != nil {
		return nil, err
	}
	planned := &response{}
	return planned, decode(answer, planned)
}

func readyOnes(actions []Action) []Action {
	var ready []Action
	for _, action := range actions {
		if action.Ready {
			ready = append(ready, action)
		}
	}
	return ready
}

// store writes the settled ledger, with a record for each action that is about to start.
func (r *Reconciler) store(ctx context.Context, request Request, before int64, ledger map[string]any, ready []Action,
	now int64) error {
	if ledger == nil {
		ledger = map[string]any{}
	}
	starting := map[string]bool{}
	for _, action := range ready {
		starting[action.ID] = true
	}
	var started []any
	if old, ok := ledger["started"].([]any); ok {
		for _, entry := range old {
			if id, _ := entry.(map[string]any)["id"].(string); !starting[id] {
				started = append(started, entry)
			}
		}
	}
	for _, action := range ready {
		started = append(started, map[string]any{
			"id": action.ID, "kind": action.Kind, "target": action.Target, "attempt": action.Attempt,
			"goal": action.Goal, "state": "in_flight", "started_at_seconds": now,
			"deadline_seconds": now + action.TimeoutSeconds})
	}
	if len(started) > 0 {
		ledger["started"] = started
	}
	ledger["version"] = before + 1
	if err := r.Client.StoreLedger(ctx, request, before, ledger); err != nil {
		return fmt.Errorf("store the ledger: %w", err)
	}
	return nil
}
