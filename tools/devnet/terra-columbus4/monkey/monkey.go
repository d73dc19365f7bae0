// Package monkey stands in for a test helper of the SDK's that can't be had any more; nothing in the node uses it.
package monkey
