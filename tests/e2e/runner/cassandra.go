package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// Small sizes, so that five nodes fit beside a control plane on two cores.
var smallYaml = map[string]any{
	"num_tokens": 4, "allocate_tokens_for_local_replication_factor": 3,
	"partitioner":           "org.apache.cassandra.dht.Murmur3Partitioner",
	"endpoint_snitch":       "GossipingPropertyFileSnitch",
	"commitlog_sync":        "periodic",
	"commitlog_sync_period": "10000ms", "commitlog_segment_size": "4MiB", "commitlog_total_space": "64MiB",
	"memtable_heap_space": "64MiB", "memtable_offheap_space": "64MiB", "key_cache_size": "4MiB",
	"counter_cache_size": "1MiB", "file_cache_size": "32MiB", "networking_cache_size": "16MiB",
	"concurrent_reads": 4, "concurrent_writes": 4, "concurrent_counter_writes": 2, "concurrent_compactors": 1,
	"concurrent_materialized_view_writes": 2, "native_transport_max_threads": 8, "auto_snapshot": false,
}

var sizeName = regexp.MustCompile(`_(size|space)$`)
var unitSuffix = regexp.MustCompile(`_in_(ms|mb|kb|s)$`)

// cassandraYaml is the file: small sizes, over them what the Pod's configuration says, over that the user's own file,
// and last what only the place decides (addresses, folders, names).
func cassandraYaml(w *wanted, ip, data string) ([]byte, error) {
	settings := map[string]any{}
	for key, value := range smallYaml {
		settings[key] = value
	}
	if w.Release == "c40" {
		useOldNames(settings)
	}
	own := map[string]any{}
	if text := w.Files["cassandra.yaml"]; text != "" {
		if err := yaml.Unmarshal([]byte(text), &own); err != nil {
			return nil, fmt.Errorf("cassandra.yaml of the ConfigMap: %w", err)
		}
	}
	for _, layer := range []map[string]any{w.Yaml, own} {
		for key, value := range layer {
			dropTwin(settings, key)
			settings[key] = value
		}
	}
	for key, value := range map[string]any{
		"cluster_name": w.Cluster, "listen_address": ip, "rpc_address": ip, "storage_port": 7000,
		"native_transport_port": 9042, "start_native_transport": true,
		"data_file_directories":  []string{filepath.Join(data, "data")},
		"commitlog_directory":    filepath.Join(data, "commitlog"),
		"saved_caches_directory": filepath.Join(data, "saved_caches"),
		"hints_directory":        filepath.Join(data, "hints"),
		"cdc_raw_directory":      filepath.Join(data, "cdc_raw"),
		"seed_provider": []any{map[string]any{"class_name": "org.apache.cassandra.locator.SimpleSeedProvider",
			"parameters": []any{map[string]any{"seeds": w.Seeds}}}},
	} {
		settings[key] = value
	}
	for _, key := range []string{"broadcast_address", "broadcast_rpc_address", "listen_interface", "rpc_interface"} {
		delete(settings, key)
	}
	plain, err := json.Marshal(settings)
	if err != nil {
		return nil, err
	}
	return yaml.JSONToYAML(plain)
}

// useOldNames: before 4.1 the unit is in the name.
func useOldNames(settings map[string]any) {
	for key, value := range settings {
		if text, ok := value.(string); ok && sizeName.MatchString(key) {
			delete(settings, key)
			settings[key+"_in_mb"] = json.Number(strings.TrimSuffix(text, "MiB"))
		}
	}
	delete(settings, "commitlog_sync_period")
	settings["commitlog_sync_period_in_ms"] = 10000
}

// dropTwin removes our value of a setting that is asked for by its other name: Cassandra refuses both.
func dropTwin(settings map[string]any, asked string) {
	stem := unitSuffix.ReplaceAllString(asked, "")
	for key := range settings {
		if key != asked && unitSuffix.ReplaceAllString(key, "") == stem {
			delete(settings, key)
		}
	}
}

const logback = `<configuration><appender name="F" class="ch.qos.logback.core.FileAppender"><file>%s/system.log</file>
<encoder><pattern>%%-5level [%%thread] %%date{ISO8601} %%F:%%L - %%msg%%n</pattern></encoder></appender>
<root level="INFO"><appender-ref ref="F"/></root></configuration>
`

// Java 17 keeps these to itself unless told; the same lists that Cassandra 5.0 ships serve all three releases.
var openPackages = strings.Fields(`java.base/java.io java.base/java.lang.module java.base/java.lang.reflect
	java.base/java.math java.base/java.net java.base/java.nio java.base/java.nio.charset java.base/java.nio.file.spi
	java.base/java.util java.base/java.util.concurrent java.base/java.util.concurrent.atomic
	java.base/java.util.concurrent.locks java.base/java.lang java.base/java.time java.base/sun.nio.ch
	java.base/jdk.internal.loader java.base/jdk.internal.ref java.base/jdk.internal.reflect
	java.base/jdk.internal.math java.base/jdk.internal.module java.base/jdk.internal.util.jar
	java.base/jdk.internal.util java.base/jdk.internal.vm jdk.management/com.sun.management.internal`)
var exportedPackages = strings.Fields(`java.base/jdk.internal.misc java.base/jdk.internal.ref java.base/sun.nio.ch
	java.base/java.lang.ref java.base/jdk.internal.perf java.management.rmi/com.sun.jmx.remote.internal.rmi
	java.rmi/sun.rmi.registry java.rmi/sun.rmi.server java.rmi/sun.rmi.transport java.rmi/sun.rmi.transport.tcp
	java.sql/java.sql jdk.unsupported/sun.misc`)

// prepare writes a node's files and returns its command line. `home` keeps configuration and logs, `data` is the volume.
func (r *Runner) prepare(w *wanted, ip, home, data string) ([]string, error) {
	conf, logs, temporary := filepath.Join(home, "conf"), filepath.Join(home, "log"), filepath.Join(home, "tmp")
	for _, folder := range []string{conf, logs, temporary, filepath.Join(data, "data")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	settings, err := cassandraYaml(w, ip, data)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"cassandra.yaml": settings,
		"cassandra-rackdc.properties": []byte("dc=" + w.Datacenter + "\nrack=" + w.Rack + "\n"),
		"logback.xml":                 []byte(fmt.Sprintf(logback, logs))}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(conf, name), text, 0o644); err != nil {
			return nil, err
		}
	}
	lib := filepath.Join(r.Cache, w.Release)
	jamm, err := filepath.Glob(filepath.Join(lib, "jamm-*.jar"))
	if err != nil || len(jamm) != 1 {
		return nil, fmt.Errorf("%s: Cassandra is not there; tests/e2e/up fetches it", lib)
	}
	return r.commandLine(w, ip, conf, logs, temporary, data, lib, jamm[0]), nil
}

func (r *Runner) commandLine(w *wanted, ip, conf, logs, temporary, data, lib, jamm string) []string {
	line := []string{"java", "-Xms" + r.Heap, "-Xmx" + r.Heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-XX:MaxDirectMemorySize=256M", "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError", "-Xss512k",
		"-XX:CICompilerCount=1", "-XX:ActiveProcessorCount=2"}
	for _, name := range openPackages {
		line = append(line, "--add-opens", name+"=ALL-UNNAMED")
	}
	for _, name := range exportedPackages {
		line = append(line, "--add-exports", name+"=ALL-UNNAMED")
	}
	// One thread, Jolokia's default, would let a decommission block every other request.
	jolokia := "port=8778,host=" + ip + ",executor=cached"
	if w.User != "" {
		jolokia += ",user=" + w.User + ",password=" + w.Password
	}
	// What the Pod asks for comes before what the bed must have.
	line = append(line, "-Dcassandra.skip_wait_for_gossip_to_settle=0", "-Dcassandra.gossip_settle_min_wait_ms=500",
		"-Dcassandra.gossip_settle_interval_ms=250", "-Dcassandra.superuser_setup_delay_ms=0")
	line = append(line, w.Flags...)
	return append(line, "-javaagent:"+jamm, "-javaagent:"+filepath.Join(r.Cache, "jolokia.jar")+"="+jolokia,
		"-Djdk.net.hosts.file="+r.hostsFile(), "-Dsun.net.inetaddr.ttl=5", "-Dsun.net.inetaddr.negative.ttl=1",
		"-Djdk.attach.allowAttachSelf=true", "-Djava.io.tmpdir="+temporary, "-Djava.net.preferIPv4Stack=true",
		"-Dio.netty.tryReflectionSetAccessible=true", "-Dio.netty.eventLoopThreads=2",
		"-Dcassandra.config=file://"+filepath.Join(conf, "cassandra.yaml"), "-Dcassandra.storagedir="+data,
		"-Dcassandra.logdir="+logs, "-Dlogback.configurationFile="+filepath.Join(conf, "logback.xml"),
		"-Dcassandra-foreground=yes", "-Dcassandra.available_processors=2",
		// The JVM's own agent can be bound to one address; Cassandra's takes 127.0.0.1 for every node.
		"-Dcom.sun.management.jmxremote.host="+ip, "-Dcom.sun.management.jmxremote.port=7199",
		"-Dcom.sun.management.jmxremote.rmi.port=7199", "-Djava.rmi.server.hostname="+ip,
		"-Dcom.sun.management.jmxremote.authenticate=false", "-Dcom.sun.management.jmxremote.ssl=false",
		// A replacement is refused ("a live node") unless gossip of the dead one is older than the ring delay.
		fmt.Sprintf("-Dcassandra.ring_delay_ms=%d", r.RingDelay),
		fmt.Sprintf("-Dcassandra.broadcast_interval_ms=%d", r.RingDelay+3000),
		"-cp", conf+":"+lib+"/*", "org.apache.cassandra.service.CassandraDaemon")
}

var probeClient = &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// probe asks a node for its OperationMode and whether it accepts clients; why it is not ready, or "".
func probe(ip, user, password string) string {
	request, err := http.NewRequest("POST", "http://"+net.JoinHostPort(ip, "8778")+"/jolokia/", bytes.NewReader([]byte(
		`{"type":"read","mbean":"org.apache.cassandra.db:type=StorageService","attribute":"OperationMode"}`)))
	if err != nil {
		return err.Error()
	}
	if user != "" {
		request.SetBasicAuth(user, password)
	}
	answer, err := probeClient.Do(request)
	if err != nil {
		return "Jolokia does not answer"
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return "Jolokia does not answer"
	}
	var body struct {
		Status int    `json:"status"`
		Value  string `json:"value"`
	}
	if json.Unmarshal(text, &body) != nil || body.Status != 200 {
		return "Cassandra is starting"
	}
	if body.Value != "NORMAL" {
		return "OperationMode is " + body.Value
	}
	connection, err := net.DialTimeout("tcp", net.JoinHostPort(ip, "9042"), time.Second)
	if err != nil {
		return "OperationMode is NORMAL, but port 9042 is closed"
	}
	connection.Close()
	return ""
}
