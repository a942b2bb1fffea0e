//go:build linux

package card

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

const hostileBits = 2048

// hostileLibrary builds the module of testdata/hostile once.
var hostileLibrary = sync.OnceValues(func() ([]byte, error) {
	out := folder + "/hostile.so"
	cmd := exec.Command("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", out, "testdata/hostile/hostile.c")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	return os.ReadFile(out)
})

var hostileRSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, hostileBits) })

// hostile is a copy of the module with the files that rule it.
type hostile struct {
	t   testing.TB
	dir string
}

// newHostile makes a module that behaves well.
func newHostile(t testing.TB) hostile {
	t.Helper()
	library, err := hostileLibrary()
	if err != nil {
		t.Fatal(err)
	}
	key, err := hostileRSA()
	if err != nil {
		t.Fatal(err)
	}
	h := hostile{t, t.TempDir()}
	h.set("hostile.so", string(library))
	h.set("cert.der", string(certificateFor(t, &key.PublicKey).Raw))
	size := hostileBits / 8
	h.set("key", string(append(key.N.FillBytes(make([]byte, size)), key.D.FillBytes(make([]byte, size))...)))
	h.set("mechanisms", "0x1 0x3")
	h.set("pin", rightPIN)
	return h
}

func (h hostile) path() string { return filepath.Join(h.dir, "hostile.so") }

// set writes one of the files whole: the module may be reading it.
func (h hostile) set(name, text string) {
	h.t.Helper()
	aside := filepath.Join(h.dir, "."+name)
	write(h.t, aside, text)
	if err := os.Rename(aside, filepath.Join(h.dir, name)); err != nil {
		h.t.Fatal(err)
	}
}

func (h hostile) behave() { os.Remove(filepath.Join(h.dir, "do")) }

// options make a service use the module, with deadlines that a test can wait
// for.
func (h hostile) options(o *Options) {
	o.Catalogue = Catalogue{Prefer: []string{h.path()}}
}

const hostileLimit = 2 * time.Second

// startHostile starts a service on a card that is in its reader already.
func startHostile(t testing.TB, h hostile) *rig {
	return startWith(t, func(s *Service) {
		s.limits = limits{
			list: hostileLimit, call: hostileLimit, pad: hostileLimit, sign: hostileLimit, logout: hostileLimit,
			mend: []time.Duration{hostileLimit / 3, hostileLimit / 3, hostileLimit, hostileLimit},
		}
	}, h.options)
}

// deeds are what the module does wrong, and the errors that may come of it;
// none where the answer may as well be right.
var deeds = map[string][]wire.ErrorCode{
	"crash": {wire.ErrModuleLost}, "abort": {wire.ErrModuleLost}, "exit": {wire.ErrModuleLost},
	"loop": {wire.ErrModuleLost}, "block": {wire.ErrModuleLost}, "eat": {wire.ErrModuleLost},
	"fail":       {wire.ErrModule, wire.ErrModuleBlind, wire.ErrNoCert, none},
	"garbage":    {wire.ErrModuleLost, wire.ErrModule, wire.ErrModuleBlind, wire.ErrNoCert, wire.ErrMechanism, wire.ErrCertNoKey, none},
	"wrong-size": {wire.ErrModule, none},
	"babble":     {none},
}

const none wire.ErrorCode = ""

// mayMisbehave: eating memory is the same wherever it happens, and some
// functions have no answer that could be garbage.
func mayMisbehave(function, deed string) bool {
	switch deed {
	case "eat":
		return function == "C_GetSlotList" || function == "C_Sign"
	case "wrong-size":
		return function == "C_Sign"
	case "garbage":
		return !slices.Contains([]string{"C_GetFunctionList", "C_Initialize", "C_Login", "C_SignInit", "C_Logout", "C_CloseAllSessions", "C_GetSessionInfo"}, function)
	case "fail":
		return function != "C_GetFunctionList"
	}
	return true
}

// TestHostileModuleAtInsertion: whatever the module does each time it is
// called while the card is read, the card gets one typed problem in time; once
// the module behaves, the card is read without being pulled out.
func TestHostileModuleAtInsertion(t *testing.T) {
	inLanes(t, []string{"C_GetFunctionList", "C_Initialize", "C_GetSlotList", "C_GetTokenInfo", "C_GetMechanismList", "C_FindObjects", "C_GetAttributeValue"},
		func(t *testing.T, function string) {
			for deed, may := range deeds {
				if mayMisbehave(function, deed) {
					t.Run(deed, func(t *testing.T) { atInsertion(t, function, deed, may) })
				}
			}
		})
}

// inLanes runs a test for each function of the module at the same time, each
// in a process with a pcscd and a card of its own: the PC/SC binding serves one
// caller of SCardGetStatusChange at a time.
func inLanes(t *testing.T, functions []string, run func(t *testing.T, function string)) {
	if lane := os.Getenv(envLane); lane != "" {
		insertFor(t, newCard(t))
		run(t, lane)
		return
	}
	var all sync.WaitGroup
	for _, function := range functions {
		all.Go(func() { elsewhere(t, t.Name(), envLane+"="+function) })
	}
	all.Wait()
}

func insertFor(t *testing.T, c *vcard.Card) {
	start(t, func(o *Options) { o.Catalogue = Catalogue{Prefer: []string{folder + "/none.so"}} }).insert(c)
}

func asError(err error) (e *Error) {
	errors.As(err, &e)
	return e
}

func atInsertion(t *testing.T, function, deed string, may []wire.ErrorCode) {
	h := newHostile(t)
	h.set("do", function+" "+deed+" always")
	began := time.Now()
	r := startHostile(t, h)
	card := *at(r.await("card read", ready), 0).Card
	if took := time.Since(began); !slices.Contains(may, card.Problem) || took > 30*time.Second {
		t.Errorf("problem %q after %v", card.Problem, took)
	}
	h.behave()
	if mendable(&Error{Code: card.Problem}) {
		r.await("module works again", func(l wire.CardList) bool {
			return ready(l) && at(l, 0).Card.Problem == "" && len(at(l, 0).Card.Certificates) == 1
		})
	}
}

// TestHostileModuleInUse: one misdeed in a login, a signature or a logout costs
// at most one typed error, and the next request works.
func TestHostileModuleInUse(t *testing.T) {
	inLanes(t, []string{"C_GetSessionInfo", "C_Login", "C_FindObjects", "C_GetAttributeValue", "C_SignInit", "C_Sign", "C_Logout", "C_CloseAllSessions"},
		func(t *testing.T, function string) {
			h := newHostile(t)
			r := startHostile(t, h)
			card := *at(r.await("card read", ready), 0).Card
			for deed, may := range deeds {
				if mayMisbehave(function, deed) {
					t.Run(deed, func(t *testing.T) { inUse(t, h, r, card, function, deed, may) })
				}
			}
		})
}

func inUse(t *testing.T, h hostile, r *rig, card wire.Card, function, deed string, may []wire.ErrorCode) {
	h.set("do", function+" "+deed)
	began := time.Now()
	err := use(t, r, card)
	if took := time.Since(began); took > hostileLimit+20*time.Second {
		t.Errorf("answered after %v", took)
	}
	ends := function == "C_Logout" || function == "C_CloseAllSessions" // nobody waits for their success
	if !slices.Contains(may, codeOf(err)) && !(err == nil && ends) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(h.dir, "do")); err == nil {
		t.Errorf("%s was not called: this proves nothing", function)
	}
	h.behave()
	if err := use(t, r, card); err != nil {
		t.Errorf("the next request: %v", err)
	}
}

// TestModuleStaysOutOfThisProcess: the library is in the worker's memory and
// not in ours.
func TestModuleStaysOutOfThisProcess(t *testing.T) {
	h := newHostile(t)
	r := start(t, h.options)
	if err := use(t, r, r.insert(newCard(t))); err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", workerPID(r)))
	if err != nil || !strings.Contains(string(theirs), "hostile.so") {
		t.Fatalf("the worker's memory does not show the module: %v", err)
	}
	for _, library := range []string{"hostile.so", "opensc-pkcs11", "libsofthsm2"} {
		if strings.Contains(string(ours), library) {
			t.Errorf("%s was loaded into this process", library)
		}
	}
}

// TestMemoryOfAModuleIsBounded: a module that takes memory without end gets
// some, and then none.
func TestMemoryOfAModuleIsBounded(t *testing.T) {
	h := newHostile(t)
	r := startWith(t, func(s *Service) { s.limits.sign = 2 * time.Second }, h.options)
	r.await("readers", func(l wire.CardList) bool { return len(l.Readers) == readers && empty(l) })
	card := r.insert(newCard(t))
	pid := workerPID(r)
	before := resident(t, pid)
	h.set("do", "C_Sign eat")
	failed := make(chan error, 1)
	go func() { failed <- use(t, r, card) }()
	var most int
	for {
		select {
		case err := <-failed:
			if codeOf(err) != wire.ErrModuleLost {
				t.Errorf("%v", err)
			}
			t.Logf("worker: %d MiB, at most %d MiB", before>>20, most>>20)
			if most < 300<<20 || most > before+600<<20 {
				t.Errorf("the module got %d MiB", (most-before)>>20)
			}
			return
		case <-time.After(20 * time.Millisecond):
			most = max(most, resident(t, pid))
		}
	}
}

// resident is a process's memory in bytes; 0 when it is gone.
func resident(t *testing.T, pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var size, pages int
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return 0 // a zombie's is empty
	}
	return pages * os.Getpagesize()
}

// use logs in, signs and logs out.
func use(t *testing.T, r *rig, card wire.Card) error {
	k, err := r.Open(t.Context(), authOf(t, card), pin(rightPIN, nil))
	if err != nil {
		return err
	}
	digest := make([]byte, 32)
	sig, err := k.Sign(nil, digest, crypto.SHA256)
	k.Close()
	if err != nil {
		return err
	}
	return rsa.VerifyPKCS1v15(k.Public().(*rsa.PublicKey), crypto.SHA256, digest, sig)
}
