package main

import (
	"bytes"
	"cmp"
	"debug/buildinfo"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// part is a module that is linked into the program, or Go's own library.
type part struct {
	path, version string
	sum           string   // go.sum's h1: digest; "" for Go itself
	licences      []notice // at least one
}

// notice is a file that must go with a copy of a part.
type notice struct {
	name string // its path in the module, with slashes
	id   string // SPDX identifier; "" if the text is unknown
	text []byte
}

// noticeName matches the names of files that state terms or attributions.
var noticeName = regexp.MustCompile(`(?i)^((un)?licen[cs]es?|copying|copyright|notice|patents)\b`)

// linked lists the parts of a binary with their licences, sorted. It fails if
// one has no licence, as such a program must not be distributed.
func linked(source string, info *buildinfo.BuildInfo) ([]part, error) {
	folders, root, err := packageFolders(source, setting(info, "GOOS"), setting(info, "GOARCH"))
	if err != nil {
		return nil, err
	}
	goRoot, err := goCommand(source, nil, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	all := []part{{path: "std", version: strings.TrimPrefix(info.GoVersion, "go")}}
	dir := strings.TrimSpace(goRoot)
	folders["std"], root["std"] = []string{dir}, dir
	for _, d := range info.Deps {
		if d.Replace != nil {
			return nil, fmt.Errorf("%s is replaced by %s: a release takes modules as they are published", d.Path, d.Replace.Path)
		}
		all = append(all, part{path: d.Path, version: d.Version, sum: d.Sum})
	}
	for i := range all {
		p := &all[i]
		if p.licences, err = notices(root[p.path], folders[p.path]); err != nil {
			return nil, fmt.Errorf("%s %s: %w", p.path, p.version, err)
		}
	}
	slices.SortFunc(all, func(a, b part) int { return cmp.Compare(a.path, b.path) })
	return all, nil
}

// packageFolders maps the modules that the program links on a system to the
// folders of their packages and to their own.
func packageFolders(source, system, arch string) (folders map[string][]string, root map[string]string, err error) {
	out, err := goCommand(source, []string{"GOOS=" + system, "GOARCH=" + arch, "CGO_ENABLED=0"},
		"list", "-deps", "-f", `{{with .Module}}{{.Path}}{{"\t"}}{{.Dir}}{{"\t"}}{{$.Dir}}{{end}}`, "./cmd/"+program)
	if err != nil {
		return nil, nil, err
	}
	folders, root = map[string][]string{}, map[string]string{}
	for line := range strings.Lines(out) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 3 {
			root[f[0]] = f[1]
			folders[f[0]] = append(folders[f[0]], f[2])
		}
	}
	return folders, root, nil
}

func goCommand(dir string, env []string, args ...string) (string, error) {
	var errs bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), env...), &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, errs.Bytes())
	}
	return string(out), nil
}

// errNoLicence: a part that states no terms may not be copied.
var errNoLicence = errors.New("no file states its licence")

// notices reads the files of terms in the folders and in those above them, up to
// the root: code taken from elsewhere has its own terms beside it.
func notices(root string, folders []string) ([]notice, error) {
	if root == "" {
		return nil, errors.New("the go command does not list it")
	}
	found := map[string]notice{}
	for _, dir := range append([]string{root}, folders...) {
		for {
			if err := noticesIn(root, dir, found); err != nil {
				return nil, err
			}
			up := filepath.Dir(dir)
			if dir == root || up == dir {
				break
			}
			dir = up
		}
	}
	all := slices.SortedFunc(maps.Values(found), func(a, b notice) int { return cmp.Compare(a.name, b.name) })
	if len(all) == 0 {
		return nil, errNoLicence
	}
	return all, nil
}

func noticesIn(root, dir string, found map[string]notice) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !noticeName.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
			continue
		}
		path := filepath.Join(dir, e.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		found[name] = notice{name, licenceID(text), text}
	}
	return nil
}

// licenceID is the SPDX identifier of a licence's text; "" where it is none of
// the common ones, or holds several.
func licenceID(text []byte) string {
	t := strings.ToLower(strings.Join(strings.Fields(string(text)), " "))
	var ids []string
	for _, l := range []struct{ id, says, lacks string }{
		{"Apache-2.0", "apache license version 2.0, january 2004", ""},
		{"MIT", "permission is hereby granted, free of charge, to any person", ""},
		{"ISC", "permission to use, copy, modify, and/or distribute this software", ""},
		{"MPL-2.0", "mozilla public license version 2.0", ""},
		{"BSD-2-Clause", "redistribution and use in source and binary forms", "endorse or promote"},
	} {
		if strings.Contains(t, l.says) && (l.lacks == "" || !strings.Contains(t, l.lacks)) {
			ids = append(ids, l.id)
		}
	}
	if strings.Contains(t, "redistribution and use in source and binary forms") && strings.Contains(t, "endorse or promote") {
		ids = append(ids, "BSD-3-Clause")
	}
	if len(ids) != 1 {
		return ""
	}
	return ids[0]
}

// licenceFiles are the texts as the archive holds them, and their list.
func licenceFiles(parts []part) []file {
	var files []file
	var list strings.Builder
	list.WriteString("Software by others that is linked into " + program + ", and its licences:\n\n")
	for _, p := range parts {
		for _, n := range p.licences {
			id := cmp.Or(n.id, "see the text")
			name := p.path + "@" + p.version + "/" + n.name
			fmt.Fprintf(&list, "%s %s: %s (%s)\n", p.path, p.version, id, name)
			files = append(files, file{name: "LICENSES/" + name, data: n.text})
		}
	}
	return append(files, file{name: "LICENSES/README.txt", data: []byte(list.String())})
}
