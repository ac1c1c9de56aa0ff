package operator

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

var cluster = Request{Namespace: "default", Name: "demo"}

// A rolling update from the first reconcile to the last, in the way of a controller: again and again until nothing is
// left, with starts that fail and ledgers that were changed in between.
func TestRollingUpdate(t *testing.T) {
	client := newFakeClient(t)
	r := &Reconciler{Client: client}
	for round := 0; client.outcomes["converged"] == 0; round++ {
		if round == 200 {
			t.Fatalf("not converged after %d rounds: %v, started %v", round, client.outcomes, client.started)
		}
		if round == 3 {
			client.conflict = 1
		}
		before := len(client.started)
		_, err := r.Reconcile(context.Background(), cluster)
		if err != nil && !errors.Is(err, ErrConflict) {
			t.Fatal(err)
		}
		if errors.Is(err, ErrConflict) && len(client.started) != before {
			t.Fatal("something was started though its record was not stored")
		}
		client.pass(2 * time.Minute)
	}
	seen := map[string]bool{}
	for _, start := range client.started {
		if seen[start] {
			t.Errorf("%s was started twice", start)
		}
		seen[start] = true
	}
	if len(client.started) < 12 {
		t.Errorf("only %d actions for six nodes", len(client.started))
	}
}

// A start that fails is in the ledger: the next round does not start it again at once.
func TestFailedStartIsRemembered(t *testing.T) {
	client := newFakeClient(t)
	client.refuse = 1
	r := &Reconciler{Client: client}
	if _, err := r.Reconcile(context.Background(), cluster); err == nil {
		t.Fatal("the failure was not told")
	}
	ledger, err := client.Ledger(context.Background(), cluster)
	if err != nil {
		t.Fatal(err)
	}
	if started, _ := ledger["started"].([]any); len(started) == 0 {
		t.Error("nothing was remembered")
	}
	before := len(client.started)
	if _, err := r.Reconcile(context.Background(), cluster); err != nil {
		t.Fatal(err)
	}
	if len(client.started) != before {
		t.Error("what may be running was started again")
	}
}

// Clusters are reconciled at the same time by several workers, as a controller with MaxConcurrentReconciles does.
func TestWorkers(t *testing.T) {
	queue := make(chan *fakeClient, 16)
	for i := 0; i < cap(queue); i++ {
		queue <- newFakeClient(t)
	}
	close(queue)
	var workers sync.WaitGroup
	for i := 0; i < 4; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for client := range queue {
				r := &Reconciler{Client: client}
				for round := 0; round < 5; round++ {
					if _, err := r.Reconcile(context.Background(), cluster); err != nil {
						t.Error(err)
					}
					client.pass(time.Minute)
				}
				if len(client.started) == 0 {
					t.Error("nothing was started")
				}
			}
		}()
	}
	workers.Wait()
}
