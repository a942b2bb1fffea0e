package trust

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"

	"raccordo/host/internal/signature/xades"
)

// Options says what is loaded. The paths come from the configuration.
type Options struct {
	Files []string // trusted lists (XML), and certificates (PEM or DER) trusted as they are
	// Signers are certificates (PEM or DER) of those who sign lists. With one of them
	// at least, a list that none of them signed is not read. The signers of a
	// country's list may also come from the list of the lists (territory EU), when that
	// one is among Files.
	Signers []string
	Read    func(name string) ([]byte, error) // nil: from the disk
}

// Load reads all files. The store is never nil: it has what could be
// read; the error names each file that could not.
func Load(ctx context.Context, opt Options) (*Store, error) {
	return load(ctx, opt, xades.Verify)
}

func load(ctx context.Context, opt Options, check checker) (*Store, error) {
	l := loader{read: opt.Read, store: newStore()}
	if l.read == nil {
		l.read = fromDisk
	}
	for _, file := range opt.Signers {
		l.note(file, l.signer(file))
	}
	for _, file := range opt.Files {
		l.note(file, l.file(file))
	}
	// The signer's file that can not be read must not turn the check off.
	if l.store.signed = len(opt.Signers) > 0; l.store.signed {
		l.signedOnly(ctx, check)
	}
	for _, list := range l.lists {
		services := list.document.services()
		list.list.Services = len(services)
		l.store.lists = append(l.store.lists, list.list)
		for _, s := range services {
			l.store.add(s)
		}
	}
	return l.store, errors.Join(l.faults...)
}

// loader is what was read so far.
type loader struct {
	read    func(name string) ([]byte, error)
	store   *Store
	signers []*x509.Certificate
	lists   []*unread
	faults  []error
}

func (l *loader) note(file string, err error) {
	if err != nil {
		l.faults = append(l.faults, fmt.Errorf("%s: %w", file, err))
	}
}

func (l *loader) signer(file string) error {
	data, err := l.read(file)
	if err != nil {
		return err
	}
	all, err := parseCertificates(data)
	l.signers = append(l.signers, all...)
	return err
}

func (l *loader) file(file string) error {
	data, err := l.read(file)
	if err != nil {
		return err
	}
	if isXML(data) {
		list, err := newUnread(file, data)
		if err == nil {
			l.lists = append(l.lists, list)
		}
		return err
	}
	all, err := parseCertificates(data)
	for _, c := range all {
		for _, service := range plain(c) {
			l.store.add(service)
		}
	}
	return err
}

func fromDisk(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxList+1))
}

// parseCertificates reads DER, or PEM with one or more certificates.
func parseCertificates(data []byte) ([]*x509.Certificate, error) {
	if c, err := x509.ParseCertificate(data); err == nil {
		return []*x509.Certificate{c}, nil
	}
	var all []*x509.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, errors.New("neither a trusted list nor a certificate")
	}
	return all, nil
}

func isXML(data []byte) bool {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	return bytes.HasPrefix(data, []byte("<"))
}
