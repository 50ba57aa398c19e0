package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"csuis-offline/check"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/sim"
)

// personsName is the file of persons in the state folder.
const personsName = "persons.toml"

func (a *app) personsFile() string {
	if a.options.persons != "" {
		return a.options.persons
	}
	return filepath.Join(a.options.state, personsName)
}

func withSchemas(dir string) (check.Options, error) {
	schemas, err := check.OpenSchemas(os.DirFS(dir))
	return check.Options{Schemas: schemas}, err
}

// served is what serve says once it serves.
type served struct {
	URL     string `json:"url"`
	Submit  string `json:"submit"`
	Inbox   string `json:"inbox"`
	CA      string `json:"ca"`
	Persons string `json:"persons"`
}

func (a *app) serve() *cobra.Command {
	var listen string
	var faults []string
	var seed uint64
	var demo, emptyEnvelope bool
	cmd := &cobra.Command{Use: "serve", Args: noArgs(a), RunE: func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		rules, err := a.rules(faults)
		if err != nil {
			return err
		}
		if demo {
			if err := a.makeDemo(); err != nil {
				return err
			}
		}
		o, err := a.simulator()
		if err != nil {
			return err
		}
		o.EmptyEnvelope = emptyEnvelope
		if len(rules) > 0 {
			o.Choose = sim.ChooseBy(seed, rules...)
		}
		s, err := sim.Open(o)
		if err != nil {
			return err
		}
		defer s.Close()
		if err := s.Start(listen); err != nil {
			return err
		}
		if err := a.printServed(s); err != nil {
			return err
		}
		<-ctx.Done()
		if err := s.Close(); err != nil {
			return err
		}
		return context.Canceled
	}}
	flags := cmd.Flags()
	flags.StringVar(&listen, "listen", "127.0.0.1:0", a.cat.Text("sim.flag.listen", nil))
	flags.StringArrayVar(&faults, "fault", nil, a.cat.Text("sim.flag.fault", nil))
	flags.Uint64Var(&seed, "seed", 1, a.cat.Text("sim.flag.seed", nil))
	flags.BoolVar(&demo, "demo", false, a.cat.Text("sim.flag.demo", nil))
	flags.BoolVar(&emptyEnvelope, "empty-envelope", false, a.cat.Text("sim.flag.empty-envelope", nil))
	return cmd
}

func (a *app) printServed(s *sim.Sim) error {
	r := served{s.URL(), s.SubmitURL(), s.InboxURL(), s.CAFile(), a.personsFile()}
	return a.print("serving", r, a.cat.Text("sim.out.serving", nil),
		[2]string{"url", r.URL}, [2]string{"submit", r.Submit}, [2]string{"inbox", r.Inbox}, [2]string{"ca", r.CA}, [2]string{"persons", r.Persons})
}

func (a *app) rules(faults []string) ([]sim.Rule, error) {
	var rules []sim.Rule
	for _, text := range faults {
		r, err := sim.ParseRule(text)
		if err != nil {
			return nil, &usageError{a.cat.Text("sim.error.fault", catalogue.Args{"value": text, "detail": err.Error()})}
		}
		rules = append(rules, r)
	}
	return rules, nil
}
