//go:build tools

// Package devnet names the programs that tools/devnet builds.
package devnet

import (
	_ "github.com/terra-project/core/cmd/terracli"
	_ "github.com/terra-project/core/cmd/terrad"
)
