package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// The members of a CycloneDX 1.5 bill of materials that a release uses
// (https://cyclonedx.org/docs/1.5/json/).
type (
	bom struct {
		Schema       string       `json:"$schema"`
		BOMFormat    string       `json:"bomFormat"`
		SpecVersion  string       `json:"specVersion"`
		SerialNumber string       `json:"serialNumber"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Timestamp string    `json:"timestamp"`
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		BOMRef     string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version"`
		Hashes     []hash     `json:"hashes,omitempty"`
		Licenses   []licensed `json:"licenses,omitempty"`
		PURL       string     `json:"purl,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	hash struct {
		Alg     string `json:"alg"`
		Content string `json:"content"`
	}
	licensed struct {
		License license `json:"license"`
	}
	license struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn,omitempty"`
	}
)

// billOfMaterials says, as CycloneDX 1.5, what a binary is made of. It takes the
// modules from the binary itself, and nothing in it depends on when or where it
// is written.
func billOfMaterials(o options, info *buildinfo.BuildInfo, binary []byte, parts []part) ([]byte, error) {
	sum := sha256.Sum256(binary)
	self := component{
		Type: "application", BOMRef: program, Name: program, Version: o.version,
		Hashes: []hash{{"SHA-256", hex.EncodeToString(sum[:])}},
	}
	for _, s := range info.Settings {
		if s.Key == "GOOS" || s.Key == "GOARCH" || s.Key == "CGO_ENABLED" || s.Key == "-trimpath" {
			self.Properties = append(self.Properties, property{"go:build:" + s.Key, s.Value})
		}
	}
	b := bom{
		Schema: "http://cyclonedx.org/schema/bom-1.5.schema.json", BOMFormat: "CycloneDX", SpecVersion: "1.5",
		SerialNumber: "urn:uuid:" + uuid(sum), Version: 1,
		Metadata: metadata{o.time.Format(time.RFC3339), self},
	}
	depends := dependency{Ref: self.BOMRef}
	for _, p := range parts {
		c := component{Type: "library", Name: p.path, Version: p.version, PURL: purl(p)}
		c.BOMRef = c.PURL
		if p.sum != "" {
			c.Properties = []property{{"go:sum", p.sum}}
		}
		seen := map[license]bool{}
		for _, n := range p.licences {
			l := license{ID: n.id}
			if n.id == "" {
				l.Name = n.name
			}
			if !seen[l] {
				seen[l] = true
				c.Licenses = append(c.Licenses, licensed{l})
			}
		}
		b.Components = append(b.Components, c)
		b.Dependencies = append(b.Dependencies, dependency{Ref: c.BOMRef})
		depends.DependsOn = append(depends.DependsOn, c.BOMRef)
	}
	b.Dependencies = append(b.Dependencies, depends)
	data, err := json.MarshalIndent(b, "", "  ")
	return append(data, '\n'), err
}

// purl is the package URL of a Go module; its type wants lower case.
func purl(p part) string {
	return "pkg:golang/" + strings.ToLower(p.path) + "@" + strings.ReplaceAll(p.version, "+", "%2B")
}

// uuid is a UUID of version 8 (RFC 9562), which may be made of anything, here of
// a digest.
func uuid(sum [sha256.Size]byte) string {
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
