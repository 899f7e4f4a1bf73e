{{- define "selector" -}}
app.kubernetes.io/name: {{ .Values.name }}
app.kubernetes.io/instance: {{ .Values.namespace }}
{{- end }}
{{- define "labels" -}}
{{ include "selector" . }}
{{ toYaml .Values.labels }}
{{- end }}
