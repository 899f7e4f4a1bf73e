//go:build tools

// Package tools names the programs that the tests build, so that go.mod keeps what they need.
package tools

import (
	_ "github.com/bitnami/sealed-secrets/cmd/controller"
	_ "github.com/bitnami/sealed-secrets/cmd/kubeseal"
)
