package vcard

import (
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
)

// keyDir is shared by the tests of this package: keys are slow to make.
var keyDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "vcard")
	if err != nil {
		panic(err)
	}
	keyDir = dir
	defer os.RemoveAll(dir)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(dir)
		os.Exit(code)
	}))
}

var testAuthority = sync.OnceValues(func() (*testca.CA, error) { return testca.New("CA carte di prova") })

func newCard(t testing.TB, change ...func(*Options)) *Card {
	t.Helper()
	ca, err := testAuthority()
	if err != nil {
		t.Fatal(err)
	}
	opt := Options{Doctor: anagrafe.Doctors()[0], CA: ca, KeyDir: keyDir}
	for _, c := range change {
		c(&opt)
	}
	card, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(card.Remove)
	return card
}
