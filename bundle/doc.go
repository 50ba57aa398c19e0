// Package bundle plans, builds and verifies a package: all that one hand-over
// on discs consists of (design: the package folder; doc/package.md).
package bundle
