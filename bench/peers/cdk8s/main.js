// The objects of the benchmark with cdk8s: node main.js VALUES OUTPUT ENVIRONMENT…
const fs = require('fs');
const path = require('path');
const { App, Chart, ApiObject, YamlOutputType } = require('cdk8s');
const yaml = require('yaml');

const [values, outdir, ...environments] = process.argv.slice(2);

// Yaml.load of cdk8s would start a process for each file.
const load = (name) => yaml.parse(fs.readFileSync(path.join(values, `${name}.yaml`), 'utf8'));

function merged(below, above) {
  const isMap = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);
  const result = { ...below };
  for (const [key, value] of Object.entries(above)) {
    result[key] = isMap(value) && isMap(below[key]) ? merged(below[key], value) : value;
  }
  return result;
}

function add(chart, v) {
  const selector = { 'app.kubernetes.io/name': v.name, 'app.kubernetes.io/instance': v.namespace };
  const metadata = { name: v.name, namespace: v.namespace, labels: { ...selector, ...v.labels } };
  new ApiObject(chart, 'config', {
    apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { level: v.log.level, format: v.log.format },
  });
  new ApiObject(chart, 'service', {
    apiVersion: 'v1', kind: 'Service', metadata,
    spec: {
      type: v.service, selector,
      ports: Object.entries(v.ports).map(([name, port]) => ({ name, port, targetPort: name })),
    },
  });
  new ApiObject(chart, 'deployment', {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata,
    spec: {
      replicas: v.replicas,
      selector: { matchLabels: selector },
      template: { metadata: { labels: metadata.labels }, spec: pod(v) },
    },
  });
}

function pod(v) {
  return {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 30,
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{
      name: 'server',
      image: `${v.image.repository}:${v.image.tag}`,
      command: ['/usr/bin/tensorflow_model_server'],
      args: [
        `--port=${v.ports.grpc}`, `--rest_api_port=${v.ports.rest}`,
        `--model_name=${v.name}`, `--model_base_path=/models/${v.name}`,
      ],
      ports: Object.entries(v.ports).map(([name, containerPort]) => ({ name, containerPort })),
      env: [{ name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name: v.name, key: 'level' } } }],
      resources: { limits: v.resources, requests: v.resources },
      readinessProbe: { httpGet: { path: `/v1/models/${v.name}/metadata`, port: 'rest' }, periodSeconds: 10 },
      livenessProbe: { tcpSocket: { port: 'grpc' }, periodSeconds: 20 },
      securityContext: {
        allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] },
      },
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    }],
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '256Mi' } }],
  };
}

const base = load('base');
for (const environment of environments) {
  const app = new App({
    outdir: path.join(outdir, environment),
    yamlOutputType: YamlOutputType.FILE_PER_RESOURCE,
  });
  add(new Chart(app, 'gan', { disableResourceNameHashes: true }), merged(base, load(environment)));
  app.synth();
}
