package main

import (
	"path/filepath"

	"csuis-offline/internal/catalogue"
	"csuis-offline/stage"
)

// unfinished says what a run that failed has left behind. That it left nothing is
// said only after a look.
func (a *app) unfinished() string {
	for _, out := range a.begun {
		dir := filepath.Dir(filepath.Clean(out))
		names, err := stage.Leftovers(dir)
		if err == nil && len(names) > 0 {
			return a.cat.Text("phrase.left", catalogue.Args{"file": filepath.Join(dir, names[0])})
		}
	}
	if a.stores {
		return a.cat.Text("phrase.left-outbox", nil)
	}
	return a.cat.Text("phrase.left-nothing", nil)
}
