package main

import (
	"errors"
	"io"

	"csuis-offline/check"
	"csuis-offline/check/attachment"
	"csuis-offline/check/codelist"
	"csuis-offline/check/datafile"
	"csuis-offline/check/deadline"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/iox"
	"csuis-offline/settings"
)

// checkData reads the user's files of data for the checks.
func (a *app) checkData(o checkOptions, c *settings.Settings, co *check.Options) (err error) {
	if file := or(o.terms, c.Relative(c.Check.Terms)); file != "" {
		if co.Terms, err = readData(a, file, deadline.Default().Override); err != nil {
			return err
		}
	}
	if file := or(o.attachments, c.Relative(c.Check.Attachments)); file != "" {
		if co.Attachments, err = readData(a, file, attachment.Parse); err != nil {
			return err
		}
	}
	if file := or(o.codePlaces, c.Relative(c.Check.CodePlaces)); file != "" {
		if co.Places, err = readData(a, file, codelist.ParsePlaces); err != nil {
			return err
		}
	}
	return nil
}

// readData reads a user's file of data. A mistake in it becomes a fault that
// names the file and the line.
func readData[T any](a *app, path string, parse func(io.Reader) (T, error)) (T, error) {
	var none T
	f, err := iox.Open(path)
	if err != nil {
		return none, err
	}
	defer f.Close()
	v, err := parse(f)
	var wrong *datafile.Error
	switch {
	case err == nil:
		return v, nil
	case !errors.As(err, &wrong):
		return none, err
	}
	args := catalogue.Args{
		"file": path, "line": wrong.Line, "key": wrong.Key, "found": wrong.Found, "wanted": wrong.Wanted, "detail": "",
	}
	if wrong.Err != nil {
		args["detail"] = wrong.Err.Error()
	}
	if wrong.Problem == datafile.WrongType {
		args["found"], args["wanted"] = a.cat.Text("data-found."+wrong.Found, nil), a.cat.Text("data-type."+wrong.Wanted, nil)
	}
	return none, &fault{exitUsage, "data." + string(wrong.Problem), args, err}
}
