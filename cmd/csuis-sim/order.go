package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/sim"
)

func (a *app) intake() *cobra.Command {
	return &cobra.Command{Use: "intake", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return &usageError{a.cat.Text("sim.error.no-disc", nil)}
		}
		if err := noArgs(a)(cmd, args[1:]); err != nil {
			return err
		}
		target, err := filepath.Abs(args[0])
		if err != nil {
			return err
		}
		r, err := a.order(cmd, sim.Command{Intake: target})
		if err != nil {
			return err
		}
		heading := a.cat.Text("sim.out.intake", catalogue.Args{"disc": args[0]})
		if err := a.print("intake", r, heading, a.intakeRows(r)...); err != nil {
			return err
		}
		if len(r.Intake.Refused) > 0 {
			return errFindings
		}
		return nil
	}}
}

func (a *app) intakeRows(r *sim.Reply) [][2]string {
	rows := [][2]string{{"taken", fmt.Sprint(len(r.Intake.Taken))}, {"refused", strings.Join(r.Intake.Refused, ", ")}}
	// The deliveries of this disc are the last ones.
	for _, d := range r.Deliveries[len(r.Deliveries)-len(r.Intake.Taken):] {
		rows = append(rows, [2]string{"record", a.line(d)})
	}
	return rows
}

func (a *app) set() *cobra.Command {
	var c sim.Command
	var none bool
	var request string
	cmd := &cobra.Command{Use: "set", Args: noArgs(a), RunE: func(cmd *cobra.Command, _ []string) error {
		if _, err := a.rules(c.Faults); err != nil {
			return err
		}
		if none && c.Faults == nil { // new faults replace those in force
			c.Faults = []string{}
		}
		if request != "" {
			parts := append(strings.SplitN(request, ":", 4), "")
			if len(parts) < 4 {
				return &usageError{a.cat.Text("sim.error.request", catalogue.Args{"value": request})}
			}
			c.Request = &sim.RecordWanted{IC: parts[0], RecordType: parts[1], Date: parts[2], Text: parts[3]}
		}
		r, err := a.order(cmd, c)
		if err != nil {
			return err
		}
		return a.print("set", r, a.cat.Text("sim.out.set", nil),
			[2]string{"now", a.cat.Value(r.Now)}, [2]string{"url", r.URL}, [2]string{"requested", r.Requested})
	}}
	flags := cmd.Flags()
	flags.StringArrayVar(&c.Faults, "fault", nil, a.cat.Text("sim.flag.fault", nil))
	flags.BoolVar(&none, "no-fault", false, a.cat.Text("sim.flag.no-fault", nil))
	flags.Uint64Var(&c.Seed, "seed", 1, a.cat.Text("sim.flag.seed", nil))
	flags.DurationVar(&c.Advance, "advance", 0, a.cat.Text("sim.flag.advance", nil))
	flags.StringVar(&c.Announce, "announce", "", a.cat.Text("sim.flag.announce", nil))
	flags.StringVar(&request, "request", "", a.cat.Text("sim.flag.request", nil))
	return cmd
}

func (a *app) status() *cobra.Command {
	return &cobra.Command{Use: "status", Args: noArgs(a), RunE: func(cmd *cobra.Command, _ []string) error {
		r, err := a.order(cmd, sim.Command{})
		if err != nil {
			return err
		}
		rows := [][2]string{{"now", a.cat.Value(r.Now)}, {"url", r.URL}, {"messages", fmt.Sprint(r.Messages)}}
		for _, o := range slices.Sorted(maps.Keys(r.Outcomes)) {
			rows = append(rows, [2]string{"outcome." + string(o), fmt.Sprint(r.Outcomes[o])})
		}
		for _, d := range r.Deliveries {
			rows = append(rows, [2]string{"record", a.line(d)})
		}
		return a.print("status", r, a.cat.Text("sim.out.status", catalogue.Args{"folder": a.options.state}), rows...)
	}}
}

// line is one delivery on one line.
func (a *app) line(d sim.Delivery) string {
	outcome := a.cat.Text("sim.field.outcome."+string(d.Outcome), nil)
	parts := []string{d.At.Format(time.DateTime), outcome, d.Code, d.TransactionID, d.IC, d.RecordType, d.Date, d.Name}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

func (a *app) order(cmd *cobra.Command, c sim.Command) (*sim.Reply, error) {
	o, err := a.simulator()
	if err != nil {
		return nil, err
	}
	return sim.Order(cmd.Context(), o, c)
}
