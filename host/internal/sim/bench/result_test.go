package bench

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPercentiles(t *testing.T) {
	var hundred samples
	for i := range 100 {
		hundred = append(hundred, time.Duration(100-i)*time.Millisecond)
	}
	rows := []struct {
		name string
		s    samples
		p    float64
		want float64
	}{
		{"median of a hundred", hundred, 50, 50},
		{"95th of a hundred", hundred, 95, 95},
		{"largest", hundred, 100, 100},
		{"smallest", hundred, 0, 1},
		{"one", samples{7 * time.Millisecond}, 95, 7},
		{"odd", samples{3e6, 1e6, 2e6}, 50, 2},
		{"below a millisecond", samples{1500 * time.Microsecond}, 50, 1.5},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if got := r.s.at(r.p); got != r.want {
				t.Errorf("%v, want %v", got, r.want)
			}
		})
	}
	if hundred[0] != 100*time.Millisecond {
		t.Error("the samples were put in another order")
	}
}

func TestResult(t *testing.T) {
	rows := []struct {
		name   string
		r      Result
		json   string
		missed bool
	}{
		{"plain", plain("a", 1.23456, "ms"), `{"name":"a","value":1.235,"unit":"ms","baseline":null,"ratio":null,"limit":null}`, false},
		{"beside a baseline", plain("a", 3, "ms").beside(2), `{"name":"a","value":3,"unit":"ms","baseline":2,"ratio":1.5,"limit":null}`, false},
		{"at its limit", plain("a", 3, "ms").within(3), `{"name":"a","value":3,"unit":"ms","baseline":null,"ratio":null,"limit":3}`, false},
		{"beyond its limit", plain("a", 3.1, "ms").beside(2).within(3), `{"name":"a","value":3.1,"unit":"ms","baseline":2,"ratio":1.55,"limit":3}`, true},
		{"nothing at all", plain("a", 0, "").within(1), `{"name":"a","value":0,"unit":"","baseline":null,"ratio":null,"limit":1}`, false},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			body, err := json.Marshal(r.r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r.json, string(body)); diff != "" {
				t.Error(diff)
			}
			if r.r.missed() != r.missed {
				t.Errorf("missed: %v", !r.missed)
			}
		})
	}
}

func TestTableMarksWhatIsMissed(t *testing.T) {
	var out bytes.Buffer
	if err := table(&out, []Result{plain("good", 1, "ms").within(2), plain("bad", 3, "ms").within(2), plain("free", 9, "ms")}); err != nil {
		t.Fatal(err)
	}
	for name, mark := range map[string]string{"good": "✓", "bad": "✗", "free": " "} {
		found := false
		for line := range strings.Lines(out.String()) {
			found = found || strings.HasSuffix(line, mark+" "+name+"\n")
		}
		if !found {
			t.Errorf("%s has no mark %q:\n%s", name, mark, &out)
		}
	}
}
