package main

import (
	"context"
	"log"
	"strings"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	informers "k8s.io/client-go/informers/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/retry"
)

// Two machines in each of three zones.
var nodeNames = []string{"node-a1", "node-a2", "node-b1", "node-b2", "node-c1", "node-c2"}

func isOurNode(name string) bool {
	for _, n := range nodeNames {
		if n == name {
			return true
		}
	}
	return false
}

// nodeLabels are the well-known ones and those that CassKop's sample topologies select by.
func nodeLabels(name string) map[string]string {
	zone := string(name[len("node-")])
	return map[string]string{
		corev1.LabelHostname:                       name,
		corev1.LabelOSStable:                       "linux",
		corev1.LabelArchStable:                     "amd64",
		corev1.LabelTopologyRegion:                 "region-1",
		corev1.LabelTopologyZone:                   "zone-" + zone,
		"failure-domain.beta.kubernetes.io/region": "region-1",
		"failure-domain.beta.kubernetes.io/zone":   "zone-" + zone,
		"location.dfy.orange.com/site":             "site-1",
		"location.dfy.orange.com/building":         "building-1",
		"location.dfy.orange.com/street":           "street-" + zone,
		"e2e.cassplan/bed":                         "true",
	}
}

// playNodes makes the Nodes ready and keeps them so.
func playNodes(ctx context.Context, client kubernetes.Interface, ip string) error {
	for _, name := range nodeNames {
		if err := makeNode(ctx, client, name, ip); err != nil {
			return err
		}
		renewLease(ctx, client, name)
	}
	go func() {
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				for _, name := range nodeNames {
					renewLease(ctx, client, name)
				}
			}
		}
	}()
	return nil
}

// makeNode writes the whole status of a Node; the node controller writes it, too, so it tries again.
func makeNode(ctx context.Context, client kubernetes.Interface, name, ip string) error {
	nodes := client.CoreV1().Nodes()
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		node, err := nodes.Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			node, err = nodes.Create(ctx, &corev1.Node{
				ObjectMeta: metav1.ObjectMeta{Name: name, Labels: nodeLabels(name)}}, metav1.CreateOptions{})
		}
		if err != nil {
			return err
		}
		node.Status = nodeStatus(name, ip)
		_, err = nodes.UpdateStatus(ctx, node, metav1.UpdateOptions{})
		return err
	})
}

func nodeStatus(name, ip string) corev1.NodeStatus {
	now := metav1.Now()
	room := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("64"),
		corev1.ResourceMemory: resource.MustParse("256Gi"), corev1.ResourcePods: resource.MustParse("110"),
		corev1.ResourceEphemeralStorage: resource.MustParse("1Ti")}
	return corev1.NodeStatus{
		Capacity: room, Allocatable: room,
		Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: ip},
			{Type: corev1.NodeHostName, Address: name}},
		NodeInfo: corev1.NodeSystemInfo{KubeletVersion: "cassplan-e2e", OperatingSystem: "linux", Architecture: "amd64"},
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue,
			Reason: "KubeletReady", LastHeartbeatTime: now, LastTransitionTime: now}},
	}
}

// renewLease tells the node controller that the machine is alive.
func renewLease(ctx context.Context, client kubernetes.Interface, name string) {
	leases := client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	now := metav1.NowMicro()
	seconds := int32(40)
	lease, err := leases.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		_, err = leases.Create(ctx, &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec: coordinationv1.LeaseSpec{HolderIdentity: &name, LeaseDurationSeconds: &seconds, RenewTime: &now}},
			metav1.CreateOptions{})
	} else if err == nil {
		lease.Spec.RenewTime = &now
		_, err = leases.Update(ctx, lease, metav1.UpdateOptions{})
	}
	if err != nil && ctx.Err() == nil {
		log.Printf("lease of %s: %v", name, err)
	}
}

// growClaims plays a driver that can resize: a bound claim that asks for more gets it (the folder has no size).
func (r *Runner) growClaims(ctx context.Context, claims informers.PersistentVolumeClaimInformer) {
	look := func(object any) {
		claim, ok := object.(*corev1.PersistentVolumeClaim)
		if !ok || claim.Status.Phase != corev1.ClaimBound || claim.DeletionTimestamp != nil {
			return
		}
		want, has := claim.Spec.Resources.Requests[corev1.ResourceStorage], claim.Status.Capacity[corev1.ResourceStorage]
		if want.Cmp(has) <= 0 {
			return
		}
		claim = claim.DeepCopy()
		claim.Status.Capacity = corev1.ResourceList{corev1.ResourceStorage: want}
		_, err := r.client.CoreV1().PersistentVolumeClaims(claim.Namespace).UpdateStatus(ctx, claim, metav1.UpdateOptions{})
		if err != nil && !apierrors.IsConflict(err) && !strings.Contains(err.Error(), "not found") {
			log.Printf("claim %s/%s: %v", claim.Namespace, claim.Name, err)
		}
	}
	_, err := claims.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: look, UpdateFunc: func(_, o any) { look(o) }})
	if err != nil {
		log.Printf("claims: %v", err)
	}
}
