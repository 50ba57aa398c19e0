package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

// vectorKinds says of each kind of vector how the commands meet one.
var vectorKinds = map[string]func(*vectorRun){
	"xm6":        runContainerVector,
	"sha":        runChecksumVector,
	"key":        runKeyVector,
	"identifier": runIdentifierVector,
	"envelope":   runEnvelopeVector,
	"image":      runImageVector,
}

// has reports whether one of the codes belongs to a family: "container".
func has(codes []string, family string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return strings.HasPrefix(c, family+".") })
}

// damaged reports whether the container itself was found to be damaged.
func damaged(codes []string) bool {
	return has(codes, "container") || slices.Contains(codes, "file.empty") || slices.Contains(codes, "pack.empty")
}

// runContainerVector opens a sealed record, verifies it in a folder, and packs it.
func runContainerVector(r *vectorRun) {
	t, v := r.t, r.v
	r.write("key", v.Bytes(t, "key"))
	r.record("disc", v.Body)
	exit, codes := r.answer("open", r.path("disc", "R.XM6"), "-o", r.path("out.xml"), "--key", r.path("key"))
	switch {
	case v.Accepted() == damaged(codes):
		t.Errorf("open: exit %d, %s", exit, codes)
	case exit == exitOK && digest(r.read("out.xml")) != v.Get("sha256"):
		t.Error("open gives another document")
	}
	exit, codes = r.answer("verify", r.path("disc"), "--key", r.path("key"))
	if v.Accepted() == damaged(codes) {
		t.Errorf("verify: exit %d, %s", exit, codes)
	}
	exit, codes = r.answer("pack", r.path("disc", "R.XM6"), "--out", r.path("packages"), "--key", r.path("key"))
	if v.Accepted() == damaged(codes) {
		t.Errorf("pack: exit %d, %s", exit, codes)
	}
	if exit != exitOK {
		return
	}
	made, err := filepath.Glob(r.path("packages", "*"))
	if err != nil || len(made) != 1 {
		t.Fatal(made, err)
	}
	if exit, codes := r.command("verify", made[0], "--key", r.path("key")); exit != exitOK {
		t.Errorf("verify of the package: exit %d, %s", exit, codes)
	}
}

// runKeyVector opens a record with the key of the file.
func runKeyVector(r *vectorRun) {
	key := r.v.Bytes(r.t, "key")
	if len(key) == 0 {
		key = vectorKey()
	}
	document := goodEnvelope(r.t)
	r.write("R.XM6", r.sealed(key, document))
	r.write("key.file", r.v.Body)
	args := []string{"open", r.path("R.XM6"), "-o", r.path("out.xml"), "--key", r.path("key.file")}
	if typed := r.v.All("password"); typed != nil {
		r.write("password", []byte(typed[0]+"\n"))
		args = append(args, "--password-file", r.path("password"))
	}
	exit, codes := r.answer(args...)
	switch {
	case r.v.Accepted() != (exit == exitOK):
		r.t.Errorf("open: exit %d, %s", exit, codes)
	case exit == exitOK && digest(r.read("out.xml")) != digest(document):
		r.t.Error("open gives another document")
	case exit != exitOK && exit != exitKey && !slices.Contains(codes, "key.password-file-empty"):
		r.t.Errorf("open: exit %d, %s", exit, codes)
	}
}

// runChecksumVector verifies a folder with the file beside the record that most
// of the vectors name; what it holds is what their digest is of.
func runChecksumVector(r *vectorRun) {
	r.write("disc/R_1.XM6", []byte("hello"))
	r.write("disc/R_1.SHA", r.v.Body)
	exit, codes := r.answer("verify", r.path("disc"))
	malformed := slices.Contains(codes, "sha.malformed") || slices.Contains(codes, "file.empty")
	if one := len(r.v.All("entry")) == 1; malformed == one || malformed && exit != exitFindings {
		r.t.Errorf("verify: exit %d, %s", exit, codes)
	}
}

// runIdentifierVector seals the envelope, and opens and verifies it sealed as it
// is, by whoever did not look.
func runIdentifierVector(r *vectorRun) {
	t, v := r.t, r.v
	r.write("in.xml", v.Body)
	exit, codes := r.answer("seal", r.path("in.xml"), "-o", r.path("out.XM6"), "--key", r.path("key"), "--profile", "binding")
	switch {
	case v.Get("reason") == "missing":
		if exit != exitOK {
			t.Errorf("seal: exit %d, %s", exit, codes)
		}
	case v.Accepted() != (exit == exitOK):
		t.Errorf("seal: exit %d, %s", exit, codes)
	case v.Accepted():
		r.roundTrip(v.Body)
	}
	r.record("disc", r.sealed(vectorKey(), v.Body))
	exit, codes = r.answer("open", r.path("disc", "R.XM6"), "-o", r.path("opened.xml"), "--key", r.path("key"))
	if v.Accepted() != (exit == exitOK) || v.Accepted() && digest(r.read("opened.xml")) != digest(v.Body) {
		t.Errorf("open: exit %d, %s", exit, codes)
	}
	exit, codes = r.answer("verify", r.path("disc"), "--key", r.path("key"))
	if v.Accepted() != (exit == exitOK) {
		t.Errorf("verify: exit %d, %s", exit, codes)
	}
}

// roundTrip opens what was sealed and wants this document back.
func (r *vectorRun) roundTrip(document []byte) {
	r.t.Helper()
	exit, codes := r.command("open", r.path("out.XM6"), "-o", r.path("back.xml"), "--key", r.path("key"))
	if exit != exitOK || digest(r.read("back.xml")) != digest(document) {
		r.t.Errorf("what was sealed opens to something else: exit %d, %s", exit, codes)
	}
}

// goodEnvelope is the document of a vector that every command takes.
func goodEnvelope(t *testing.T) []byte {
	t.Helper()
	for _, v := range testtool.Vectors(t, "identifier") {
		if v.Name == "binding-unchanged" {
			return v.Body
		}
	}
	t.Fatal("no good envelope among the vectors")
	return nil
}

// runEnvelopeVector seals the envelope, and opens it as one that was sealed without
// an identifier.
func runEnvelopeVector(r *vectorRun) {
	r.write("in.xml", r.v.Body)
	exit, codes := r.answer("seal", r.path("in.xml"), "-o", r.path("out.XM6"), "--key", r.path("key"), "--profile", "binding")
	if r.v.Accepted() != (exit == exitOK) {
		r.t.Errorf("seal: exit %d, %s", exit, codes)
	}
	if exit == exitOK {
		if exit, codes := r.command("open", r.path("out.XM6"), "-o", r.path("back.xml"), "--key", r.path("key")); exit != exitOK {
			r.t.Errorf("what was sealed does not open: exit %d, %s", exit, codes)
		}
	}
	r.record("disc", r.sealed(vectorKey(), r.v.Body))
	if exit, codes := r.answer("open", r.path("disc", "R.XM6"), "-o", r.path("opened.xml"), "--key", r.path("key")); exit != exitFindings {
		r.t.Errorf("open: exit %d, %s", exit, codes)
	}
}

// runImageVector verifies the image.
func runImageVector(r *vectorRun) {
	r.write("disc.iso", r.v.Image(r.t))
	_, codes := r.answer("verify", r.path("disc.iso"))
	rule := r.v.Get("rule")
	wanted := "iso." + rule
	if rule == "joliet-file" || rule == "joliet-name" {
		wanted = "tree.joliet" // verify compares the trees by their bytes
	}
	if rule == "" && has(codes, "iso") || rule != "" && !slices.Contains(codes, wanted) {
		r.t.Errorf("verify: %s", codes)
	}
}
