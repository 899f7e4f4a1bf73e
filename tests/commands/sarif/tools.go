//go:build tools

package sarif

import _ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
