package region

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
)

// TestJournal: whatever a region did is there when it starts again, cut off
// last line or not; a line broken in the middle is an error.
func TestJournal(t *testing.T) {
	dir := t.TempDir()
	in := func(o *Options) { o.Dir = dir }
	first := startRegion(t, in)
	c := login(t, first, anagrafe.Doctors()[0])
	lot := c.newLot()
	c.call(ServiceSend, c.sendRequest(lot+"00"))
	c.call(ServiceSend, c.sendRequest(""))
	c.call(ServiceSend, c.sendRequest(lot+"01"))
	c.cancelOf(lot + "01")
	c.declare(anagrafe.Doctors()[1].CF, "20261101", "20261130")
	if err := first.Dispense(lot+"00", TakeInCharge); err != nil {
		t.Fatal(err)
	}
	want := first.Listing(Filter{})
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, journalName)
	whole, err := os.ReadFile(file)
	if err != nil || strings.Count(string(whole), "\n") != 7 {
		t.Fatalf("%v %s", err, whole)
	}
	if err := os.WriteFile(file, append(whole, `{"Lot":"0900A0000`...), 0o600); err != nil {
		t.Fatal(err)
	}
	second := startRegion(t, in)
	if diff := cmp.Diff(want, second.Listing(Filter{})); diff != "" {
		t.Error(diff)
	}
	if !second.archive.declared(anagrafe.Doctors()[0].CF, anagrafe.Doctors()[1].CF, noon) {
		t.Error("the declaration is gone")
	}
	again := login(t, second, anagrafe.Doctors()[0])
	if next := again.newLot(); next == lot {
		t.Error("the same lot again")
	}
	_, answer := again.call(ServiceSend, again.sendRequest(""))
	if nre := between(answer, "nre"); nre != "0900A4000000002" || second.Prescriptions() != 4 {
		t.Errorf("the region's next number is %q", nre)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append([]byte("{\n"), whole...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "journal, byte 0") {
		t.Errorf("a broken journal: %v", err)
	}
	if got, err := os.ReadFile(file); err != nil || len(got) != len(whole)+2 {
		t.Errorf("the broken journal was changed: %v", err)
	}
}
