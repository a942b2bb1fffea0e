package bench

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/pades"
	"raccordo/host/internal/sim/testca"
)

// SignPDF is the process that is weighed: it signs file so many times and prints
// the median in milliseconds and its peak resident memory in MiB.
func SignPDF(ctx context.Context, kind string, rounds int, file string, out io.Writer) error {
	id, key, err := passing()
	if err != nil {
		return err
	}
	var all samples
	for range rounds {
		began := time.Now()
		switch kind {
		case "bare":
			err = bareDigest(file, key)
		case "pades":
			err = signPDF(ctx, file, io.Discard, id, key)
		case "file":
			err = signToFile(ctx, file, id, key)
		default:
			err = fmt.Errorf("%q is not bare, pades or file", kind)
		}
		if err != nil {
			return err
		}
		all = append(all, time.Since(began))
	}
	peak, err := peakMemory(os.Getpid())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, all.median(), peak)
	return err
}

func bareDigest(file string, key crypto.Signer) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, err = key.Sign(rand.Reader, h.Sum(nil), crypto.SHA256)
	return err
}

// onDisk is a document in a file.
type onDisk struct {
	*os.File
	size int64
}

func (d onDisk) Size() int64 { return d.size }

func signPDF(ctx context.Context, file string, out io.Writer, id signature.Identity, key crypto.Signer) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	doc, err := pades.Prepare(ctx, onDisk{f, info.Size()}, signature.Options{Identity: id, Now: time.Now()})
	if err != nil {
		return err
	}
	value, err := key.Sign(rand.Reader, doc.Digest(), id.Algorithm.Options())
	if err != nil {
		return err
	}
	return doc.Complete(ctx, value, out)
}

func signToFile(ctx context.Context, file string, id signature.Identity, key crypto.Signer) (err error) {
	out, err := os.CreateTemp(filepath.Dir(file), "firmato-*.pdf")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close(), os.Remove(out.Name())) }()
	return signPDF(ctx, file, out, id, key)
}

// passing is a signatory for as long as this process lives.
func passing() (signature.Identity, crypto.Signer, error) {
	ca, err := testca.New("CA di prova delle misure")
	if err != nil {
		return signature.Identity{}, nil, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return signature.Identity{}, nil, err
	}
	der, err := ca.Issue(&x509.Certificate{Subject: testca.Subject("PROVA"), KeyUsage: x509.KeyUsageContentCommitment}, key.Public())
	if err != nil {
		return signature.Identity{}, nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return signature.Identity{}, nil, err
	}
	alg, err := signature.AlgorithmOf(key.Public())
	return signature.Identity{Certificate: cert, Chain: []*x509.Certificate{ca.Cert()}, Algorithm: alg}, key, err
}
