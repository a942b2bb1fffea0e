package faults_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/region/faults"
)

func TestCheck(t *testing.T) {
	for _, row := range []struct {
		name  string
		fault faults.Fault
		want  error
	}{
		{"slow", faults.Fault{Kind: faults.Slow, Delay: time.Second}, nil},
		{"slow without a delay", faults.Fault{Kind: faults.Slow}, faults.ErrValue},
		{"slow for ever", faults.Fault{Kind: faults.Slow, Delay: time.Hour}, faults.ErrValue},
		{"delay of another", faults.Fault{Kind: faults.Hang, Delay: time.Second}, faults.ErrValue},
		{"one service", faults.Fault{Kind: faults.Broken, Service: "invio", Times: 3}, nil},
		{"less than never", faults.Fault{Kind: faults.Broken, Times: -1}, faults.ErrValue},
		{"too often", faults.Fault{Kind: faults.Broken, Times: 1001}, faults.ErrValue},
		{"maintenance, 200", faults.Fault{Kind: faults.Maintenance, Status: 200}, nil},
		{"maintenance, 503", faults.Fault{Kind: faults.Maintenance, Status: 503}, nil},
		{"maintenance, 418", faults.Fault{Kind: faults.Maintenance, Status: 418}, faults.ErrValue},
		{"status of another", faults.Fault{Kind: faults.Broken, Status: 503}, faults.ErrValue},
		{"clock behind", faults.Fault{Kind: faults.ClockSkew, Skew: -time.Hour}, nil},
		{"clock right", faults.Fault{Kind: faults.ClockSkew}, faults.ErrValue},
		{"clock of another age", faults.Fault{Kind: faults.ClockSkew, Skew: 11 * 365 * 24 * time.Hour}, faults.ErrValue},
		{"handshake of everything", faults.Fault{Kind: faults.WrongHost}, nil},
		{"handshake of a listener", faults.Fault{Kind: faults.WrongHost, Service: faults.Cloud}, nil},
		{"handshake of a service", faults.Fault{Kind: faults.WrongHost, Service: "invio"}, faults.ErrService},
		{"no kind", faults.Fault{}, faults.ErrKind},
		{"made up", faults.Fault{Kind: "terremoto"}, faults.ErrKind},
	} {
		t.Run(row.name, func(t *testing.T) {
			if err := row.fault.Check(); !errors.Is(err, row.want) || (row.want == nil) != (err == nil) {
				t.Errorf("got %v, want %v", err, row.want)
			}
		})
	}
}

func TestTake(t *testing.T) {
	p := faults.NewPlan()
	p.Inject(faults.Fault{Kind: faults.Broken, Service: "invio", Times: 2})
	p.Inject(faults.Fault{Kind: faults.Unavailable, Service: faults.SAR})
	p.Inject(faults.Fault{Kind: faults.Broken, Times: 1})
	take := func(names ...faults.Service) faults.Kind {
		f, _ := p.Take(names, faults.Broken, faults.Unavailable)
		return f.Kind
	}
	for i, row := range []struct {
		names []faults.Service
		want  faults.Kind
	}{
		{[]faults.Service{"invio", faults.SAR}, faults.Broken},
		{[]faults.Service{"anagrafe", faults.SAR}, faults.Unavailable},
		{[]faults.Service{"invio", faults.SAR}, faults.Broken},
		{[]faults.Service{"invio", faults.SAR}, faults.Unavailable},
		{[]faults.Service{"invio", faults.Cloud}, faults.Broken},
		{[]faults.Service{"invio", faults.Cloud}, ""},
		{[]faults.Service{"invio", faults.SAR}, faults.Unavailable},
	} {
		if got := take(row.names...); got != row.want {
			t.Errorf("%d %v: %q, want %q", i, row.names, got, row.want)
		}
	}
	if diff := cmp.Diff([]faults.Fault{{Kind: faults.Unavailable, Service: faults.SAR}}, p.List()); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}
	p.Clear()
	if got := take(faults.SAR); got != "" || len(p.List()) != 0 {
		t.Errorf("after clear: %q", got)
	}
}

func TestWatch(t *testing.T) {
	p := faults.NewPlan()
	var seen []faults.Kind
	cleared := 0
	p.Watch(func(f faults.Fault) { seen = append(seen, f.Kind) }, nil)
	p.Watch(nil, func() { cleared++ })
	p.Inject(faults.Fault{Kind: faults.Hang})
	p.Clear()
	if diff := cmp.Diff([]faults.Kind{faults.Hang}, seen); diff != "" || cleared != 1 {
		t.Errorf("%s cleared %d times", diff, cleared)
	}
}
