//go:build tools

// Package devnet names the program that tools/devnet builds.
package devnet

import _ "github.com/CosmWasm/wasmd/cmd/wasmd"
