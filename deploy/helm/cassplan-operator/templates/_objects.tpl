{{/* The objects of a file of deploy/operator, with the label that its kustomization gives to all. */}}
{{- define "cassplan.objects" -}}
{{- range splitList "\n---\n" (.root.Files.Get (printf "operator/%s" .file)) }}
{{- $object := fromYaml . }}
{{- if hasKey $object "kind" }}
{{- $metadata := $object.metadata }}
{{- $labels := merge (dict "app.kubernetes.io/name" "cassplan-operator") (default dict $metadata.labels) }}
{{- $_ := set $metadata "labels" $labels }}
{{- if or $.root.Values.nodeServiceAccount (ne $metadata.name "cassandra-cluster-node") }}
---
{{ toYaml $object }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
