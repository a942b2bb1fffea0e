package soak

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"raccordo/host/internal/card"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
)

// Comparison is our signature beside a bare C_SignInit and C_Sign of the same
// module, medians of turns in one run.
type Comparison struct{ Ours, Bare time.Duration }

// Compare signs in turns: through the engine, and in a process that does
// nothing but call the module (bare is its argv; see Bare).
func (e *Engine) Compare(ctx context.Context, bare []string, module string, rounds int) (c Comparison, err error) {
	key, other, end, err := e.sideBySide(ctx, bare, module)
	if err != nil {
		return c, err
	}
	defer end()
	digest := sha256.Sum256([]byte("una ricetta"))
	var ours, theirs []time.Duration
	for i := range rounds + 2 {
		began := time.Now()
		if _, err := key.Sign(nil, digest[:], crypto.SHA256); err != nil {
			return c, err
		}
		took := time.Since(began)
		alone, err := other.sign()
		if err != nil {
			return c, err
		}
		if i >= 2 { // both are warm
			ours, theirs = append(ours, took), append(theirs, alone)
		}
	}
	return Comparison{median(ours), median(theirs)}, nil
}

// sideBySide opens the key through the engine, and starts the bare process.
func (e *Engine) sideBySide(ctx context.Context, bare []string, module string) (*card.Key, *bareProcess, func(), error) {
	fingerprint, err := e.Insert(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	key, err := e.Open(ctx, fingerprint)
	if err != nil {
		return nil, nil, nil, err
	}
	other, err := startBare(ctx, append(slices.Clone(bare), module))
	if err != nil {
		key.Close()
		return nil, nil, nil, err
	}
	return key, other, func() { other.end(); key.Close() }, nil
}

// Batch signs so many small documents as CAdES with one login, and has the bare
// module sign as often, in turns of a tenth. Both are whole times.
func (e *Engine) Batch(ctx context.Context, bare []string, module string, documents int) (c Comparison, err error) {
	key, other, end, err := e.sideBySide(ctx, bare, module)
	if err != nil {
		return c, err
	}
	defer end()
	if _, err := other.sign(); err != nil { // both are warm
		return c, err
	}
	cert, err := x509.ParseCertificate(key.TLSCertificate().Certificate[0])
	if err != nil {
		return c, err
	}
	id := signature.Identity{Certificate: cert, Algorithm: signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA256}}
	if err := signSome(ctx, id, key, 1); err != nil {
		return c, err
	}
	for left := documents; left > 0; left -= max(documents/10, 1) {
		turn := min(left, max(documents/10, 1))
		began := time.Now()
		if err := signSome(ctx, id, key, turn); err != nil {
			return c, err
		}
		c.Ours += time.Since(began)
		for range turn {
			took, err := other.sign()
			if err != nil {
				return c, err
			}
			c.Bare += took
		}
	}
	return c, nil
}

func signSome(ctx context.Context, id signature.Identity, key crypto.Signer, n int) error {
	docs, digests := make([]signature.Prepared, n), make([][]byte, n)
	for i := range n {
		text := fmt.Appendf(nil, "documento di prova %d", i)
		doc, err := cades.Prepare(ctx, bytes.NewReader(text), signature.Options{Identity: id, Now: time.Now()})
		if err != nil {
			return err
		}
		docs[i], digests[i] = doc, doc.Digest()
	}
	// As the product does: the key goes on while what it signed is written.
	values, failed := make(chan []byte, n), make(chan error)
	go func() {
		var all error
		for i := 0; ; i++ {
			value, more := <-values
			if !more {
				failed <- all
				return
			}
			all = errors.Join(all, docs[i].Complete(ctx, value, io.Discard))
		}
	}()
	err := signature.Local(id, key, nil).SignAll(ctx, digests, func(_ int, value []byte) { values <- value })
	close(values)
	return errors.Join(err, <-failed)
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// bareProcess signs once for each line it is sent and answers with the
// nanoseconds it took.
type bareProcess struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startBare(ctx context.Context, argv []string) (*bareProcess, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &bareProcess{cmd, in, bufio.NewReader(out)}, cmd.Start()
}

func (b *bareProcess) sign() (time.Duration, error) {
	if _, err := io.WriteString(b.in, "\n"); err != nil {
		return 0, err
	}
	line, err := b.out.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("bare module: %w", err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	return time.Duration(n), err
}

func (b *bareProcess) end() {
	b.in.Close()
	_ = b.cmd.Wait() // it ends with its input
}

// Click is what a first login after an insertion asks of the card: commands and
// RSA operations between the click and the signature.
func (e *Engine) Click(ctx context.Context) (commands, operations int, err error) {
	fingerprint, err := e.Insert(ctx)
	if err != nil {
		return 0, 0, err
	}
	c := e.stand.Card
	commands, operations = c.APDUs(), c.Signatures()
	key, err := e.Open(ctx, fingerprint)
	if err != nil {
		return 0, 0, err
	}
	defer key.Close()
	digest := sha256.Sum256([]byte("una ricetta"))
	if _, err := key.Sign(nil, digest[:], crypto.SHA256); err != nil {
		return 0, 0, err
	}
	return c.APDUs() - commands, c.Signatures() - operations, nil
}
