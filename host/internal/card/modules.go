package card

import (
	"errors"
	"sync"

	"github.com/rs/zerolog"
)

// modules owns the module processes, one per module path.
type modules struct {
	argv []string
	log  zerolog.Logger

	mu     sync.Mutex
	byPath map[string]*client
	closed bool
}

func newModules(argv []string, log zerolog.Logger) *modules {
	return &modules{argv: argv, log: log, byPath: map[string]*client{}}
}

// get returns the process of the module at path, and whether it had to be
// started.
func (m *modules) get(path string) (c *client, started bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, false, errors.New("the card service has ended")
	}
	if c := m.byPath[path]; c != nil && c.alive() {
		return c, false, nil
	}
	c, err = startClient(m.argv, path, m.log)
	if err != nil {
		return nil, false, err
	}
	m.byPath[path] = c
	return c, true, nil
}

// warm starts the process before it is needed; a fault shows up at get.
func (m *modules) warm(path string) {
	if _, _, err := m.get(path); err != nil {
		m.log.Debug().Err(err).Msg("card worker not started")
	}
}

// discard kills c, so that the next get starts another.
func (m *modules) discard(c *client) {
	m.forget(c)
	c.bury()
}

func (m *modules) forget(c *client) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byPath[c.path] == c {
		delete(m.byPath, c.path)
	}
}

// end kills the process of the module at path, if there is one.
func (m *modules) end(path string) {
	m.mu.Lock()
	c := m.byPath[path]
	m.mu.Unlock()
	if c != nil {
		m.discard(c)
	}
}

// renew lets c finalise; the next get starts another.
func (m *modules) renew(c *client) {
	m.forget(c)
	c.stop()
}

// discardAll kills every process, when what they hold can not be valid.
func (m *modules) discardAll() {
	for _, c := range m.take(false) {
		c.bury()
	}
}

// closeAll ends every process for good.
func (m *modules) closeAll() {
	var wg sync.WaitGroup
	for _, c := range m.take(true) {
		wg.Go(c.stop)
	}
	wg.Wait()
}

func (m *modules) take(last bool) []*client {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []*client
	for _, c := range m.byPath {
		all = append(all, c)
	}
	m.byPath, m.closed = map[string]*client{}, m.closed || last
	return all
}
