package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// The init container that decides whether a node may start on an empty volume; the only one whose script is run as it
// stands in the Pod. Its folders are those of this machine.
const permitContainer = "start-permit"

var javaOption = regexp.MustCompile(`-D[^\s"]+`)

// initialized runs the script to its end, once for each start of the Pod; true when Cassandra may start.
func (w *podWorker) initialized(pod *corev1.Pod, wanted *wanted, data string,
	wait func(reason, format string, arguments ...any)) bool {
	container := containerNamed(pod.Spec.InitContainers, permitContainer)
	if container == nil {
		return true
	}
	conf := w.file("conf")
	folders := map[string]string{"/etc/cassandra": conf, "/var/lib/cassandra": data}
	if err := w.writeFields(pod, container, folders); err != nil {
		wait("CreateContainerConfigError", "%v", err)
		return false
	}
	options := filepath.Join(conf, "cassandra-env.sh")
	if w.initDone {
		text, err := os.ReadFile(options)
		if err != nil {
			wait("CreateContainerConfigError", "%v", err)
			return false
		}
		wanted.Flags = append(wanted.Flags, javaOption.FindAllString(string(text), -1)...)
		return true
	}
	if w.init == nil {
		w.startInit(pod, container, folders, options, wait)
		return false
	}
	wait("PodInitializing", "init container %s runs", permitContainer)
	if !w.init.over() {
		return false
	}
	w.say("init container %s ended, exit code %d", permitContainer, w.init.code)
	w.initDone = w.init.code == 0
	if !w.initDone {
		w.startAfter = time.Now().Add(w.r.BackOff)
	}
	w.init = nil
	return false // the next step goes on
}

func (w *podWorker) startInit(pod *corev1.Pod, container *corev1.Container, folders map[string]string, options string,
	wait func(reason, format string, arguments ...any)) {
	err := os.MkdirAll(w.file("log"), 0o755)
	if err == nil {
		err = os.WriteFile(options, nil, 0o644) // each start of a Pod begins with the image's configuration
	}
	values := map[string]string{}
	if err == nil {
		values, err = environment(context.Background(), w.r.client, pod, container, w.ip, w.r.HostIP)
	}
	more := []string{}
	for name, value := range values {
		for inside, folder := range folders {
			if value == inside || strings.HasPrefix(value, inside+"/") {
				value = folder + strings.TrimPrefix(value, inside)
				break
			}
		}
		more = append(more, name+"="+value)
	}
	line := append(append([]string{}, container.Command...), container.Args...)
	if err == nil {
		w.init, err = w.r.starter.start(line, w.file(""), w.file("log/init.log"), more)
	}
	if err != nil {
		wait("CreateContainerConfigError", "init container %s: %v", permitContainer, err)
	}
}

// writeFields plays the volumes that show fields of the Pod as files, and notes where they are.
func (w *podWorker) writeFields(pod *corev1.Pod, container *corev1.Container, folders map[string]string) error {
	if err := os.MkdirAll(w.file("conf"), 0o755); err != nil {
		return err
	}
	for _, mount := range container.VolumeMounts {
		for _, volume := range pod.Spec.Volumes {
			if volume.Name != mount.Name || volume.DownwardAPI == nil {
				continue
			}
			folder := w.file("fields-" + volume.Name)
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return err
			}
			folders[mount.MountPath] = folder
			for _, item := range volume.DownwardAPI.Items {
				if item.FieldRef == nil {
					continue
				}
				value, err := field(pod, item.FieldRef.FieldPath, w.ip, w.r.HostIP)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(folder, item.Path), []byte(value), 0o644); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
