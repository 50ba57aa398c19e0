package main

import (
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"testing"

	"csuis-offline/checksum"
	"csuis-offline/internal/testtool"
)

// goldenKinds says of each kind of vector which commands meet one. They run as in
// vectors_test.go, and here every byte counts that they print or make.
var goldenKinds = map[string]func(*golden, *testtool.Vector){
	"xm6":        goldenContainer,
	"key":        goldenKey,
	"sha":        goldenChecksum,
	"identifier": goldenEnvelope,
	"envelope":   goldenEnvelope,
	"image":      goldenImage,
	"package":    goldenKept,
}

// goldenVectors gives each vector of testdata to the commands that read such a
// thing. The randomness follows from the vector's name, so that a vector more
// changes no line of the others.
func goldenVectors(t *testing.T) []goldenCase {
	var all []goldenCase
	for _, kind := range testtool.VectorKinds() {
		run, ok := goldenKinds[kind]
		if !ok {
			t.Fatalf("no command meets the vectors of the kind %s", kind)
		}
		for _, v := range testtool.Vectors(t, kind) {
			name := kind + "/" + v.Name
			all = append(all, goldenCase{name, func(g *golden) {
				g.rand = rand.NewChaCha8(sha256.Sum256([]byte(name)))
				g.records("in", nil)
				if err := os.Mkdir(g.path("out"), 0o777); err != nil {
					g.t.Fatal(err)
				}
				run(g, &v)
				g.tree("out")
			}})
		}
	}
	return all
}

// record writes a record and its checksum into a folder.
func (g *golden) record(data []byte) {
	g.t.Helper()
	g.write("disc/R.XM6", data)
	g.write("disc/R.SHA", checksum.Line("R.XM6", sha256.Sum256(data)))
}

func goldenContainer(g *golden, v *testtool.Vector) {
	g.write(demoKey, v.Bytes(g.t, "key"))
	g.record(v.Body)
	g.command("open", "$W/disc/R.XM6", "-o", "$W/out/opened", "--key", "$W/"+demoKey)
	g.command("verify", "$W/disc", "--key", "$W/"+demoKey)
	g.command("pack", "$W/disc/R.XM6", "--out", "$W/out", "--key", "$W/"+demoKey)
}

func goldenKey(g *golden, v *testtool.Vector) {
	key := v.Bytes(g.t, "key")
	if len(key) == 0 {
		key = vectorKey()
	}
	g.record(sealedWith(g.t, g.rand, key, goodEnvelope(g.t)))
	g.write("key.file", v.Body)
	args := []string{"open", "$W/disc/R.XM6", "-o", "$W/out/opened.xml", "--key", "$W/key.file"}
	if typed := v.All("password"); typed != nil {
		g.write("password", []byte(typed[0]+"\n"))
		args = append(args, "--password-file", "$W/password")
	}
	g.command(args...)
}

func goldenChecksum(g *golden, v *testtool.Vector) {
	g.write("disc/R_1.XM6", []byte("hello"))
	g.write("disc/R_1.SHA", v.Body)
	g.command("verify", "$W/disc")
}

// goldenEnvelope seals the envelope in both profiles, and opens and verifies it
// sealed as it is.
func goldenEnvelope(g *golden, v *testtool.Vector) {
	g.write("in.xml", v.Body)
	for _, profile := range []string{"binding", "exclusive"} {
		out := "$W/out/" + profile
		g.command("seal", "$W/in.xml", "-o", out+".XM6", "--key", "$W/"+demoKey, "--profile", profile)
		g.command("open", out+".XM6", "-o", out+".xml", "--key", "$W/"+demoKey)
	}
	g.record(sealedWith(g.t, g.rand, vectorKey(), v.Body))
	g.command("open", "$W/disc/R.XM6", "-o", "$W/out/opened.xml", "--key", "$W/"+demoKey)
	g.command("verify", "$W/disc", "--key", "$W/"+demoKey)
}

func goldenImage(g *golden, v *testtool.Vector) {
	g.write("disc.iso", v.Image(g.t))
	g.command("verify", "$W/disc.iso")
}

// goldenKept verifies the package of the suite and packs its records again.
// The lone records are verified without the key: which of them names the person
// depends on which is opened first.
func goldenKept(g *golden, v *testtool.Vector) {
	name := v.Get("package")
	g.write(demoKey, v.Bytes(g.t, "key"))
	if err := os.CopyFS(g.path(name), os.DirFS(testtool.TestData(g.t, "package", name))); err != nil {
		g.t.Fatal(err)
	}
	g.write(name+"/disc-1.iso", testtool.Unpacked(g.t, "package", "disc-1.iso.gz"))
	for _, target := range []string{"", "/disc-1.iso"} {
		g.command("verify", "$W/"+name+target, "--key", "$W/"+demoKey)
	}
	g.command("verify", "$W/"+name+"/records")
	g.command("pack", "$W/"+name+"/records", "--out", "$W/out", "--key", "$W/"+demoKey, "--timestamp", packageTime)
}
