//go:build linux

package card

import (
	"crypto"
	"crypto/sha256"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

// lanes share the work: nearly all of it is waiting for readers.
const lanes = 8

// TestRemovalAtEveryCommand pulls the card before each single command of the
// reading, the login and the signature is answered: it always ends with one
// typed error, in time, and the card works at its next insertion.
func TestRemovalAtEveryCommand(t *testing.T) {
	if lane := os.Getenv(envLane); lane != "" {
		var i int
		if _, err := fmt.Sscan(lane, &i); err != nil {
			t.Fatal(err)
		}
		pullInLane(t, i)
		return
	}
	var all sync.WaitGroup
	for i := range lanes {
		all.Go(func() { elsewhere(t, "TestRemovalAtEveryCommand", fmt.Sprintf("%s=%d", envLane, i)) })
	}
	all.Wait()
}

func pullInLane(t *testing.T, lane int) {
	c := newCard(t)
	r := start(t)
	card := r.insert(c)
	reading := c.APDUs()
	if err := signIn(r, card); err != nil {
		t.Fatal(err)
	}
	using := c.APDUs() - reading
	c.Remove()
	r.await("removal", empty)
	t.Logf("%d commands to read the card, %d to log in, sign and log out", reading, using)
	pulls := 0
	for i := lane; i < reading || i < using; i += lanes {
		if i < reading {
			pullWhileRead(t, r, c, i+1)
			pulls++
		}
		card := r.insert(c)
		if err := signIn(r, card); err != nil {
			t.Fatalf("after the removal at command %d of the reading: %v", i+1, err)
		}
		if i < using {
			pullWhileUsed(t, r, c, card, i+1)
			pulls++
			if err := signIn(r, r.insert(c)); err != nil {
				t.Fatalf("after the removal at command %d of the use: %v", i+1, err)
			}
		}
		c.Remove()
		r.await("removal", empty)
	}
	if pulls == 0 {
		t.Error("nothing was pulled")
	}
	t.Logf("%d removals", pulls)
}

// pullAt pulls the card when its n-th command from now comes, which stays
// unanswered.
func pullAt(c *vcard.Card, n int) (pulled <-chan struct{}) {
	done := make(chan struct{})
	seen := 0
	c.Hook(func([]byte) ([]byte, bool) {
		if seen++; seen == n {
			go func() { c.Remove(); close(done) }()
			time.Sleep(10 * time.Millisecond) // it comes while this one is under way
		}
		return nil, false
	})
	return done
}

func pullWhileRead(t *testing.T, r *rig, c *vcard.Card, n int) {
	t.Helper()
	pulled := pullAt(c, n)
	r.insertAt(c, 0)
	r.pulled(fmt.Sprintf("command %d of the reading", n), pulled)
	c.Hook(nil)
	r.await("removal", empty)
}

func pullWhileUsed(t *testing.T, r *rig, c *vcard.Card, card wire.Card, n int) {
	t.Helper()
	pulled := pullAt(c, n)
	began := time.Now()
	err := signIn(r, card)
	what := fmt.Sprintf("command %d of the use", n)
	r.pulled(what, pulled)
	c.Hook(nil)
	// The logout's own commands come last: nobody waits for their success.
	if err != nil && codeOf(err) != wire.ErrCardRemoved {
		t.Errorf("%s: %v, want card.removed", what, err)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("%s: answered after %v", what, took)
	}
	r.await("removal", empty)
}

// pulled waits until the card is out.
func (r *rig) pulled(what string, done <-chan struct{}) {
	r.t.Helper()
	select {
	case <-done:
	case <-time.After(8 * time.Second):
		r.t.Fatalf("%s: never came", what)
	}
}

// signIn logs in, signs and logs out; the error of the first that fails. Sign
// checks the signature itself.
func signIn(r *rig, card wire.Card) error {
	k, err := r.Open(r.t.Context(), authOf(r.t, card), pin(rightPIN, nil))
	if err != nil {
		return err
	}
	defer k.Close()
	digest := sha256.Sum256([]byte("prova"))
	_, err = k.Sign(nil, digest[:], crypto.SHA256)
	return err
}
