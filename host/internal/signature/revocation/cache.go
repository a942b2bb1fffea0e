package revocation

import (
	"crypto/sha256"
	"sync"
	"time"
)

// cache remembers what addresses said, so that fifty documents of one signer
// cost one question. It holds what was understood, not the answers: a CRL may
// have many megabytes.
type cache struct {
	mu   sync.Mutex
	rows map[[sha256.Size]byte]remembered
}

type remembered struct {
	evidence evidence
	err      error
	until    time.Time
}

const (
	maxRows    = 1024
	keepAnswer = 15 * time.Minute
	keepFault  = time.Minute
)

func key(q Query) [sha256.Size]byte {
	a, b := sha256.Sum256(q.Certificate.Raw), sha256.Sum256(q.Issuer.Raw)
	return sha256.Sum256(append(a[:], b[:]...))
}

func (c *cache) get(q Query, now time.Time) (evidence, error, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	row, ok := c.rows[key(q)]
	if !ok || !now.Before(row.until) {
		return evidence{}, nil, false
	}
	return row.evidence, row.err, true
}

func (c *cache) put(q Query, now time.Time, e evidence, err error) {
	until := now.Add(keepAnswer)
	if err != nil {
		until = now.Add(keepFault)
	} else if !e.nextUpdate.IsZero() && e.nextUpdate.Before(until) {
		until = e.nextUpdate
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rows == nil {
		c.rows = map[[sha256.Size]byte]remembered{}
	}
	for k, row := range c.rows {
		if !now.Before(row.until) {
			delete(c.rows, k)
		}
	}
	for k := range c.rows {
		if len(c.rows) < maxRows {
			break
		}
		delete(c.rows, k)
	}
	c.rows[key(q)] = remembered{e, err, until}
}
