package bench

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"raccordo/host/internal/sim/soak"
)

const (
	batchSigned     = 100 // documents of a batch
	slowBatchSigned = 25  // on a card that needs 600 ms for each
	pdfRounds       = 9
)

// signing measures what the formats add to a key's own work, and what a large
// document takes of memory.
func (b *bench) signing(ctx context.Context) error {
	stand, err := soak.NewStand(ctx, []string{filepath.Join(b.bin, "raccordo"), "card-worker"})
	if err != nil {
		return err
	}
	return errors.Join(b.signedBatches(ctx, stand), stand.Close(), b.pdfs(ctx))
}

// signedBatches sets a batch of CAdES documents beside as many signatures of
// the bare module.
func (b *bench) signedBatches(ctx context.Context, stand *soak.Stand) error {
	bare := []string{filepath.Join(b.bin, "raccordo-sim"), "bare", stand.Card.Doctor().PIN}
	for _, row := range []struct {
		name, module string
		delay        time.Duration
		documents    int
	}{
		{"SoftHSM", soak.SoftHSM, 0, batchSigned},
		{"OpenSC, a card of 600 ms RSA", soak.OpenSC, slowRSA, slowBatchSigned},
	} {
		stand.Card.SetDelay(row.delay)
		c, err := with(stand, row.module, func(e *soak.Engine) (soak.Comparison, error) {
			return e.Batch(ctx, bare, row.module, row.documents)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", row.name, err)
		}
		b.add(plain(fmt.Sprintf("batch of %d documents signed (CAdES), beside as many bare C_Sign: %s", row.documents, row.name), ms(c.Ours), "ms").
			beside(ms(c.Bare)).within(1.1 * ms(c.Bare)))
	}
	stand.Card.SetDelay(0)
	return nil
}

// pdfs signs PDFs of two sizes with a key of this process, beside reading the
// file, its hash and the same key's signature; each in a process of its own for
// its memory.
func (b *bench) pdfs(ctx context.Context) error {
	small := 0.0
	for _, size := range []int64{1 << 20, 100 << 20} {
		file := filepath.Join(b.lab.Dir, fmt.Sprintf("prova-%d.pdf", size))
		if err := largePDF(file, size); err != nil {
			return err
		}
		run := func(kind string) (took, peak float64, err error) {
			out, err := exec.CommandContext(ctx, filepath.Join(b.bin, "raccordo-sim"), "sign-pdf", kind, strconv.Itoa(pdfRounds), file).Output()
			if err != nil {
				return 0, 0, err
			}
			_, err = fmt.Sscan(string(out), &took, &peak)
			return took, peak, err
		}
		bare, _, err := run("bare")
		if err != nil {
			return err
		}
		took, peak, err := run("pades")
		if err != nil {
			return err
		}
		written, _, err := run("file")
		if err != nil {
			return err
		}
		name := fmt.Sprintf("PDF of %d MB", size>>20)
		b.add(
			plain(name+": PAdES (p50), beside reading, hash and signature; neither keeps anything", took, "ms").beside(bare).within(1.3*bare),
			plain(name+": PAdES to a file (p50), beside the same", written, "ms").beside(bare),
			plain(name+": peak resident memory of the program that signs it", peak, "MiB"),
		)
		if small == 0 {
			small = peak
			continue
		}
		b.add(plain(name+": more peak memory than with 1 MB", peak-small, "MiB").within(30))
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}

// largePDF has one empty page, and a stream of random bytes that makes it large:
// no filter would make it smaller.
func largePDF(file string, size int64) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buffer := bufio.NewWriterSize(f, 1<<20)
	w := &counted{w: buffer}
	var offsets []int64
	object := func(text string) {
		offsets = append(offsets, w.n)
		fmt.Fprintf(w, "%d 0 obj\n%s\n", len(offsets), text)
	}
	fmt.Fprint(w, "%PDF-1.7\n")
	object("<</Type/Catalog/Pages 2 0 R>>\nendobj")
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj")
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/PieceInfo<</Raccordo<</LastModified(D:20261122)/Private 4 0 R>>>>>>\nendobj")
	object(fmt.Sprintf("<</Length %d>>\nstream", size))
	if _, err := io.CopyN(w, rand.Reader, size); err != nil {
		return err
	}
	fmt.Fprint(w, "\nendstream\nendobj\n")
	at := w.n
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(w, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(w, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, at)
	return buffer.Flush()
}

// counted knows how much was written.
type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
