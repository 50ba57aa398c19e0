// Package csuis_test holds what is true of the whole tree: which room may
// import which, and what must stand nowhere in it.
package csuis_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "csuis-offline"

// rooms in their order (doc/architecture.md, Rooms): a room imports only what
// stands before it.
var rooms = []string{
	"finding", "progress", "stage", "c14n", "xsd", "crypto", "checksum", "iso", "form", "envelope", "seal",
	"check", "batch", "bundle", "online", "outbox", "settings", "handover", "archive", "ikr", "cmd/" + module,
}

// simulator is a command beside the rooms: it may use all of them but the
// command line.
const simulator = "cmd/csuis-sim"

// strangers are rooms that must not know one another although their order would
// allow it: the checks judge what is written in a record, and not how it is
// sealed.
var strangers = map[string][]string{"check": {"seal", "crypto"}}

// helpers are no rooms: who may import them outside of tests.
var helpers = map[string][]string{
	"internal/catalogue": {"cmd/" + module, simulator},
	"internal/fixture":   {"cmd/" + module, simulator, "bench"},
	"internal/litter":    {"batch", "bundle", "check"},
	"internal/iox":       slices.Concat(rooms, []string{simulator}),
	"internal/manpage":   {"cmd/" + module},
	"internal/meter":     {"cmd/" + module},
	"internal/pool":      {"batch", "handover"},
	"internal/prompt":    {"cmd/" + module},
	"internal/packtest":  nil,
	"internal/sim":       {simulator},
	"internal/similar":   {"settings", "cmd/" + module},
	"internal/testtool":  nil,
	"internal/tomlfile":  {"check", "settings"},
}

// online are the rooms that may know the network.
var online = []string{"online", "handover", "ikr", "cmd/" + module, "internal/sim", simulator}

// network are the packages that reach it.
var network = []string{"net", "net/http", "net/rpc", "net/smtp", "crypto/tls", "golang.org/x/net"}

type source struct {
	path, dir string
	test      bool
	imports   []string
}

// sources parses the imports of every Go file, whatever its build tags.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	walk(t, func(path string) {
		if filepath.Ext(path) != ".go" || strings.Contains(path, "testdata/") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		s := source{path: path, dir: filepath.ToSlash(filepath.Dir(path)), test: strings.HasSuffix(path, "_test.go")}
		for _, i := range f.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Error(err)
				continue
			}
			s.imports = append(s.imports, name)
		}
		all = append(all, s)
	})
	if len(all) == 0 {
		t.Fatal("no sources found")
	}
	return all
}

// walk visits the files of the tree, without what git and builds leave there.
func walk(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n == ".git" || n == "dist" || n == "csuis-demo" || path == "csuis-sim" {
				return filepath.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() {
			visit(filepath.ToSlash(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// room is the place in the order of the room that holds a folder; -1 for none.
func room(dir string) int {
	return slices.IndexFunc(rooms, func(r string) bool { return within(dir, []string{r}) })
}

// within reports whether a path is one of the trees or lies in it.
func within(path string, trees []string) bool {
	return slices.ContainsFunc(trees, func(t string) bool { return path == t || strings.HasPrefix(path, t+"/") })
}

func TestImportsGoUpTheListOfRooms(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		from := room(s.dir)
		for _, name := range s.imports {
			dir, ours := strings.CutPrefix(name, module+"/")
			if !ours {
				continue
			}
			to := room(dir)
			if from >= 0 && to > from {
				t.Errorf("%s imports %s, which stands below it", s.path, dir)
			}
			if from >= 0 && !s.test && within(dir, strangers[rooms[from]]) {
				t.Errorf("%s imports %s, of which its room knows nothing", s.path, dir)
			}
			allowed, helper := helpers[dir]
			if to < 0 && !helper {
				t.Errorf("%s imports %s, which is neither a room nor a helper known here", s.path, dir)
			}
			if helper && !s.test && !within(s.dir, allowed) && !within(s.dir, []string{"internal"}) {
				t.Errorf("%s imports %s, which is not for it", s.path, dir)
			}
		}
	}
}

// TestOnlyFormKnowsThePDFLibrary keeps a library that nobody maintains any more
// where another can take its place (doc/dependencies.md).
func TestOnlyFormKnowsThePDFLibrary(t *testing.T) {
	t.Parallel()
	found := false
	for _, s := range sources(t) {
		if s.test || !slices.Contains(s.imports, "github.com/jung-kurt/gofpdf") {
			continue
		}
		found = true
		if s.dir != "form" {
			t.Errorf("%s imports gofpdf", s.path)
		}
	}
	if !found {
		t.Error("nothing imports gofpdf: this test and the line in doc/dependencies.md can go")
	}
}

func TestOnlyOnlineRoomsKnowTheNetwork(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if within(s.dir, online) {
			continue
		}
		for _, name := range s.imports {
			// net/url takes names apart and knows no network.
			if within(name, network) && name != "net/url" {
				t.Errorf("%s imports %s", s.path, name)
			}
		}
	}
}

// TestBatchKnowsNeitherDiscsNorTheNetwork: what seals records serves a hand-over
// on disc and online alike.
func TestBatchKnowsNeitherDiscsNorTheNetwork(t *testing.T) {
	t.Parallel()
	for dep, by := range reached(t, "./batch") {
		dir, _ := strings.CutPrefix(dep, module+"/")
		if within(dir, []string{"bundle", "iso", "form", "online"}) {
			t.Errorf("batch reaches %s through %s", dir, by)
		}
	}
}

// tied are packages of libraries that import net but do not reach it: uuid, by
// way of SQLite's C library, asks for a hardware address.
var tied = []string{"github.com/google/uuid"}

// TestNoRoomReachesTheNetworkThroughOthers asks the go command, which knows
// what the libraries import.
func TestNoRoomReachesTheNetworkThroughOthers(t *testing.T) {
	t.Parallel()
	for _, r := range rooms {
		if slices.Contains(online, r) {
			continue
		}
		if _, err := os.Stat(r); err != nil {
			continue // a room that is not built yet
		}
		for dep, by := range reached(t, "./"+r) {
			if dep == "net/http" || dep == "crypto/tls" || dep == "net" {
				t.Errorf("%s reaches %s through %s", r, dep, by)
			}
		}
	}
}

// reached maps every package that a room reaches, other than through what is
// tied, to one that imports it.
func reached(t *testing.T, room string) map[string]string {
	t.Helper()
	imports := map[string][]string{}
	var from string // -deps lists what is asked for last
	for line := range strings.Lines(goList(t, "-deps", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", room)) {
		f := strings.Fields(line)
		from, imports[f[0]] = f[0], f[1:]
	}
	by := map[string]string{}
	for next := []string{from}; len(next) > 0; next = next[1:] {
		if within(next[0], tied) {
			continue
		}
		for _, dep := range imports[next[0]] {
			if by[dep] == "" {
				by[dep] = next[0]
				next = append(next, dep)
			}
		}
	}
	return by
}

func goList(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %q: %v", args, err)
	}
	return string(out)
}

func TestNoCgo(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if slices.Contains(s.imports, "C") {
			t.Errorf("%s uses cgo", s.path)
		}
	}
	cmd := exec.Command("go", "list", "-deps", "-f", "{{if and (not .Standard) .CgoFiles}}{{.ImportPath}}{{end}}", "./cmd/...")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range strings.Fields(string(out)) {
		t.Errorf("%s uses cgo", dep)
	}
}

// TestNothingOfThisMachineStandsInTheTree looks for paths of the machine and
// for hosts of package registries in every file.
func TestNothingOfThisMachineStandsInTheTree(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	words := []string{root + "/"}
	for _, env := range []string{"GOMODCACHE", "GOPROXY"} {
		out, err := exec.Command("go", "env", env).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range strings.FieldsFunc(strings.TrimSpace(string(out)), func(r rune) bool { return r == ',' || r == '|' }) {
			if len(w) > 8 {
				words = append(words, w)
			}
		}
	}
	walk(t, func(path string) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			return
		}
		for _, w := range words {
			if i := bytes.Index(data, []byte(w)); i >= 0 {
				t.Errorf("%s, line %d: holds %q", path, 1+bytes.Count(data[:i], []byte("\n")), w)
			}
		}
	})
}

// TestOnlyHandoverKnowsBothTheChannelAndTheOutbox: the doors ask it for all work
// on both.
func TestOnlyHandoverKnowsBothTheChannelAndTheOutbox(t *testing.T) {
	t.Parallel()
	by := map[string]map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, name := range s.imports {
			if name == module+"/online" || name == module+"/outbox" {
				if by[s.dir] == nil {
					by[s.dir] = map[string]bool{}
				}
				by[s.dir][name] = true
			}
		}
	}
	for dir, names := range by {
		if len(names) > 1 && dir != "handover" {
			t.Errorf("%s imports both online and outbox", dir)
		}
	}
	for _, door := range []string{"cmd/" + module, "desk"} {
		if by[door][module+"/online"] {
			t.Errorf("%s imports online: it reaches the channel through handover", door)
		}
	}
}

// atTheEnd are the files of the command line that do something when the context
// ends: they give a second signal to the operating system, or close the input that
// a read waits for.
var atTheEnd = []string{"main.go", "convert.go", "cmd_codelist.go"}

// TestNoGoroutineInTheCommandLine: the rooms do the work, the command line asks.
func TestNoGoroutineInTheCommandLine(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test || !within(s.dir, []string{"cmd/" + module}) {
			continue
		}
		for _, name := range s.imports {
			if within(name, []string{"sync", "golang.org/x/sync"}) {
				t.Errorf("%s imports %s", s.path, name)
			}
		}
		f, err := parser.ParseFile(token.NewFileSet(), s.path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if _, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s starts a goroutine", s.path)
			}
			for _, call := range []string{"time.AfterFunc", "time.Sleep", "context.AfterFunc"} {
				if selects(n, call) && !(call == "context.AfterFunc" && slices.Contains(atTheEnd, filepath.Base(s.path))) {
					t.Errorf("%s calls %s", s.path, call)
				}
			}
			return true
		})
	}
}

// selects reports whether a node is a name of a package, such as time.Sleep.
func selects(n ast.Node, name string) bool {
	s, ok := n.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := s.X.(*ast.Ident)
	return ok && pkg.Name+"."+s.Sel.Name == name
}

// TestNothingSleepsInHandover: whatever waits there ends with its context.
func TestNothingSleepsInHandover(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test || !within(s.dir, []string{"handover"}) {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), s.path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if selects(n, "time.Sleep") {
				t.Errorf("%s calls time.Sleep, which no context ends", s.path)
			}
			return true
		})
	}
}
