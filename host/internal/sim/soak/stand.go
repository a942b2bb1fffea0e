// Package soak wears the card engine out and weighs it: thousands of logins
// and signatures through a module process, with an eye on memory, threads and
// descriptors of both processes, and its signature beside a bare C_Sign of the
// same module in the same run.
//
// The engine runs in this process, its worker is the product's own, the card is
// virtual behind a private pcscd, the fast token is a fresh SoftHSM. PC/SC's
// client library reads its socket's path once, so a process has one Stand.
package soak

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/card"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/pcsc"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

// The modules of the distribution.
const (
	SoftHSM = "/usr/lib/softhsm/libsofthsm2.so"
	OpenSC  = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"
)

const tokenLabel = "CNS-PROVA"

// Stand is a private PC/SC service with one virtual card, and a SoftHSM token
// with the same kind of key.
type Stand struct {
	Card   *vcard.Card
	dir    string
	daemon *pcsc.Daemon
	worker []string
}

// NewStand brings service, card and token up; worker is the argv of the
// engine's child process.
func NewStand(ctx context.Context, worker []string) (s *Stand, err error) {
	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		return nil, err
	}
	s = &Stand{dir: dir, worker: worker}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.daemon, err = pcsc.Start(ctx, filepath.Join(dir, "p"), 1); err != nil {
		return s, err
	}
	if err = os.Setenv("PCSCLITE_CSOCK_NAME", s.daemon.Socket()); err != nil {
		return s, err
	}
	ca, err := testca.New("CA carte di prova")
	if err != nil {
		return s, err
	}
	keys := filepath.Join(dir, "keys")
	if s.Card, err = vcard.New(vcard.Options{Doctor: anagrafe.Doctors()[0], CA: ca, KeyDir: keys}); err != nil {
		return s, err
	}
	return s, s.softToken(ctx, filepath.Join(keys, s.Card.Doctor().CardSerial+"-auth.key"))
}

// softToken copies key and certificate of the card into a SoftHSM token.
func (s *Stand) softToken(ctx context.Context, key string) error {
	tokens, conf := filepath.Join(s.dir, "tokens"), filepath.Join(s.dir, "softhsm2.conf")
	if err := os.Mkdir(tokens, 0o700); err != nil {
		return err
	}
	text := fmt.Sprintf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return err
	}
	if err := os.Setenv("SOFTHSM2_CONF", conf); err != nil {
		return err
	}
	cert := filepath.Join(s.dir, "cert.pem")
	if err := os.WriteFile(cert, certificatePEM(s.Card.AuthCertificate()), 0o600); err != nil {
		return err
	}
	pin := s.Card.Doctor().PIN
	tool := []string{"--module", SoftHSM, "--token-label", tokenLabel, "--login", "--pin", pin, "--id", "01", "--label", "CNS0"}
	for _, args := range [][]string{
		{"softhsm2-util", "--init-token", "--free", "--label", tokenLabel, "--so-pin", "87654321", "--pin", pin},
		append(append([]string{"pkcs11-tool"}, tool...), "--write-object", key, "--type", "privkey", "--usage-sign"),
		append(append([]string{"pkcs11-tool"}, tool...), "--write-object", cert, "--type", "cert"),
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", args[0], err, out)
		}
	}
	return nil
}

func certificatePEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// Close ends everything.
func (s *Stand) Close() error {
	var all []error
	if s.Card != nil {
		s.Card.Remove()
	}
	if s.daemon != nil {
		all = append(all, s.daemon.Stop())
	}
	return errors.Join(append(all, os.RemoveAll(s.dir))...)
}

// Engine is a running card service whose card is driven by one module.
type Engine struct {
	*card.Service
	stand  *Stand
	states <-chan wire.CardList
	stop   func()
}

// Engine starts a service; end it with Stop.
func (s *Stand) Engine(module string) *Engine {
	service := card.New(card.Options{
		Log: zerolog.Nop(), Worker: s.worker, Catalogue: card.Catalogue{Prefer: []string{module}},
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = service.Run(ctx) }() // its error is that ctx ended
	states, unsubscribe := service.Subscribe()
	return &Engine{service, s, states, func() { unsubscribe(); cancel(); <-ended }}
}

// Stop ends the service and its module process.
func (e *Engine) Stop() { e.stop() }

// patience bounds the wait for a reader.
const patience = 10 * time.Second

// Insert puts the card in and waits until it is ready.
func (e *Engine) Insert(ctx context.Context) (fingerprint string, err error) {
	if err := e.stand.Card.Insert(ctx, e.stand.daemon.Slot(0)); err != nil {
		return "", err
	}
	l, err := e.await(ctx, wire.ReaderCard)
	if err != nil {
		return "", err
	}
	for _, c := range l.Readers[0].Card.Certificates {
		if c.Usable {
			return c.Fingerprint, nil
		}
	}
	return "", fmt.Errorf("no usable certificate: %+v", l.Readers[0].Card)
}

// Remove pulls the card and waits until that was seen.
func (e *Engine) Remove(ctx context.Context) error {
	e.stand.Card.Remove()
	_, err := e.await(ctx, wire.ReaderEmpty)
	return err
}

func (e *Engine) await(ctx context.Context, state wire.ReaderState) (wire.CardList, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if l := e.State(); len(l.Readers) > 0 && l.Readers[0].State == state {
			return l, nil
		}
		select {
		case <-e.states:
		case <-ctx.Done():
			return wire.CardList{}, fmt.Errorf("waiting for reader state %q: %w", state, ctx.Err())
		}
	}
}

// Open logs in with the card's PIN.
func (e *Engine) Open(ctx context.Context, fingerprint string) (*card.Key, error) {
	return e.Service.Open(ctx, fingerprint, func(context.Context, card.PINRequest) ([]byte, error) {
		return []byte(e.stand.Card.Doctor().PIN), nil
	})
}
