package main

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"csuis-offline/c14n"
	"csuis-offline/check"
	"csuis-offline/check/codelist"
	"csuis-offline/check/rules"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/iox"
	"csuis-offline/settings"
)

// parts are the values of --only.
var parts = []struct {
	name string
	part check.Part
}{{"schema", check.Schema}, {"rules", check.Rules}, {"codelists", check.CodeLists}}

func partOf(name string) (check.Part, error) {
	if name == "" {
		return check.All, nil
	}
	var names []string
	for _, p := range parts {
		if p.name == name {
			return p.part, nil
		}
		names = append(names, p.name)
	}
	return 0, badChoice("only", name, names)
}

// register adds the flags that say what to check against.
func (o *checkOptions) register(a *app, f *pflag.FlagSet) {
	f.StringVar(&o.schemas, "schemas", "", a.cat.Text("flag.schemas", nil))
	f.StringVar(&o.rules, "rules", "", a.cat.Text("flag.rules", nil))
	f.StringVar(&o.terms, "terms", "", a.cat.Text("flag.terms", nil))
	f.StringVar(&o.attachments, "attachments", "", a.cat.Text("flag.attachments", nil))
	f.StringVar(&o.codePlaces, "code-places", "", a.cat.Text("flag.code-places", nil))
}

// buildCheck gathers what to check against. done closes what was opened; the
// findings are about the code lists.
func (a *app) buildCheck(o checkOptions, c *settings.Settings, res *checkResult) (co check.Options, notes []finding.Finding, done func(), err error) {
	done = func() {}
	if co.Only, err = partOf(o.only); err != nil {
		return co, nil, done, err
	}
	if co.On, err = a.dayOf(o.on); err != nil {
		return co, nil, done, err
	}
	res.On = co.On.Format(time.DateOnly)
	co.Unit, co.Person = c.Unit.IC, c.Person.ID
	co.Type = func(uri, local string) (string, bool) { return envelope.RecordTypeOf(c.Records, uri, local) }
	if file := or(o.rules, c.Relative(c.Check.Rules)); file != "" {
		if co.Rules, err = a.readRules(file); err != nil {
			return co, nil, done, err
		}
	}
	if err = a.checkData(o, c, &co); err != nil {
		return co, nil, done, err
	}
	// Without a folder there are no lists, which the summary says.
	co.Lists = &codelist.Lists{}
	lists, noFolder := c.CodeListFolder()
	if noFolder == nil {
		co.Lists, err = codelist.Open(lists)
	}
	if err != nil {
		if co.Lists == nil || !errors.Is(err, codelist.ErrStore) {
			return co, nil, done, err
		}
		if co.Only&check.CodeLists != 0 {
			notes = append(notes, damagedStore(lists, err))
		}
	}
	res.CodeLists = len(co.Lists.Versions())
	if dir := or(o.schemas, c.Relative(c.Check.Schemas)); dir != "" {
		root, err := iox.OpenRoot(dir)
		if err != nil {
			return co, nil, done, err
		}
		done = func() { root.Close() }
		if co.Schemas, err = check.OpenSchemas(iox.Folder(root)); err != nil {
			done()
			return co, nil, func() {}, schemasFault(dir, err)
		}
		res.Schemas = true
	}
	return co, notes, done, nil
}

// checker prepares the checks of records that are handed over at a time. done
// closes what was opened; the findings are about the code lists.
func (a *app) checker(o checkOptions, c *settings.Settings, at time.Time) (checker *check.Checker, notes []finding.Finding, done func(), err error) {
	o.on = at.Format(time.DateOnly)
	co, notes, done, err := a.buildCheck(o, c, &checkResult{})
	if err != nil {
		return nil, nil, done, err
	}
	if checker, err = check.New(co); err != nil {
		done()
		return nil, nil, func() {}, err
	}
	return checker, notes, done, nil
}

// dayOf reads the day of handing over; "" is today.
func (a *app) dayOf(s string) (time.Time, error) {
	if s == "" {
		return a.now(), nil
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return day, usageFault("usage.bad-date", catalogue.Args{"flag": "--on", "value": s})
	}
	return day, nil
}

// readRules reads a user's rules, which are added to the manual's.
func (a *app) readRules(path string) (*rules.Set, error) {
	f, err := iox.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	own, err := rules.Parse(filepath.Base(path), f)
	set := rules.Builtin()
	if err == nil {
		err = set.Add(own)
	}
	var (
		parse  *rules.ParseError
		double *rules.DuplicateError
		absent *rules.ReplaceError
	)
	args := catalogue.Args{"file": path}
	switch {
	case errors.As(err, &parse):
		args["line"], args["column"], args["wanted"], args["found"] = parse.Line, parse.Column, a.mistake(parse.Pattern, parse.Args, parse.Wanted), a.foundRule(parse.Found)
		return nil, &fault{exitUsage, "usage.rules-syntax", args, err}
	case errors.As(err, &double):
		args["what"] = a.mistake(double.Pattern, double.Args, double.What)
		return nil, &fault{exitUsage, "usage.rules-double", args, err}
	case errors.As(err, &absent):
		args["what"] = absent.Rule
		return nil, &fault{exitUsage, "usage.rules-absent", args, err}
	case errors.Is(err, rules.ErrTooLarge):
		return nil, &fault{exitUsage, "usage.rules-large", args, err}
	}
	return set, err
}

// schemasFault distinguishes a folder without schemas from one that cannot be
// read.
func schemasFault(dir string, err error) error {
	var syntax *c14n.SyntaxError
	args := catalogue.Args{"folder": dir, "detail": err.Error()}
	switch {
	case errors.Is(err, check.ErrNoSchemas):
		return &fault{exitUsage, "usage.schemas-none", args, err}
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
		return &fault{exitUsage, "usage.schemas-broken", args, err}
	}
	// The path of the error begins inside the folder.
	var p *fs.PathError
	if errors.As(err, &p) {
		if errors.Is(err, iox.ErrNotRegular) {
			return &fs.PathError{Op: p.Op, Path: filepath.Join(dir, p.Path), Err: p.Err}
		}
		var system syscall.Errno
		if !errors.As(p.Err, &system) {
			// os.Root, not the system, refuses it, because a link leads out of the
			// folder.
			return &fault{exitUsage, "usage.schemas-link", catalogue.Args{"file": filepath.Join(dir, p.Path), "folder": dir}, err}
		}
		return &fs.PathError{Op: p.Op, Path: filepath.Join(dir, p.Path), Err: p.Err}
	}
	return err
}
