package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// newAddress is one that no Pod had since the state folder was made: a new Pod has a new address.
func (r *Runner) newAddress() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	file := filepath.Join(r.State, "last-address")
	last := 0
	if text, err := os.ReadFile(file); err == nil {
		last, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	for last++; last%256 == 0 || last%256 == 255; last++ {
	}
	if last > 65534 {
		return "", fmt.Errorf("no address left; down --wipe begins again")
	}
	if err := os.WriteFile(file, []byte(strconv.Itoa(last)+"\n"), 0o644); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s.%d.%d", r.PodPrefix, last/256, last%256), nil
}

func (r *Runner) hostsFile() string { return filepath.Join(r.State, "hosts") }

// keepHostsFile plays the cluster's DNS for the Java processes, which read this file at each lookup
// (-Djdk.net.hosts.file): a Pod's name under its headless Service stands for its address for as long as it exists.
func (r *Runner) keepHostsFile(changed <-chan struct{}) {
	written := ""
	for range changed {
		pods, err := r.pods.List(labels.Everything())
		if err != nil {
			continue
		}
		text := hostsText(pods)
		if text == written {
			continue
		}
		temporary := r.hostsFile() + ".new"
		if err := os.WriteFile(temporary, []byte(text), 0o644); err == nil {
			err = os.Rename(temporary, r.hostsFile())
			if err == nil {
				written = text
			}
		}
		if err != nil {
			log.Printf("hosts file: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func hostsText(pods []*corev1.Pod) string {
	lines := []string{}
	for _, pod := range pods {
		if pod.Status.PodIP == "" || pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded {
			continue
		}
		host := pod.Spec.Hostname
		if host == "" {
			host = pod.Name
		}
		names := []string{host}
		if pod.Spec.Subdomain != "" {
			short := host + "." + pod.Spec.Subdomain + "." + pod.Namespace
			service := pod.Spec.Subdomain + "." + pod.Namespace
			names = []string{short, short + ".svc", short + ".svc.cluster.local", service, service + ".svc",
				service + ".svc.cluster.local"}
		}
		lines = append(lines, pod.Status.PodIP+" "+strings.Join(names, " "))
	}
	sort.Strings(lines)
	own, _ := os.Hostname()
	return "127.0.0.1 localhost " + own + "\n" + strings.Join(lines, "\n") + "\n"
}
