package trust

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"raccordo/host/internal/signature"
)

// checker checks the signatures of an XML document.
type checker func(ctx context.Context, src, original signature.Source) ([]signature.Found, error)

// unread is a list whose signature nobody has looked at.
type unread struct {
	file     string
	data     []byte
	document *document
	list     List
}

func newUnread(file string, data []byte) (*unread, error) {
	d, err := parse(data)
	if err != nil {
		return nil, err
	}
	l, err := d.list()
	return &unread{file, data, d, l}, err
}

// union is the territory of the list of the lists.
const union = "EU"

// signedOnly drops the lists that are signed neither by a configured signer nor by one
// whom the list of the lists names for their territory.
func (l *loader) signedOnly(ctx context.Context, check checker) {
	var good []*unread
	named := map[string][]*x509.Certificate{}
	slices.SortStableFunc(l.lists, func(a, b *unread) int { return order(a) - order(b) })
	for _, list := range l.lists {
		if err := list.signed(ctx, slices.Concat(l.signers, named[list.list.Territory]), check); err != nil {
			l.note(list.file, err)
			continue
		}
		good = append(good, list)
		if list.list.Territory != union {
			continue
		}
		for _, p := range list.document.Scheme.Pointers {
			for _, territory := range p.Territories {
				named[territory] = append(named[territory], certificates(p.Certificates)...)
			}
		}
	}
	l.lists = good
}

// order puts the list of the lists first.
func order(l *unread) int {
	if l.list.Territory == union {
		return 0
	}
	return 1
}

// ErrSigner tells that a list is not signed by whom the configuration names.
var ErrSigner = errors.New("the list is not signed by a signer of the configuration")

func (l *unread) signed(ctx context.Context, allowed []*x509.Certificate, check checker) error {
	found, err := check(ctx, bytes.NewReader(l.data), nil)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSigner, err)
	}
	for _, f := range found {
		if f.Certificate == nil || !slices.ContainsFunc(allowed, f.Certificate.Equal) {
			continue
		}
		if f.Broken != nil {
			return fmt.Errorf("%w: %w", ErrSigner, f.Broken)
		}
		if f.Covers == signature.Whole {
			return nil
		}
	}
	return ErrSigner
}
