package csuis_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// openers are the ways to open a file that wait at a pipe, or write through a
// link. The rooms open files through internal/iox, which does neither.
var openers = []string{
	"os.Open", "os.OpenFile", "os.Create", "os.ReadFile", "os.WriteFile", "os.OpenRoot", "os.DirFS", "os.CopyFS", "os.Truncate",
	"ioutil.ReadFile", "ioutil.WriteFile", "flock.New",
}

// ownWays are files that have a reason to open in another way.
var ownWays = map[string][]string{
	"internal/prompt/password.go": {"os.OpenFile"},              // the terminal
	"stage/sync.go":               {"os.OpenFile"},              // what was just made, to sync it
	"stage/sync_linux.go":         {"os.Open"},                  // its folder
	"stage/sync_unix.go":          {"os.OpenFile"},              // exclusively
	"stage/lock.go":               {"flock.New", "os.OpenFile"}, // a lock, with iox.LockFlags
	"outbox/lock.go":              {"flock.New"},
}

func TestRoomsOpenFilesThroughOneOpener(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range sources(t) {
		if s.test || room(s.dir) < 0 && s.dir != "internal/prompt" && s.dir != "internal/tomlfile" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), s.path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, call := range openers {
				if !selects(n, call) {
					continue
				}
				if slices.Contains(ownWays[s.path], call) {
					used[s.path+" "+call] = true
				} else {
					t.Errorf("%s calls %s: internal/iox opens without waiting at a pipe and without writing through a link", s.path, call)
				}
			}
			return true
		})
	}
	for path, calls := range ownWays {
		for _, call := range calls {
			if !used[path+" "+call] && !strings.HasPrefix(path, "outbox/") {
				t.Errorf("%s does not call %s any more", path, call)
			}
		}
	}
}
