//go:build !race

package seal

const slow = 1
