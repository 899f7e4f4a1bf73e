// Pinned for the tests, which install their custom resource definitions; nothing of them is built.
module gen.test/custom-resources

go 1.26

require (
	github.com/argoproj/argo-cd/v3 v3.3.0
	github.com/cert-manager/cert-manager v1.21.2
	github.com/external-secrets/external-secrets v1.3.2
	github.com/fluxcd/kustomize-controller v1.9.6
	github.com/fluxcd/source-controller v1.9.0
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
