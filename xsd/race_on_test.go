//go:build race

package xsd

// slowdown is by how much the race detector may slow down what is timed.
const slowdown = 10
