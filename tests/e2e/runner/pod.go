package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const cassandraName = "cassandra"

// Annotations on a Pod with which a test makes it fail. The first two act once per value.
const (
	killAnnotation       = "e2e.cassplan/kill"        // kill -9, then restarted as after any crash
	loseVolumeAnnotation = "e2e.cassplan/lose-volume" // kill -9, all files of the volume are gone, restarted
	crashAnnotation      = "e2e.cassplan/crash-loop"  // as long as it is there the container exits with 1 at once
	unreadyAnnotation    = "e2e.cassplan/unready"     // as long as it is there the Pod is not Ready
	holdAnnotation       = "e2e.cassplan/hold"        // as long as it is there the container is not started
	freezeAnnotation     = "e2e.cassplan/freeze"      // as long as it is there the process is stopped (SIGSTOP)
)

// podWorker runs one Pod, from its binding to a Node until the Pod object is gone. Only run() and what it calls touch
// the fields below `state`.
type podWorker struct {
	r      *Runner
	wake   chan struct{}
	name   string // namespace/name
	folder string

	mu       sync.Mutex
	pod      *corev1.Pod // newest seen
	vanished bool
	stopping bool // the runner ends, the Pod stays

	// state
	ip         string
	process    *process
	init       *process // of the init container that waits for a permit
	initDone   bool
	hasPlace   bool
	ready      bool
	why        string // why the container is not ready
	misses     int
	restarts   int32
	last       *corev1.ContainerStateTerminated
	backOff    time.Duration
	startAfter time.Time
	waiting    corev1.ContainerStateWaiting
	wanted     *wanted
	data       string
	killed     string // values of the annotations that were acted upon
	lost       string
	frozen     bool
	asked      time.Time // when SIGTERM was sent
	hard       bool      // KILL was sent
}

func newPodWorker(r *Runner, pod *corev1.Pod) *podWorker {
	w := &podWorker{r: r, wake: make(chan struct{}, 1), pod: pod, ip: pod.Status.PodIP, name: pod.Namespace + "/" + pod.Name,
		folder:  filepath.Join(r.State, "pods", fmt.Sprintf("%s_%s_%s", pod.Namespace, pod.Name, pod.UID)),
		waiting: corev1.ContainerStateWaiting{Reason: "PodInitializing"}}
	if status := statusNamed(pod.Status.ContainerStatuses, cassandraName); status != nil {
		// The runner was restarted under the Pod: what it ran ended with it.
		w.restarts = status.RestartCount
		if status.State.Running != nil {
			w.restarts++
			w.last = &corev1.ContainerStateTerminated{ExitCode: 137, Reason: "Error",
				Message: "the test bed was stopped", StartedAt: status.State.Running.StartedAt, FinishedAt: metav1.Now()}
		}
	}
	if text, err := os.ReadFile(w.file("acted")); err == nil {
		if lines := strings.Split(string(text), "\n"); len(lines) >= 2 {
			w.killed, w.lost = lines[0], lines[1]
		}
	}
	return w
}

func (w *podWorker) file(name string) string { return filepath.Join(w.folder, name) }

func (w *podWorker) update(pod *corev1.Pod) {
	w.mu.Lock()
	w.pod = pod
	w.mu.Unlock()
	poke(w.wake)
}

func (w *podWorker) vanish() {
	w.mu.Lock()
	w.vanished = true
	w.mu.Unlock()
	poke(w.wake)
}

func (w *podWorker) shutDown() {
	w.mu.Lock()
	w.stopping = true
	w.mu.Unlock()
	poke(w.wake)
}

func (w *podWorker) current() (pod *corev1.Pod, vanished, stopping bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pod, w.vanished, w.stopping
}

func (w *podWorker) say(format string, arguments ...any) {
	log.Printf("%s: %s", w.name, fmt.Sprintf(format, arguments...))
}

// run looks again twice a second, at each change of the Pod, and when the process ends.
func (w *podWorker) run() {
	defer func() {
		if w.hasPlace {
			w.r.givePlace()
		}
	}()
	for {
		if w.step() {
			return
		}
		var ended chan struct{}
		if w.process != nil {
			ended = w.process.ended
		} else if w.init != nil {
			ended = w.init.ended
		}
		select {
		case <-w.wake:
		case <-ended:
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// step does what is due now; true when this Pod is over.
func (w *podWorker) step() bool {
	pod, vanished, stopping := w.current()
	switch {
	case vanished:
		return w.stop(0)
	case stopping:
		return w.stop(20 * time.Second)
	case pod.DeletionTimestamp != nil:
		return w.terminate(pod)
	}
	if containerNamed(pod.Spec.Containers, cassandraName) == nil {
		w.waiting = corev1.ContainerStateWaiting{Reason: "NotSupported",
			Message: "this bed only runs Pods that have a container named cassandra"}
		w.writeStatus(pod)
		return false
	}
	w.fail(pod)
	w.reap()
	if w.process == nil {
		w.startIfDue(pod)
	} else {
		w.look(pod)
	}
	w.writeStatus(pod)
	return false
}

// stop ends the process with `grace`, true when there is none any more.
func (w *podWorker) stop(grace time.Duration) bool {
	if w.init != nil {
		w.init.sendAll(syscall.SIGKILL)
		<-w.init.ended
		w.init = nil
	}
	if w.process == nil || w.process.over() {
		return true
	}
	if w.asked.IsZero() {
		w.asked = time.Now()
		w.process.send(syscall.SIGCONT)
		if grace > 0 {
			w.process.send(syscall.SIGTERM)
		}
	}
	if !w.hard && time.Since(w.asked) >= grace {
		w.hard = true
		w.process.send(syscall.SIGKILL)
	}
	return false
}

// terminate is the end of a Pod that was asked to go: SIGTERM, the grace period, KILL, and then the object.
func (w *podWorker) terminate(pod *corev1.Pod) bool {
	grace := 30 * time.Second
	if pod.DeletionGracePeriodSeconds != nil {
		grace = time.Duration(*pod.DeletionGracePeriodSeconds) * time.Second
	}
	if w.asked.IsZero() && w.process != nil {
		w.say("stopping, %s, grace %s", w.process, grace)
	}
	w.ready, w.why = false, "the Pod is being deleted"
	if !w.stop(grace) {
		w.writeStatus(pod)
		return false
	}
	w.reap()
	w.writeStatus(pod)
	err := w.r.client.CoreV1().Pods(pod.Namespace).Delete(context.Background(), pod.Name, deleteNow(pod.UID))
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		w.say("delete: %v", err)
		return false
	}
	w.say("gone")
	return len(pod.Finalizers) == 0
}

// fail does what the annotations ask for.
func (w *podWorker) fail(pod *corev1.Pod) {
	kill, lose := pod.Annotations[killAnnotation], pod.Annotations[loseVolumeAnnotation]
	_, crash := pod.Annotations[crashAnnotation]
	if w.process != nil && !w.process.over() {
		_, freeze := pod.Annotations[freezeAnnotation]
		if freeze != w.frozen {
			w.frozen = freeze
			w.process.send(map[bool]syscall.Signal{true: syscall.SIGSTOP, false: syscall.SIGCONT}[freeze])
			w.say("frozen: %v", freeze)
		}
	}
	killing := kill != "" && kill != w.killed
	if killing || (lose != "" && lose != w.lost) || crash {
		if w.process != nil && !w.process.over() {
			if killing {
				w.killed = kill
			}
			w.say("killed, as its annotations ask")
			w.process.send(syscall.SIGKILL)
			<-w.process.ended
			w.reap()
		}
	}
	if lose != "" && lose != w.lost && w.data != "" {
		w.say("volume emptied, as its annotation asks")
		if err := emptyFolder(w.data); err != nil {
			w.say("volume: %v", err)
			return
		}
		w.lost = lose
		w.initDone = false // a machine that comes back with another disk runs the Pod from its beginning
	}
	text := w.killed + "\n" + w.lost + "\n"
	if old, _ := os.ReadFile(w.file("acted")); text != string(old) && text != "\n\n" {
		if err := os.MkdirAll(w.file(""), 0o755); err == nil {
			_ = os.WriteFile(w.file("acted"), []byte(text), 0o644)
		}
	}
}

func emptyFolder(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// reap takes note of a process that has ended by itself or was killed.
func (w *podWorker) reap() {
	if w.process == nil || !w.process.over() {
		return
	}
	p := w.process
	w.process, w.ready, w.frozen = nil, false, false
	w.last = &corev1.ContainerStateTerminated{ExitCode: int32(p.code), Signal: int32(p.signal),
		Reason:    map[bool]string{true: "Completed", false: "Error"}[p.code == 0],
		StartedAt: metav1.NewTime(p.started), FinishedAt: metav1.Now()}
	if w.hasPlace {
		w.hasPlace = false
		w.r.givePlace()
	}
	if !w.asked.IsZero() {
		return
	}
	w.say("%s ended, exit code %d", p, p.code)
	w.afterCrash(time.Since(p.started))
}

// afterCrash says when to try again: at once, then after 10 s, 20 s, ... as the kubelet does.
func (w *podWorker) afterCrash(ran time.Duration) {
	if ran > 10*time.Minute {
		w.backOff = 0
	}
	w.startAfter = time.Now().Add(w.backOff)
	w.waiting = corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff",
		Message: fmt.Sprintf("back-off %s restarting failed container=cassandra", w.backOff)}
	w.backOff = min(max(2*w.backOff, w.r.BackOff), w.r.BackOffMax)
	w.why = "the container is not running"
	w.restarts++
}

// startIfDue starts the container when everything that it needs is there; says in the status what is missing.
func (w *podWorker) startIfDue(pod *corev1.Pod) {
	wait := func(reason, format string, arguments ...any) {
		message := fmt.Sprintf(format, arguments...)
		if w.waiting.Message != message {
			w.say("waits: %s", message)
		}
		w.waiting = corev1.ContainerStateWaiting{Reason: reason, Message: message}
	}
	if time.Now().Before(w.startAfter) {
		return
	}
	if w.ip == "" {
		ip, err := w.r.newAddress()
		if err != nil {
			wait("NoAddress", "%v", err)
			return
		}
		w.ip = ip
		w.waiting = corev1.ContainerStateWaiting{Reason: "PodInitializing"}
		return // the address is in the status, and so in the names' file, before the process is there
	}
	if why, ok := pod.Annotations[holdAnnotation]; ok {
		wait("PodInitializing", "held by an annotation: %s", why)
		return
	}
	data, err := w.volume(pod)
	if err != nil {
		wait("ContainerCreating", "%v", err)
		return
	}
	w.data = data
	wanted, err := readWanted(context.Background(), w.r.client, pod, w.ip, w.r.HostIP)
	if err != nil {
		wait("CreateContainerConfigError", "%v", err)
		return
	}
	w.wanted = wanted
	if !w.initialized(pod, wanted, data, wait) {
		return
	}
	if !w.hasPlace && !w.r.takePlace() {
		wait("ContainerCreating", "this bed runs at most %d Cassandra nodes at once", w.r.MaxNodes)
		return
	}
	w.hasPlace = true
	line, err := w.r.prepare(wanted, w.ip, w.file(""), data)
	if err != nil {
		wait("CreateContainerConfigError", "%v", err)
		return
	}
	if why, ok := pod.Annotations[crashAnnotation]; ok {
		line = []string{"sh", "-c", "echo \"$0\" >&2; exit 1", "made to crash by an annotation: " + why}
	}
	p, err := w.r.starter.start(line, w.file(""), w.file("log/stdout.log"), nil)
	if err != nil {
		wait("RunContainerError", "%v", err)
		return
	}
	w.process, w.ready, w.why, w.misses = p, false, "Cassandra is starting", 0
	w.say("Cassandra %s at %s, %s, %s/%s, volume %s", wanted.Release, w.ip, p, wanted.Datacenter, wanted.Rack, data)
}

// volume is the folder of what is mounted at /var/lib/cassandra: the claim's volume, or a folder that lives as long as
// the Pod.
func (w *podWorker) volume(pod *corev1.Pod) (string, error) {
	container := containerNamed(pod.Spec.Containers, cassandraName)
	name := ""
	for _, mount := range container.VolumeMounts {
		if mount.MountPath == "/var/lib/cassandra" {
			name = mount.Name
		}
	}
	for _, volume := range pod.Spec.Volumes {
		if volume.Name != name || volume.PersistentVolumeClaim == nil {
			continue
		}
		claim, err := w.r.client.CoreV1().PersistentVolumeClaims(pod.Namespace).Get(context.Background(),
			volume.PersistentVolumeClaim.ClaimName, metav1.GetOptions{})
		if err != nil {
			return "", err
		}
		if claim.Status.Phase != corev1.ClaimBound {
			return "", fmt.Errorf("claim %s is %s", claim.Name, claim.Status.Phase)
		}
		persistent, err := w.r.client.CoreV1().PersistentVolumes().Get(context.Background(), claim.Spec.VolumeName,
			metav1.GetOptions{})
		if err != nil {
			return "", err
		}
		if persistent.Spec.HostPath == nil {
			return "", fmt.Errorf("volume %s is no hostPath", persistent.Name)
		}
		return persistent.Spec.HostPath.Path, os.MkdirAll(persistent.Spec.HostPath.Path, 0o755)
	}
	folder := w.file("data")
	return folder, os.MkdirAll(folder, 0o755)
}

// look is the readiness probe: OperationMode NORMAL and an open port for clients. An answer counts at once, silence
// after three times.
func (w *podWorker) look(pod *corev1.Pod) {
	if why, ok := pod.Annotations[unreadyAnnotation]; ok {
		w.ready, w.why = false, "made not ready by an annotation: "+why
		return
	}
	why := probe(w.ip, w.wanted.User, w.wanted.Password)
	if why == "Jolokia does not answer" && w.ready {
		if w.misses++; w.misses < 3 {
			return
		}
	}
	w.misses = 0
	if (why == "") != w.ready || why != w.why {
		if why == "" {
			w.say("ready after %.1f s", time.Since(w.process.started).Seconds())
		} else {
			w.say("not ready: %s", why)
		}
	}
	w.ready, w.why = why == "", why
}
