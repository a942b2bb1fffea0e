//go:build linux

package card

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

func TestRemovalUnderSignature(t *testing.T) {
	c := newCard(t)
	r := start(t)
	asked := 0
	k := open(t, r, r.insert(c), pin(rightPIN, &asked))
	defer k.Close()
	c.SetDelay(5 * time.Second)
	time.AfterFunc(200*time.Millisecond, c.Remove)
	began := time.Now()
	err := trySign(k)
	if codeOf(err) != wire.ErrCardRemoved {
		t.Fatalf("%v, want card.removed", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("answered after %v", took)
	}
	c.SetDelay(0)
	r.await("removal", empty)
	if err := trySign(k); codeOf(err) != wire.ErrCardRemoved {
		t.Errorf("old key: %v", err)
	}
	// The same card back: another login, the same module process.
	back := open(t, r, r.insert(c), pin(rightPIN, &asked))
	defer back.Close()
	signOnce(t, back)
	if asked != 2 {
		t.Errorf("asked %d times, want 2: a removal ends the login", asked)
	}
	if err := trySign(k); codeOf(err) != wire.ErrCardRemoved {
		t.Errorf("a key outlived its insertion: %v", err)
	}
}

func TestRemovalUnderPrompt(t *testing.T) {
	c := newCard(t)
	r := start(t)
	card := r.insert(c)
	_, err := r.Open(t.Context(), authOf(t, card), func(ctx context.Context, _ PINRequest) ([]byte, error) {
		c.Remove()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(5 * time.Second):
			t.Error("the prompt did not end with the card")
			return []byte(rightPIN), nil
		}
	})
	if codeOf(err) != wire.ErrCardRemoved {
		t.Error(err)
	}
}

func TestCallerEndsUnderPrompt(t *testing.T) {
	r := start(t)
	card := r.insert(newCard(t))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.Open(ctx, authOf(t, card), func(ctx context.Context, _ PINRequest) ([]byte, error) {
		cancel()
		<-ctx.Done()
		return []byte(rightPIN), nil
	})
	if codeOf(err) != wire.ErrCancelled {
		t.Error(err)
	}
}

func workerPID(r *rig) int {
	r.modules.mu.Lock()
	defer r.modules.mu.Unlock()
	for _, c := range r.modules.byPath {
		return c.cmd.Process.Pid
	}
	return 0
}

func TestWorkerKilledWhileIdle(t *testing.T) {
	r := start(t)
	asked := 0
	k := open(t, r, r.insert(newCard(t)), pin(rightPIN, &asked))
	defer k.Close()
	syscall.Kill(workerPID(r), syscall.SIGKILL)
	time.Sleep(100 * time.Millisecond)
	signOnce(t, k)
	if asked != 2 {
		t.Errorf("asked %d times, want 2: the login died with the worker", asked)
	}
}

func TestWorkerKilledUnderSignature(t *testing.T) {
	c := newCard(t)
	r := start(t)
	k := open(t, r, r.insert(c), pin(rightPIN, nil))
	defer k.Close()
	c.SetDelay(2 * time.Second)
	time.AfterFunc(200*time.Millisecond, func() { syscall.Kill(workerPID(r), syscall.SIGKILL) })
	if err := trySign(k); codeOf(err) != wire.ErrModuleLost {
		t.Fatalf("%v, want card.module_crashed", err)
	}
	c.SetDelay(0)
	signOnce(t, k)
}

func TestWorkerStoppedIsAHang(t *testing.T) {
	r := start(t)
	card := r.insert(newCard(t))
	pid := workerPID(r)
	syscall.Kill(pid, syscall.SIGSTOP)
	c, _, err := r.modules.get(openSC)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = c.call(t.Context(), 300*time.Millisecond, tokensRequest, nil)
	if codeOf(err) != wire.ErrModuleLost || time.Since(began) > 2*time.Second {
		t.Fatalf("%v after %v", err, time.Since(began))
	}
	k := open(t, r, card, pin(rightPIN, nil))
	defer k.Close()
	signOnce(t, k)
	if workerPID(r) == pid {
		t.Error("the hung worker lives on")
	}
}

func TestServiceDiesAndComesBack(t *testing.T) {
	c := newCard(t)
	r := start(t)
	k := open(t, r, r.insert(c), pin(rightPIN, nil))
	defer k.Close()
	if err := daemon.Kill(); err != nil {
		t.Fatal(err)
	}
	r.await("service down", func(l wire.CardList) bool { return l.Service == "down" && len(l.Readers) == 0 })
	if err := trySign(k); codeOf(err) != wire.ErrPCSCDown {
		t.Errorf("signing: %v", err)
	}
	if _, err := r.Open(t.Context(), "00", pin(rightPIN, nil)); codeOf(err) != wire.ErrPCSCDown {
		t.Errorf("opening: %v", err)
	}
	if err := daemon.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
	card := *at(r.await("card read again", ready), 0).Card
	back := open(t, r, card, pin(rightPIN, nil))
	defer back.Close()
	signOnce(t, back)
}

func TestServiceDiesUnderSignature(t *testing.T) {
	c := newCard(t)
	r := start(t)
	k := open(t, r, r.insert(c), pin(rightPIN, nil))
	defer k.Close()
	c.SetDelay(4 * time.Second)
	time.AfterFunc(200*time.Millisecond, func() { daemon.Kill() })
	began := time.Now()
	if err := trySign(k); codeOf(err) != wire.ErrPCSCDown || time.Since(began) > 3*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	c.SetDelay(0)
	if err := daemon.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
	r.await("card read again", ready)
}

func TestTwoReaders(t *testing.T) {
	doctors := anagrafe.Doctors()
	first := newCard(t)
	second := newCard(t, func(o *vcard.Options) { o.Doctor, o.KeyDir = doctors[1], folder+"/keys2" })
	r := start(t)
	r.insert(first)
	k := open(t, r, *at(r.State(), 0).Card, pin(doctors[0].PIN, nil))
	defer k.Close()
	r.insertAt(second, 1)
	l := r.await("second card", func(l wire.CardList) bool { return at(l, 1).State == wire.ReaderCard })
	other := *at(l, 1).Card
	if other.Holder.Name != "PAOLO NERI" || other.Certificates[0].Subject != "PAOLO NERI" {
		t.Fatalf("second card %+v", other)
	}
	k2, err := r.Open(t.Context(), authOf(t, other), pin(doctors[1].PIN, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer k2.Close()
	signOnce(t, k)
	signOnce(t, k2)
	second.Remove()
	r.await("second removed", func(l wire.CardList) bool { return at(l, 1).State == wire.ReaderEmpty })
	signOnce(t, k)
	if err := trySign(k2); codeOf(err) != wire.ErrCardRemoved {
		t.Errorf("key of the removed card: %v", err)
	}
}

func TestSwapBetweenTwoLooks(t *testing.T) {
	doctors := anagrafe.Doctors()
	first := newCard(t)
	second := newCard(t, func(o *vcard.Options) { o.Doctor, o.KeyDir = doctors[1], folder+"/keys2" })
	r := start(t)
	r.insert(first)
	for range 3 {
		first.Remove()
		r.insertAt(second, 0)
		r.await("second holder", func(l wire.CardList) bool {
			return ready(l) && at(l, 0).Card.Holder.Name == "PAOLO NERI" && at(l, 0).Card.Certificates[0].Subject == "PAOLO NERI"
		})
		second.Remove()
		r.insertAt(first, 0)
		r.await("first holder", func(l wire.CardList) bool {
			return ready(l) && at(l, 0).Card.Holder.Name == "GIULIA VERDI" && at(l, 0).Card.Certificates[0].Subject == "GIULIA VERDI"
		})
	}
}

func TestFaultyWorkers(t *testing.T) {
	for _, row := range []struct {
		name, kind string
		want       wire.ErrorCode
	}{
		{"crash", argCrash, wire.ErrModuleLost},
		{"babble", argNoise, wire.ErrModuleLost},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := start(t, func(o *Options) { o.Worker = argv(row.kind) })
			card := r.insert(newCard(t))
			if card.Problem != row.want || card.Holder == nil || len(card.Certificates) != 0 {
				t.Errorf("card %+v", card)
			}
		})
	}
}

func TestNoModule(t *testing.T) {
	r := start(t, func(o *Options) { o.Catalogue = Catalogue{Prefer: []string{folder + "/none.so"}} })
	if card := r.insert(newCard(t)); card.Problem != wire.ErrNoModule || card.Holder == nil {
		t.Errorf("card %+v", card)
	}
}

func TestFileThatIsNoModule(t *testing.T) {
	path := folder + "/text.so"
	if err := os.WriteFile(path, []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, func(o *Options) { o.Catalogue = Catalogue{Prefer: []string{path, openSC}} })
	card := r.insert(newCard(t))
	if card.Module != "opensc-pkcs11.so" || card.Problem != "" {
		t.Errorf("card %+v: the next module was not tried", card)
	}
}
