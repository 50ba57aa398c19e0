package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/fixture"
)

// updateGolden writes testdata/golden anew.
var updateGolden = flag.Bool("update-golden", false, "write testdata/golden anew")

// goldenDir keeps, where it is set, what the cases printed and made, so that two
// versions of the program can be compared file by file.
const goldenDir = "CSUIS_GOLDEN_DIR"

// goldenCase is one folder in which commands run one after another.
type goldenCase struct {
	name string
	run  func(g *golden)
}

// golden runs commands in a folder with a clock, randomness and version from
// outside, and notes the digests of what they print and make.
type golden struct {
	t    *testing.T
	dir  string
	rand io.Reader
	log  bytes.Buffer // what is compared
	full bytes.Buffer // everything printed
}

// TestSameBytesAsBefore holds commands to the digests in testdata/golden: the
// same inputs give the same packages, images, JSON and exit codes, byte for byte,
// whatever was moved inside.
func TestSameBytesAsBefore(t *testing.T) {
	t.Parallel()
	for _, set := range []struct {
		file  string
		cases []goldenCase
	}{
		{"packages.txt", goldenPackages()},
		{"commands.txt", goldenCommands()},
		{"vectors.txt", goldenVectors(t)},
	} {
		t.Run(strings.TrimSuffix(set.file, ".txt"), func(t *testing.T) {
			t.Parallel()
			logs := make([][]byte, len(set.cases))
			t.Run("cases", func(t *testing.T) {
				for i, c := range set.cases {
					t.Run(c.name, func(t *testing.T) {
						t.Parallel()
						logs[i] = runGolden(t, i, c)
					})
				}
			})
			compareGolden(t, filepath.Join("..", "..", "testdata", "golden", set.file), bytes.Join(logs, nil))
		})
	}
}

func runGolden(t *testing.T, seed int, c goldenCase) []byte {
	g := &golden{t: t, dir: t.TempDir(), rand: rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "%s %d", c.name, seed)))}
	if keep := os.Getenv(goldenDir); keep != "" {
		g.dir = filepath.Join(keep, c.name)
		if err := os.MkdirAll(g.dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprintf(&g.log, "# %s\n", c.name)
	c.run(g)
	if keep := os.Getenv(goldenDir); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, c.name+".log"), g.full.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return g.log.Bytes()
}

func compareGolden(t *testing.T, path string, got []byte) {
	if *updateGolden {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	t.Errorf(`users would see a change. If they are meant to, this writes the digests anew:
go test ./cmd/csuis-offline -run TestSameBytesAsBefore -update-golden
Read the diff, and explain it in the commit.`)
	was, is := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	heading, shown := "", 0
	for i := range max(len(was), len(is)) {
		var w, s string
		if i < len(was) {
			w = was[i]
		}
		if i < len(is) {
			s = is[i]
		}
		if strings.HasPrefix(s, "#") {
			heading = s
		}
		if w == s {
			continue
		}
		t.Errorf("%s\n was %s\n is  %s", heading, w, s)
		if shown++; shown == 20 {
			t.Fatal("and more")
		}
	}
}

// path is a path in the case's folder.
func (g *golden) path(elem ...string) string {
	return filepath.Join(append([]string{g.dir}, elem...)...)
}

func (g *golden) write(name string, data []byte) {
	g.t.Helper()
	path := g.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		g.t.Fatal(err)
	}
}

// records writes made-up records into a folder, and the settings and the key of
// their unit beside it.
func (g *golden) records(dir string, rs []fixture.Record) {
	g.t.Helper()
	for _, r := range rs {
		g.write(filepath.Join(dir, r.File), r.Data)
	}
	g.write("csuis.toml", []byte(demoConfig()+"\n[online]\noutbox = \"box\"\n"))
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(i)
	}
	g.write(demoKey, key)
	g.write(filepath.Join(demoLists, "README"), nil)
}

// command runs the program with the settings of the folder, prints JSON, and
// notes the exit code and the digest of what was printed. In the arguments $W is
// the folder.
func (g *golden) command(args ...string) {
	g.t.Helper()
	shown := strings.Join(args, " ")
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "$W", g.dir)
	}
	var out, errs bytes.Buffer
	in, err := os.Open(os.DevNull)
	if err != nil {
		g.t.Fatal(err)
	}
	defer in.Close()
	a := &app{
		in: in, out: &out, err: &errs, rand: g.rand, identity: identity{version: "v0.0.0-golden"}, workers: 1,
		now:    func() time.Time { return time.Date(2026, 10, 12, 9, 30, 0, 0, time.UTC) },
		getenv: func(string) string { return "" },
	}
	code := a.run(context.Background(), append(args, "--json", "--config", g.path("csuis.toml")))
	plain := g.plain(out.Bytes())
	fmt.Fprintf(&g.full, "$ %s\n%s%s", shown, plain, g.plain(errs.Bytes()))
	fmt.Fprintf(&g.log, "%s\n\texit %d, printed %s, errors %s\n", shown, code, digest(plain), digest(g.plain(errs.Bytes())))
	for line := range bytes.Lines(out.Bytes()) {
		if !json.Valid(line) {
			g.t.Errorf("%s: no JSON: %s", shown, line)
		}
	}
}

// plain takes the folder of this run out of what was printed.
func (g *golden) plain(data []byte) []byte {
	return bytes.ReplaceAll(data, []byte(g.dir), []byte("$W"))
}

// tree notes the digest of every file below a folder.
func (g *golden) tree(dir string) {
	g.t.Helper()
	err := filepath.WalkDir(g.path(dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(g.dir, path)
		fmt.Fprintf(&g.log, "\t%s %s\n", digest(data), filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		fmt.Fprintf(&g.log, "\t%s is not there\n", dir)
	}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// goldenPackages makes and judges 200 packages of made-up records.
func goldenPackages() []goldenCase {
	var all []goldenCase
	for i := range 200 {
		all = append(all, goldenCase{fmt.Sprintf("package-%03d", i), func(g *golden) { goldenPackage(g, i) }})
	}
	return all
}

func goldenPackage(g *golden, i int) {
	day := time.Date(2026, time.September, 30, 0, 0, 0, 0, time.UTC)
	rs := fixture.Records(uint64(i))
	switch i % 5 {
	case 1:
		rs = rs[:1+i%4]
	case 2:
		rs = fixture.StatementRecords(uint64(i), day)
	case 3:
		rs = append(rs, fixture.Record{File: "rozbitý.xml", Data: rs[0].Data[:len(rs[0].Data)-7-i%90]})
	}
	g.records("in", rs)
	args := []string{"pack", "$W/in", "--out", "$W/out", "--key", "$W/" + demoKey, "--timestamp", fmt.Sprint(1791800000 + 86400*i)}
	pick := func(n int, choices ...[]string) { args = append(args, choices[i/n%len(choices)]...) }
	pick(1, nil, []string{"--media", "dvd"}, []string{"--media", "cd74"})
	pick(2, nil, []string{"--profile", "exclusive"})
	pick(3, nil, []string{"--module", "CSÚIS"}, nil)
	pick(4, nil, nil, []string{"--without-checks"})
	pick(5, nil, []string{"--rename"})
	pick(7, nil, []string{"--reason", "Porucha č. " + fmt.Sprint(i), "--place", "Příbram"})
	g.command(args...)
	g.tree("out")
	made, _ := filepath.Glob(g.path("out", "CSUIS_*"))
	if len(made) == 0 {
		g.command("check", "$W/in")
		return
	}
	pkg := strings.Replace(made[0], g.dir, "$W", 1)
	g.command("verify", pkg, "--key", "$W/"+demoKey)
	g.command("verify", pkg+"/disc-1.iso")
	switch i % 10 {
	case 0:
		image, err := os.ReadFile(filepath.Join(made[0], "disc-1.iso"))
		if err != nil {
			g.t.Fatal(err)
		}
		image[(i*7919+41)*97%len(image)] ^= 1 << (i % 8)
		g.write("flipped.iso", image)
		g.command("verify", "$W/flipped.iso", "--key", "$W/"+demoKey)
	case 4:
		g.command("pack", pkg+"/records", "--out", "$W/again", "--key", "$W/"+demoKey, "--timestamp", "1791900000")
		g.tree("again")
		g.command("verify", pkg+"/records")
	case 5:
		if err := os.Mkdir(g.path("opened"), 0o777); err != nil {
			g.t.Fatal(err)
		}
		for _, file := range must(filepath.Glob(filepath.Join(made[0], "records", "*.XM6"))) {
			name := filepath.Base(file)
			g.command("open", pkg+"/records/"+name, "-o", "$W/opened/"+name+".xml", "--key", "$W/"+demoKey)
		}
		g.tree("opened")
	case 7:
		if err := os.Remove(must(filepath.Glob(filepath.Join(made[0], "records", "*.SHA")))[0]); err != nil {
			g.t.Fatal(err)
		}
		g.command("verify", pkg)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// goldenCommands are the commands beside pack and verify, and the demo.
func goldenCommands() []goldenCase {
	return []goldenCase{
		{"demo", func(g *golden) {
			g.records("in", nil)
			g.command("demo", "$W/demo")
			g.tree("demo")
		}},
		{"demo-statements", func(g *golden) {
			g.records("in", nil)
			g.command("demo", "--statements", "$W/demo")
			g.tree("demo")
			g.command("check", "$W/demo", "--schemas", "$W/demo/schemata")
			g.command("check", "$W/demo", "--on", "2026-11-30")
		}},
		{"check", func(g *golden) {
			for seed := range uint64(10) {
				g.records("in", fixture.StatementRecords(seed, time.Date(2026, time.December, 31, 0, 0, 0, 0, time.UTC)))
				g.command("check", "$W/in", "--on", "2027-02-01")
			}
			g.command("check", "--list-rules")
			for _, name := range []string{"terms", "attachments", "fields", "code-places"} {
				g.command("data", name)
			}
		}},
		{"seal", func(g *golden) {
			g.records("in", fixture.Records(3))
			for _, r := range fixture.Records(3) {
				g.command("seal", "$W/in/"+r.File, "-o", "$W/sealed/"+r.File+".XM6", "--key", "$W/"+demoKey, "--timestamp", "1791800000")
			}
			if err := os.Mkdir(g.path("sealed"), 0o777); err != nil {
				g.t.Fatal(err)
			}
			for _, r := range fixture.Records(3) {
				g.command("seal", "$W/in/"+r.File, "-o", "$W/sealed/"+r.File+".XM6", "--key", "$W/"+demoKey, "--timestamp", "1791800000")
				g.command("open", "$W/sealed/"+r.File+".XM6", "-o", "$W/sealed/"+r.File, "--key", "$W/"+demoKey)
			}
			g.tree("sealed")
			g.command("verify", "$W/sealed", "--key", "$W/"+demoKey)
		}},
		{"outbox", func(g *golden) {
			rs := fixture.Records(4)
			g.records("in", rs)
			for _, r := range rs {
				g.command("send", "$W/in/"+r.File, "--later", "--key", "$W/"+demoKey)
				g.command("send", "$W/in/"+r.File, "--later", "--key", "$W/"+demoKey)
			}
			g.command("outbox")
			g.command("outbox", "show", "1")
			g.command("outbox", "withdraw", "2")
			g.command("pack", "--from-outbox", "--out", "$W/out", "--key", "$W/"+demoKey, "--timestamp", "1791800000")
			g.tree("out")
			g.command("outbox", "packages")
			g.command("outbox", "show", "3")
			g.command("outbox", "undo-package", "1")
			g.command("outbox", "verify-store")
			g.command("outbox")
		}},
		{"mistakes", func(g *golden) {
			g.records("in", fixture.Records(5))
			g.command("pack")
			g.command("pack", "$W/none", "--out", "$W/out", "--key", "$W/"+demoKey)
			g.command("pack", "$W/in", "--out", "$W/out", "--key", "$W/none")
			g.command("pack", "$W/in", "--out", "$W/out", "--key", "$W/"+demoKey, "--media", "tape")
			g.command("verify", "$W/none")
			g.command("verify", "$W/in")
			g.command("nonsense")
			g.command("send", "$W/in", "--key", "$W/"+demoKey)
			for _, text := range []string{"[unit]\nic = 5\n", "[unit]\nick = \"5\"\n", "[unit\n", "[pack]\nmedia = \"tape\"\n", "[seal]\nprofile = \"x\"\n"} {
				g.write("csuis.toml", []byte(text))
				g.command("pack", "$W/in", "--out", "$W/out", "--key", "$W/"+demoKey)
			}
		}},
	}
}
