// runner is a small kubelet for the test bed: it plays Nodes, and for each Pod bound to one of them that has a
// container named "cassandra" it runs a real Cassandra node at the Pod's own loopback address.
//
// It runs no containers: of the Pod it reads the image's tag (which Cassandra), the environment of the init containers
// (cluster, datacenter, rack, seeds, configuration) and the claims. tests/e2e/README.md says what it does not play.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// Settings are the flags.
type Settings struct {
	Kubeconfig string
	Cache      string // what cassandra/fetch.sh fetched
	State      string // configuration, logs, the hosts file, the last address given
	PodPrefix  string // first two numbers of Pod addresses
	HostIP     string
	Heap       string
	RingDelay  int
	MaxNodes   int
	BackOff    time.Duration
	BackOffMax time.Duration
}

// Runner is what all Pods share.
type Runner struct {
	Settings
	client  kubernetes.Interface
	pods    listers.PodLister
	starter *starter

	mu      sync.Mutex
	workers map[types.UID]*podWorker
	running int
	done    sync.WaitGroup
}

func main() {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	var s Settings
	flag.StringVar(&s.Kubeconfig, "kubeconfig", os.Getenv("KUBECONFIG"), "how to reach the API server")
	flag.StringVar(&s.Cache, "cache", "", "folder with c40, c41, c50 and jolokia.jar")
	flag.StringVar(&s.State, "state", "", "folder for configuration, logs and the hosts file")
	flag.StringVar(&s.PodPrefix, "pod-prefix", "127.100", "first two numbers of the Pods' addresses")
	flag.StringVar(&s.HostIP, "host-ip", "127.0.0.1", "the Nodes' address")
	flag.StringVar(&s.Heap, "heap", "320M", "heap of a Cassandra node, whatever the Pod asks for")
	flag.IntVar(&s.RingDelay, "ring-delay-ms", 2000, "Cassandra's ring delay, whatever the configuration asks for")
	flag.IntVar(&s.MaxNodes, "max-nodes", 5, "Cassandra nodes at once; Pods beyond wait")
	flag.DurationVar(&s.BackOff, "back-off", 10*time.Second, "wait before the second restart in a row; it doubles")
	flag.DurationVar(&s.BackOffMax, "back-off-max", 5*time.Minute, "longest such wait")
	flag.Parse()
	if s.Cache == "" || s.State == "" || flag.NArg() > 0 {
		log.Fatal("runner: --cache and --state are needed, and nothing but flags")
	}
	if err := run(s); err != nil {
		log.Fatal(err)
	}
}

func run(s Settings) error {
	config, err := clientcmd.BuildConfigFromFlags("", s.Kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 200, 400
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	for _, folder := range []string{s.State, filepath.Join(s.State, "pods")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := playNodes(ctx, client, s.HostIP); err != nil {
		return err
	}

	r := &Runner{Settings: s, client: client, starter: newStarter(), workers: map[types.UID]*podWorker{}}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods()
	r.pods = pods.Lister()
	changed := make(chan struct{}, 1)
	_, err = pods.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(o any) { r.saw(o, changed) },
		UpdateFunc: func(_, o any) {
			r.saw(o, changed)
		},
		DeleteFunc: func(o any) { r.gone(o, changed) },
	})
	if err != nil {
		return err
	}
	go r.keepHostsFile(changed)
	go r.growClaims(ctx, factory.Core().V1().PersistentVolumeClaims())
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	log.Printf("runner: ready; state in %s", s.State)
	<-ctx.Done()

	log.Printf("runner: asked to stop; stopping Cassandra nodes")
	r.mu.Lock()
	for _, w := range r.workers {
		w.shutDown()
	}
	r.mu.Unlock()
	r.done.Wait()
	return nil
}

// saw hands a Pod to its worker, which is made for the first Pod with that uid.
func (r *Runner) saw(object any, changed chan<- struct{}) {
	pod, ok := object.(*corev1.Pod)
	if !ok || pod.Spec.NodeName == "" || !isOurNode(pod.Spec.NodeName) {
		return
	}
	poke(changed)
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.workers[pod.UID]
	if w == nil {
		if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
			return
		}
		w = newPodWorker(r, pod)
		r.workers[pod.UID] = w
		r.done.Add(1)
		go func() {
			defer r.done.Done()
			w.run()
			r.mu.Lock()
			delete(r.workers, pod.UID)
			r.mu.Unlock()
		}()
	}
	w.update(pod)
}

// gone is a Pod that no longer exists: what it runs ends at once.
func (r *Runner) gone(object any, changed chan<- struct{}) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return
	}
	poke(changed)
	r.mu.Lock()
	defer r.mu.Unlock()
	if w := r.workers[pod.UID]; w != nil {
		w.vanish()
	}
}

// takePlace is whether one more Cassandra node may run.
func (r *Runner) takePlace() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running >= r.MaxNodes {
		return false
	}
	r.running++
	return true
}

func (r *Runner) givePlace() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
}

func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func deleteNow(uid types.UID) metav1.DeleteOptions {
	zero := int64(0)
	return metav1.DeleteOptions{GracePeriodSeconds: &zero, Preconditions: &metav1.Preconditions{UID: &uid}}
}
