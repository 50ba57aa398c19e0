//go:build !race

package xsd

const slowdown = 1
