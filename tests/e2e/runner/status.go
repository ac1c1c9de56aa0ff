package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func statusNamed(list []corev1.ContainerStatus, name string) *corev1.ContainerStatus {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

// writeStatus brings the Pod's status to what is so, if it differs.
func (w *podWorker) writeStatus(seen *corev1.Pod) {
	pods := w.r.client.CoreV1().Pods(seen.Namespace)
	for try := 0; try < 5; try++ {
		wanted := w.status(seen)
		if equality.Semantic.DeepEqual(wanted, seen.Status) {
			return
		}
		changed := seen.DeepCopy()
		changed.Status = wanted
		written, err := pods.UpdateStatus(context.Background(), changed, metav1.UpdateOptions{})
		if err == nil {
			w.mu.Lock()
			w.pod = newer(w.pod, written)
			w.mu.Unlock()
			return
		}
		if apierrors.IsNotFound(err) {
			return
		}
		if !apierrors.IsConflict(err) {
			w.say("status: %v", err)
			return
		}
		fresh, err := pods.Get(context.Background(), seen.Name, metav1.GetOptions{})
		if err != nil || fresh.UID != seen.UID {
			return
		}
		seen = fresh
	}
}

// newer keeps what we wrote from being overtaken by an older event: the watch brings it again anyway.
func newer(have, written *corev1.Pod) *corev1.Pod {
	if have.DeletionTimestamp != nil && written.DeletionTimestamp == nil {
		return have
	}
	return written
}

// status is the Pod's status as a kubelet would tell it.
func (w *podWorker) status(pod *corev1.Pod) corev1.PodStatus {
	status := *pod.Status.DeepCopy()
	now := metav1.Now().Rfc3339Copy()
	if status.StartTime == nil {
		status.StartTime = &now
	}
	status.HostIP, status.HostIPs = w.r.HostIP, []corev1.HostIP{{IP: w.r.HostIP}}
	if w.ip != "" {
		status.PodIP, status.PodIPs = w.ip, []corev1.PodIP{{IP: w.ip}}
	}
	ran := w.process != nil || (w.last != nil && w.init == nil) // past its init containers
	status.Phase = corev1.PodPending
	if ran {
		status.Phase = corev1.PodRunning
	}
	status.QOSClass = pod.Status.QOSClass
	status.InitContainerStatuses = w.initStatuses(pod, ran, status.StartTime)
	status.ContainerStatuses = nil
	for i := range pod.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses, w.containerStatus(&pod.Spec.Containers[i], ran, *status.StartTime))
	}
	setCondition(&status, corev1.PodInitialized, ran, "ContainersNotInitialized", w.waiting.Message, now)
	setCondition(&status, corev1.ContainersReady, w.ready, "ContainersNotReady", w.why, now)
	setCondition(&status, corev1.PodReady, w.ready, "ContainersNotReady", w.why, now)
	return status
}

func (w *podWorker) initStatuses(pod *corev1.Pod, ran bool, began *metav1.Time) []corev1.ContainerStatus {
	var list []corev1.ContainerStatus
	for _, container := range pod.Spec.InitContainers {
		status := corev1.ContainerStatus{Name: container.Name, Image: container.Image, Started: new(bool)}
		if w.init != nil && container.Name == permitContainer {
			*status.Started = true
			status.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(w.init.started).Rfc3339Copy()}
		} else if ran || w.init != nil {
			status.Ready = true
			status.State.Terminated = &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: *began,
				FinishedAt: *began}
		} else {
			status.State.Waiting = &corev1.ContainerStateWaiting{Reason: "PodInitializing"}
		}
		list = append(list, status)
	}
	return list
}

func (w *podWorker) containerStatus(container *corev1.Container, ran bool, began metav1.Time) corev1.ContainerStatus {
	status := corev1.ContainerStatus{Name: container.Name, Image: container.Image, Started: new(bool)}
	if container.Name != cassandraName {
		// A sidecar is not run; that it seems to run keeps the Pod's readiness Cassandra's own.
		if ran && w.asked.IsZero() {
			*status.Started, status.Ready = true, true
			status.State.Running = &corev1.ContainerStateRunning{StartedAt: began}
		} else {
			status.State.Waiting = &corev1.ContainerStateWaiting{Reason: "PodInitializing"}
		}
		return status
	}
	status.ImageID = container.Image
	status.RestartCount = w.restarts
	if w.last != nil {
		last := *w.last
		last.StartedAt, last.FinishedAt = last.StartedAt.Rfc3339Copy(), last.FinishedAt.Rfc3339Copy()
		status.LastTerminationState.Terminated = &last
	}
	switch {
	case w.process != nil:
		*status.Started, status.Ready = true, w.ready
		started := metav1.NewTime(w.process.started)
		status.State.Running = &corev1.ContainerStateRunning{StartedAt: started.Rfc3339Copy()}
	case !w.asked.IsZero() && w.last != nil:
		status.State.Terminated, status.LastTerminationState.Terminated = status.LastTerminationState.Terminated, nil
	default:
		waiting := w.waiting
		status.State.Waiting = &waiting
	}
	return status
}

func setCondition(status *corev1.PodStatus, kind corev1.PodConditionType, is bool, reason, message string,
	now metav1.Time) {
	wanted := corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue}
	if !is {
		wanted.Status, wanted.Reason, wanted.Message = corev1.ConditionFalse, reason, message
	}
	for i := range status.Conditions {
		have := &status.Conditions[i]
		if have.Type != kind {
			continue
		}
		wanted.LastProbeTime, wanted.LastTransitionTime = have.LastProbeTime, have.LastTransitionTime
		wanted.ObservedGeneration = have.ObservedGeneration
		if have.Status != wanted.Status {
			wanted.LastTransitionTime = now
		}
		*have = wanted
		return
	}
	wanted.LastTransitionTime = now
	status.Conditions = append(status.Conditions, wanted)
}
