package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// What a Pod of Cassandra asks for, as far as this bed can give it.
type wanted struct {
	Release    string // c40, c41, c50
	Cluster    string
	Datacenter string
	Rack       string
	Seeds      string
	Yaml       map[string]any    // cassandra.yaml as asked for
	Files      map[string]string // of the ConfigMap that the user gives
	Flags      []string          // -D flags of JVM_OPTS, JVM_EXTRA_OPTS
	User       string            // of Jolokia
	Password   string
}

const (
	datacenterLabel = "cassandraclusters.db.orange.com.dc"
	rackLabel       = "cassandraclusters.db.orange.com.rack"
)

var fieldKey = regexp.MustCompile(`^metadata\.(labels|annotations)\['(.+)'\]$`)

// field is what the downward API gives for a path.
func field(pod *corev1.Pod, path, ip, host string) (string, error) {
	if match := fieldKey.FindStringSubmatch(path); match != nil {
		if match[1] == "labels" {
			return pod.Labels[match[2]], nil
		}
		return pod.Annotations[match[2]], nil
	}
	switch path {
	case "metadata.name":
		return pod.Name, nil
	case "metadata.namespace":
		return pod.Namespace, nil
	case "metadata.uid":
		return string(pod.UID), nil
	case "spec.nodeName":
		return pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName, nil
	case "status.podIP", "status.podIPs":
		return ip, nil
	case "status.hostIP", "status.hostIPs":
		return host, nil
	}
	return "", fmt.Errorf("fieldRef %s is not one that this bed knows", path)
}

// environment is what the container's processes would see.
func environment(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, container *corev1.Container,
	ip, host string) (map[string]string, error) {
	values := map[string]string{}
	for _, from := range container.EnvFrom {
		if ref := from.ConfigMapRef; ref != nil {
			object, err := client.CoreV1().ConfigMaps(pod.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
			if err != nil {
				if ref.Optional != nil && *ref.Optional {
					continue
				}
				return nil, err
			}
			for key, value := range object.Data {
				values[from.Prefix+key] = value
			}
		}
		if ref := from.SecretRef; ref != nil {
			object, err := client.CoreV1().Secrets(pod.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
			if err != nil {
				if ref.Optional != nil && *ref.Optional {
					continue
				}
				return nil, err
			}
			for key, value := range object.Data {
				values[from.Prefix+key] = string(value)
			}
		}
	}
	for _, variable := range container.Env {
		if variable.ValueFrom == nil {
			values[variable.Name] = expand(variable.Value, values)
			continue
		}
		value, err := valueFrom(ctx, client, pod, variable.ValueFrom, ip, host)
		if err != nil {
			return nil, fmt.Errorf("%s of container %s: %w", variable.Name, container.Name, err)
		}
		values[variable.Name] = value
	}
	return values, nil
}

func valueFrom(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, from *corev1.EnvVarSource,
	ip, host string) (string, error) {
	switch {
	case from.FieldRef != nil:
		return field(pod, from.FieldRef.FieldPath, ip, host)
	case from.ConfigMapKeyRef != nil:
		ref := from.ConfigMapKeyRef
		optional := ref.Optional != nil && *ref.Optional
		object, err := client.CoreV1().ConfigMaps(pod.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
		if err != nil && !optional {
			return "", err
		}
		if object == nil {
			return "", nil
		}
		value, ok := object.Data[ref.Key]
		if !ok && !optional {
			return "", fmt.Errorf("ConfigMap %s has no key %s", ref.Name, ref.Key)
		}
		return value, nil
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		optional := ref.Optional != nil && *ref.Optional
		object, err := client.CoreV1().Secrets(pod.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
		if err != nil && !optional {
			return "", err
		}
		if object == nil {
			return "", nil
		}
		value, ok := object.Data[ref.Key]
		if !ok && !optional {
			return "", fmt.Errorf("Secret %s has no key %s", ref.Name, ref.Key)
		}
		return string(value), nil
	}
	return "", nil // resourceFieldRef: nothing here reads one
}

var reference = regexp.MustCompile(`\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)`)

// expand puts variables that stand before it into a value, as the kubelet does for $(NAME).
func expand(text string, values map[string]string) string {
	return reference.ReplaceAllStringFunc(text, func(match string) string {
		if value, ok := values[match[2:len(match)-1]]; ok {
			return value
		}
		return match
	})
}

func containerNamed(list []corev1.Container, name string) *corev1.Container {
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

// releaseOf is which of the three Cassandras an image's tag means.
func releaseOf(image string) (string, error) {
	tag := image[strings.LastIndex(image, "/")+1:]
	tag, _, _ = strings.Cut(tag, "@")
	_, tag, _ = strings.Cut(tag, ":")
	for _, release := range []string{"4.0", "4.1", "5.0"} {
		if tag == release || strings.HasPrefix(tag, release+".") || strings.HasPrefix(tag, release+"-") {
			return "c" + strings.Replace(release, ".", "", 1), nil
		}
	}
	return "", fmt.Errorf("image %q: no such Cassandra here; tags that begin with 4.0, 4.1 or 5.0 are", image)
}

// readWanted reads a Pod of Cassandra. Init containers come in order, later ones win, as each would write over the files
// of the one before.
func readWanted(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, ip, host string) (*wanted, error) {
	cassandra := containerNamed(pod.Spec.Containers, cassandraName)
	release, err := releaseOf(cassandra.Image)
	if err != nil {
		return nil, err
	}
	w := &wanted{Release: release, Datacenter: pod.Labels[datacenterLabel], Rack: pod.Labels[rackLabel],
		Cluster: pod.Labels["cassandracluster"], Files: map[string]string{}}
	containers := append(append([]corev1.Container{}, pod.Spec.InitContainers...), *cassandra)
	for i := range containers {
		values, err := environment(ctx, client, pod, &containers[i], ip, host)
		if err != nil {
			return nil, err
		}
		if err := w.take(values); err != nil {
			return nil, fmt.Errorf("container %s: %w", containers[i].Name, err)
		}
	}
	for _, volume := range pod.Spec.Volumes {
		if volume.ConfigMap == nil {
			continue
		}
		object, err := client.CoreV1().ConfigMaps(pod.Namespace).Get(ctx, volume.ConfigMap.Name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		for name, text := range object.Data {
			w.Files[name] = text
		}
	}
	if w.Cluster == "" || w.Datacenter == "" || w.Rack == "" || w.Seeds == "" {
		return nil, fmt.Errorf("cluster %q, datacenter %q, rack %q, seeds %q: all are needed (CASSANDRA_CLUSTER_NAME, "+
			"CASSANDRA_DC, CASSANDRA_RACK, CASSANDRA_SEEDS)", w.Cluster, w.Datacenter, w.Rack, w.Seeds)
	}
	return w, nil
}

func (w *wanted) take(values map[string]string) error {
	for name, place := range map[string]*string{"CASSANDRA_CLUSTER_NAME": &w.Cluster, "CASSANDRA_DC": &w.Datacenter,
		"CASSANDRA_RACK": &w.Rack, "CASSANDRA_SEEDS": &w.Seeds, "JOLOKIA_USER": &w.User,
		"JOLOKIA_PASSWORD": &w.Password} {
		if value := values[name]; value != "" {
			*place = value
		}
	}
	for _, name := range []string{"JVM_OPTS", "JVM_EXTRA_OPTS"} {
		for _, flag := range strings.Fields(values[name]) {
			if strings.HasPrefix(flag, "-D") {
				w.Flags = append(w.Flags, flag)
			}
		}
	}
	text := values["CONFIG_FILE_DATA"]
	if text == "" {
		return nil
	}
	var data struct {
		Yaml    map[string]any `json:"cassandra-yaml"`
		Cluster struct {
			Name  string `json:"name"`
			Seeds string `json:"seeds"`
		} `json:"cluster-info"`
		Datacenter struct {
			Name string `json:"name"`
		} `json:"datacenter-info"`
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&data); err != nil {
		return fmt.Errorf("CONFIG_FILE_DATA: %w", err)
	}
	w.Yaml = data.Yaml
	for place, value := range map[*string]string{&w.Cluster: data.Cluster.Name, &w.Seeds: data.Cluster.Seeds,
		&w.Datacenter: data.Datacenter.Name} {
		if value != "" {
			*place = value
		}
	}
	return nil
}
