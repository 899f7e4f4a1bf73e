{{- define "selector" -}}
app.kubernetes.io/instance: {{ .Values.name }}
app.kubernetes.io/name: tensorflow-serving
{{- end }}
{{- define "labels" -}}
app.kubernetes.io/component: model-server
app.kubernetes.io/managed-by: gen
{{ include "selector" . }}
{{- end }}
{{- define "metadata" -}}
name: {{ .Values.name }}
namespace: {{ .Values.namespace.name }}
labels:
  {{- include "labels" . | nindent 2 }}
{{- end }}
{{- define "image" -}}
{{- with .Values.registry.loginServer }}{{ . }}/{{ end }}{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end }}
{{- define "model" -}}
{{ keys .Values.models | sortAlpha | first }}
{{- end }}
{{- define "probe" -}}
httpGet:
  path: {{ .path }}
  port: rest
{{ toYaml .probe }}
{{- end }}
{{- define "spread" -}}
- labelSelector:
    matchLabels:
      {{- include "selector" .root | nindent 6 }}
  matchLabelKeys:
  - pod-template-hash
  maxSkew: 1
  topologyKey: {{ .key }}
  whenUnsatisfiable: ScheduleAnyway
{{- end }}
