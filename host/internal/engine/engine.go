// Package engine turns a method of the wire into what it does: it checks who
// asks and whether they may, validates the params, and joins card, session,
// region, outbox and prompts. It is the only package that knows all the
// others, and it knows nothing of sockets and processes.
//
// It never takes an endpoint, a path, a program or a module from a message.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/card"
	"raccordo/host/internal/config"
	"raccordo/host/internal/outbox"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/prompt"
	"raccordo/host/internal/proxy"
	"raccordo/host/internal/region"
	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/screenlock"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/session"
	"raccordo/host/internal/slim"
	"raccordo/host/internal/wake"
	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

// Options is what an Engine is made of.
type Options struct {
	Version string
	Config  config.Config
	Paths   config.Paths
	Secrets *secret.Store
	Worker  []string // argv of the card worker, without the module
	Log     zerolog.Logger
	Now     func() time.Time
	Browse  func(address string) error // opens the region's page in the user's browser

	Renderer []string                                                           // argv of the program that draws pages
	Spooler  func(draws printing.Renderer, log zerolog.Logger) printing.Spooler // the print service of the system
}

// Engine serves one user session.
type Engine struct {
	opt       Options
	log       zerolog.Logger
	now       func() time.Time
	zone      *time.Location // of the user's days
	rules     *rules
	memory    *memory
	cards     *card.Service
	session   *session.Machine
	sentinel  *session.Sentinel
	prompts   *prompt.Prompter
	secrets   *secret.Store
	history   *history
	journal   *journal
	profile   region.Profile
	documents *documents
	signTurn  turn
	hands     func(context.Context, Call, wire.SignParams) (*hand, error)
	outside   outside
	events    hub
	crier     crier
	batches   batches

	press      *press
	settings   *printSettings
	printCrier crier

	attention attention
	attending sync.Mutex      // one word to the outbox at a time
	attended  *ricetta.Doctor // what the outbox was told last
	resumes   atomic.Bool     // it rests although a session lives

	mu      sync.Mutex
	live    *link           // the session's key and region client
	attempt *attempt        // the login under way
	page    *page           // the region's page that a login waits for
	grants  map[string]bool // pages that may send during this session
	resume  *resume         // what to do when the card comes back

	lastDoctor string               // codice fiscale of the last session's
	expiryTold map[string]time.Time // when the end of a card's certificate was announced, by serial

	farewells *farewells
	proxy     *proxy.Resolver
	rest      *time.Timer // gives memory back once nobody asks any more
	warnings  []wire.ErrorCode
	renewing  sync.Mutex // one repair of the session at a time
}

// New builds the engine and opens its stores; Run makes it live.
func New(opt Options) (*Engine, error) {
	builtin, err := fs.Sub(manifests.Files, "regions")
	if err != nil {
		return nil, err
	}
	profiles, err := region.LoadProfiles(builtin, opt.Paths.Regions...)
	if err != nil {
		return nil, err
	}
	profile, ok := profiles[opt.Config.Region]
	if !ok {
		return nil, fmt.Errorf("no region profile %q", opt.Config.Region)
	}
	if id := opt.Config.RemoteSignature; id != "" && !slices.ContainsFunc(profile.Signature.Remote, func(r remotesign.Profile) bool { return r.ID == id }) {
		return nil, fmt.Errorf("remote_signature: region profile %q has no service %q", profile.ID, id)
	}
	catalogue, err := card.LoadCatalogue(opt.Paths.Files("cards.toml")...)
	if err != nil {
		return nil, err
	}
	rules, err := newRules()
	if err != nil {
		return nil, err
	}
	secrets := opt.Secrets
	through, err := proxy.New(opt.Config.Proxy, proxy.Options{Now: opt.Now})
	if err != nil {
		return nil, err
	}
	e := &Engine{
		opt: opt, log: opt.Log, now: opt.Now, rules: rules, profile: profile,
		session: session.New(opt.Config.OnCardRemoval, ricetta.Rome()),
		prompts: prompt.New(opt.Config.Prompt, promptTime, opt.Log),
		secrets: secrets, history: newHistory(secrets, opt.Log),
		grants: map[string]bool{}, expiryTold: map[string]time.Time{},
		memory: newMemory(secrets, opt.Log), zone: ricetta.Rome(),
		rest:      time.AfterFunc(restTime, slim.Now),
		farewells: newFarewells(secrets, opt.Log, opt.Now), proxy: through, signTurn: newTurn(),
	}
	e.hands = e.findHand
	e.sentinel = session.NewSentinel(e.session, keeper{e}, session.Clock{Wall: opt.Now, Mono: wake.Uptime}, rand.Float64)
	e.cards = card.New(card.Options{
		Log: opt.Log, Worker: opt.Worker, Now: opt.Now,
		Catalogue: catalogue, Policies: profile.CardPolicies(), LoginIdle: loginIdle(opt.Config.PINIdleMinutes),
		Rest: slim.Now,
	})
	if e.documents, err = newDocuments(filepath.Join(opt.Paths.State, "documents"), opt.Now); err != nil {
		return nil, err
	}
	e.press = e.newPress()
	e.settings = &printSettings{file: opt.Paths.PrintingFile(), admin: opt.Config.Printing}
	e.warnings = e.warn()
	e.journal = e.newJournal()
	e.journal.begin()
	return e, nil
}

// newJournal is the outbox of this user, for this region.
func (e *Engine) newJournal() *journal {
	file := filepath.Join(e.opt.Paths.State, "outbox.db")
	return &journal{
		log: e.log, now: e.now,
		open: func() (*outbox.Outbox, error) {
			return outbox.Open(file, e.secrets.Key(), outbox.Options{
				Log: e.log, Now: e.now, Rand: rand.Float64,
				RegionNumbers: e.profile.NRE == region.NREFromRegion, CancelUnknown: e.profile.Policies.Unknown == region.UnknownCancel,
				Parallel: e.profile.Limits.Parallel,
			})
		},
		send: func(box *outbox.Outbox) *outbox.Sender {
			return outbox.NewSender(box, sessionRegion{e}, outbox.SenderOptions{Log: e.log, Parallel: e.profile.Limits.Parallel, Changed: e.outboxChanged})
		},
	}
}

// warn lists what is wrong and stops nothing.
func (e *Engine) warn() []wire.ErrorCode {
	list := []wire.ErrorCode{}
	switch err := e.secrets.Warning(); {
	case errors.Is(err, secret.ErrLocked):
		list = append(list, wire.ErrKeyring)
	case err != nil:
		list = append(list, wire.ErrNoKeyring)
	}
	if c, err := e.newClient(); err == nil {
		list = append(list, c.Warnings()...)
		c.Close()
	}
	return list
}

// loginIdle turns the setting into the card engine's: 0 minutes ask each time.
func loginIdle(minutes int) time.Duration {
	if minutes == 0 {
		return -1
	}
	return time.Duration(minutes) * time.Minute
}

// restTime is how long after the last request the agent is at rest.
const restTime = 5 * time.Second

// arrivalTime is how long the end of the agent waits for answers: what has none
// by then is asked for by the next agent.
const arrivalTime = 5 * time.Second

// promptTime is how long a window waits for the user.
const promptTime = 2 * time.Minute

// Run watches the cards and keeps the session in order until ctx ends; then
// it logs out of the region and closes what New opened.
func (e *Engine) Run(ctx context.Context) error {
	var group sync.WaitGroup
	group.Go(func() {
		if err := e.cards.Run(ctx); err != nil {
			e.log.Error().Err(err).Msg("card watch ended")
		}
	})
	group.Go(func() { e.watchCards(ctx) })
	group.Go(func() { e.watchSession(ctx) })
	group.Go(func() { e.sentinel.Run(ctx) })
	group.Go(func() { wake.Watch(ctx, e.log, e.woken) })
	group.Go(func() { e.farewells.run(ctx, e.restore) })
	told := make(chan struct{})
	group.Go(func() {
		defer close(told)
		e.journal.run(ctx)
	})
	group.Go(func() {
		if err := e.press.resume(ctx); err != nil {
			e.log.Error().Err(err).Msg("what was to be printed can not be read")
		}
		e.printsChanged()
		e.press.ready(ctx, e.undrawn)
	})
	if e.opt.Config.OnScreenLock == config.Logout {
		group.Go(func() { screenlock.Watch(ctx, e.log, func() { e.screenLocked(ctx) }) })
	}
	<-ctx.Done()
	select { // what is on its way to the region may arrive
	case <-told:
	case <-time.After(arrivalTime):
	}
	e.disconnect(ctx, "")
	group.Wait()
	pressed := e.press.end()
	e.crier.end()
	e.printCrier.end()
	e.documents.shut()
	e.outside.end()
	return errors.Join(pressed, e.journal.close())
}

// status is the whole state. A page that opens asks for it first, and hears what
// was to be told while nobody listened.
func (e *Engine) status(c wire.Caller) wire.Status {
	cards := e.cardList()
	if c.Kind == "browser" {
		cards = e.announce(cards)
	}
	return wire.Status{
		Version:  e.opt.Version,
		Region:   e.profile.Wire(),
		Session:  e.session.Snapshot(),
		Cards:    cards,
		Outbox:   e.journal.counts(),
		Printing: e.press.counts(),
		Signing:  wire.Signing{Card: signsWithCard(cards, e.now()), Remote: e.remoteServices()},

		Warnings: e.warned(),
	}
}

// warned is what was wrong at the start, and what is wrong with the outbox now.
func (e *Engine) warned() []wire.ErrorCode {
	if code := e.journal.problem(); code != "" {
		return append(slices.Clone(e.warnings), code)
	}
	return e.warnings
}

// Idle tells that nothing would be lost if the agent went away. What waits in
// the outbox needs a session, and is on disk; a document that is being handed in
// or fetched is not, and a sheet that waits for its printer is expected there.
func (e *Engine) Idle() bool {
	return e.session.Snapshot().State == wire.Disconnected && e.documents.store.Empty() && e.press.idle()
}
