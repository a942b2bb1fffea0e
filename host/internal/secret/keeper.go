package secret

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// What Open and Warning say of the keyring.
var (
	// ErrNoKeyring: this user's session has none, or none that works.
	ErrNoKeyring = errors.New("there is no keyring")
	// ErrLocked: the keyring has the key and waits for the user, or he closed
	// its window. Open again later.
	ErrLocked = errors.New("the keyring is locked")
	// ErrUnreachable: the key is in a keyring that this program does not reach,
	// as one that was started outside of the user's desktop.
	ErrUnreachable = errors.New("the key is in a keyring that is not there")
	// ErrLost: the key is where it should be no more. What it sealed can not be
	// read unless the key comes back.
	ErrLost = errors.New("the data key is lost")
)

// Where the key is to lie: the values of the setting `keyring`.
const (
	Auto = "auto" // the keyring, or a file with a warning
	File = "file" // a file
)

// Options of a Keeper.
type Options struct {
	Keyring string        // Auto or File
	Wait    time.Duration // how long Open waits for the keyring; 0: 3 s, or 1 min with File
}

// Keeper opens the store of one folder as often as needed. Its methods are for
// one goroutine at a time.
type Keeper struct {
	dir    string
	opt    Options
	ring   ring
	ctx    context.Context
	cancel context.CancelFunc
	under  chan answer // the opening that is under way
}

type answer struct {
	store *Store
	err   error
}

// ring is a keyring of the system; accounts are names of keys.
type ring interface {
	// ready makes sure that the keyring is there and open; only when ask is set
	// it may show the keyring's own window, until ctx ends. It returns
	// ErrNoKeyring or ErrLocked.
	ready(ctx context.Context, ask bool) error
	get(account string) ([]byte, error) // ErrNone
	set(account string, key []byte) error
	remove(account string) error
	close()
}

// New makes the keeper of dir and touches nothing.
func New(dir string, opt Options) *Keeper { return newKeeper(dir, opt, systemRing(dir)) }

func newKeeper(dir string, opt Options, r ring) *Keeper {
	switch {
	case opt.Wait != 0:
	case opt.Keyring == Auto:
		opt.Wait = 3 * time.Second
	default:
		opt.Wait = time.Minute // for a slow disk, no longer for a user
	}
	k := &Keeper{dir: dir, opt: opt, ring: r}
	k.ctx, k.cancel = context.WithCancel(context.Background())
	return k
}

// Open makes folder and key when they are not there. When the keyring waits for
// the user beyond Options.Wait it returns ErrLocked and leaves the window open:
// the next call takes up the same one.
func (k *Keeper) Open() (*Store, error) {
	if k.under == nil {
		k.under = make(chan answer, 1)
		go func(done chan<- answer) {
			s, err := k.load()
			done <- answer{s, err}
		}(k.under)
	}
	patience := time.NewTimer(k.opt.Wait)
	defer patience.Stop()
	select {
	case a := <-k.under:
		k.under = nil
		return a.store, a.err
	case <-patience.C:
		return nil, fmt.Errorf("no answer within %v: %w", k.opt.Wait, ErrLocked)
	}
}

// Close gives up an opening that waits for the user, whose window may stay.
// Stores stay usable.
func (k *Keeper) Close() { k.cancel() }

// load finds the key. Only one program at a time does so in a folder, and each
// step leaves the key in at least one place that is known: a program that is
// killed between two of them loses nothing.
func (k *Keeper) load() (*Store, error) {
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return nil, err
	}
	if err := private(k.dir); err != nil {
		return nil, err
	}
	release, err := alone(k.dir)
	if err != nil {
		return nil, err
	}
	defer release()
	defer k.ring.close()
	mark, err := readPlace(k.dir)
	if err != nil {
		return nil, err
	}
	key, err := k.readFile()
	if err != nil {
		return nil, err
	}
	switch {
	case mark.kind == inKeyring && !mark.fits(key):
		return k.fromRing(mark)
	case mark.kind == File && !mark.fits(key):
		return nil, fmt.Errorf("%s is missing or not the one that was made here: %w", k.file(), ErrLost)
	case key == nil:
		key = make([]byte, 32)
		rand.Read(key)
		return k.keep(key, nil, mark)
	}
	return k.keep(key, key, mark)
}

// fromRing gets the key that is in the keyring only.
func (k *Keeper) fromRing(mark place) (*Store, error) {
	err := k.ring.ready(k.ctx, true)
	if errors.Is(err, ErrNoKeyring) {
		return nil, fmt.Errorf("%w (%v)", ErrUnreachable, err)
	}
	if err != nil {
		return nil, err
	}
	key, err := k.ring.get(mark.account)
	if errors.Is(err, ErrNone) || err == nil && !mark.fits(key) {
		return nil, fmt.Errorf("the keyring has no %s, or another: %w", mark.account, ErrLost)
	}
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrUnreachable, err)
	}
	if k.opt.Keyring == Auto {
		return k.store(key, nil), nil
	}
	if err := k.toFile(key, nil); err != nil {
		return nil, err
	}
	// The copy in the keyring is of no use, and of no harm if it stays.
	_ = k.ring.remove(mark.account)
	return k.store(key, nil), nil
}

// keep brings a key that is at hand where it is to lie; old is the key file's.
func (k *Keeper) keep(key, old []byte, mark place) (*Store, error) {
	if k.opt.Keyring != Auto {
		return k.store(key, nil), k.toFile(key, old)
	}
	warning := k.toRing(key, old, mark)
	if warning == nil {
		return k.store(key, nil), nil
	}
	return k.store(key, warning), k.toFile(key, old)
}

// toRing puts the key into the keyring, reads it back, marks that it is there,
// and only then removes the key file. With a mark that can not be written the
// key stays in the file as well. Killed in between it leaves, at worst, an
// entry that nobody asks for.
func (k *Keeper) toRing(key, old []byte, mark place) error {
	if err := k.ring.ready(k.ctx, false); err != nil {
		return err
	}
	account := mark.account
	if account == "" {
		account = newAccount()
	}
	if err := k.ring.set(account, key); err != nil {
		return fmt.Errorf("%w that stores: %w", ErrNoKeyring, err)
	}
	if back, err := k.ring.get(account); err != nil {
		return fmt.Errorf("%w that gives back: %w", ErrNoKeyring, err)
	} else if !bytes.Equal(back, key) {
		return fmt.Errorf("%w that gives back what it got", ErrNoKeyring)
	}
	if err := (place{inKeyring, fingerprint(key), account}).write(k.dir); err != nil {
		return err
	}
	if old == nil {
		return nil
	}
	if err := os.Remove(k.file()); err != nil {
		return err
	}
	return settle(k.dir)
}

func (k *Keeper) toFile(key, old []byte) error {
	if old == nil {
		if err := writeNew(k.file(), key); err != nil {
			return err
		}
		if err := settle(k.dir); err != nil {
			return err
		}
	}
	mark := place{kind: File, print: fingerprint(key)}
	if now, err := readPlace(k.dir); err == nil && now == mark {
		return nil
	}
	return mark.write(k.dir)
}

func (k *Keeper) store(key []byte, warning error) *Store {
	return &Store{dir: k.dir, key: key, warning: warning}
}

func (k *Keeper) file() string { return filepath.Join(k.dir, "key") }

// readFile returns nil when there is no key file.
func (k *Keeper) readFile() ([]byte, error) {
	key, err := os.ReadFile(k.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(key) != 32 {
		return nil, fmt.Errorf("%s: %d bytes, not 32: %w", k.file(), len(key), ErrLost)
	}
	return key, nil
}
