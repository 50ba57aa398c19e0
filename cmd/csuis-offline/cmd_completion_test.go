package main

import (
	"testing"

	"github.com/spf13/pflag"

	"csuis-offline/internal/catalogue"
)

// TestEveryValueCanBeCompleted wants a decision for each flag that takes a
// value, and none for a flag that is gone.
func TestEveryValueCanBeCompleted(t *testing.T) {
	t.Parallel()
	values, used := valueCompletions(), map[string]bool{}
	root := newRootCommand(testApp(t, catalogue.Czech))
	paths := map[string]bool{}
	for _, cmd := range shownCommands(root) {
		paths[cmd.CommandPath()] = true
		visible(cmd.Flags(), func(f *pflag.Flag) {
			if f.NoOptDefVal != "" {
				return
			}
			used[f.Name] = true
			if values[f.Name] == nil {
				t.Errorf("%s --%s has no completion", cmd.CommandPath(), f.Name)
			}
		})
	}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { used[f.Name] = true })
	for name := range values {
		if !used[name] {
			t.Errorf("no command has --%s", name)
		}
	}
	for path := range argumentCompletions() {
		if path != "" && !paths[program+" "+path] {
			t.Errorf("there is no command %q", path)
		}
	}
	if err := complete(root); err != nil {
		t.Error(err)
	}
}
