//go:build tools

// Package tools names the programs that the tests build, so that go.mod keeps what they need.
package tools

import (
	_ "github.com/fluxcd/kustomize-controller"
	_ "github.com/fluxcd/source-controller"
)
