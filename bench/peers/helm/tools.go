//go:build tools

// The one program that this module pins: Helm, built as its own authors build it.
package tools

import _ "helm.sh/helm/v4/cmd/helm"
