package engine

import (
	"context"
	"maps"

	"raccordo/host/internal/config"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// watchCards tells the doors what the readers hold, ends the session of a
// card that was pulled out, and takes it up again when the card is back.
func (e *Engine) watchCards(ctx context.Context) {
	changes, stop := e.cards.Subscribe()
	defer stop()
	tried := map[string]bool{} // the inserted cards for which an automatic login has been tried
	for {
		select {
		case <-ctx.Done():
			return
		case list := <-changes:
			list = e.prefer(list)
			if e.events.heard() { // else it is for the first page to hear: see status
				list = e.announce(list)
			}
			e.events.publish(wire.EventCard, list)
			e.sentinel.Nudge(session.Card)
			e.watchRemoval(ctx, list.Service)
			e.watchInsertion(ctx, list, tried)
		}
	}
}

// watchRemoval ends the session whose card is gone, and tells whether it did.
func (e *Engine) watchRemoval(ctx context.Context, service string) bool {
	e.mu.Lock()
	l := e.live
	// The end of the agent takes the cards away as well; Run logs out by itself.
	if l == nil || l.key == nil || e.opt.Config.OnCardRemoval != config.Logout || l.key.Inserted() || ctx.Err() != nil {
		e.mu.Unlock()
		return false
	}
	e.resume = &resume{l.key.Serial(), l.way, e.memory.choice(l.key.Serial()), l.substituteOf, e.grants}
	e.mu.Unlock()
	why := wire.ErrCardRemoved
	if service != "running" {
		why = wire.ErrPCSCDown // the card may well be where it was
	}
	e.disconnect(ctx, why) // the region's connection outlives the card: it can still be told
	return true
}

// watchInsertion logs in without a click where the settings say so. It tries
// once for each insertion: a wrong PIN or a closed window is not repeated.
func (e *Engine) watchInsertion(ctx context.Context, list wire.CardList, tried map[string]bool) {
	maps.DeleteFunc(tried, func(serial string, _ bool) bool { return !holds(list, serial) })
	for _, r := range list.Readers {
		if r.State != wire.ReaderCard || r.Card == nil || r.Card.Serial == "" || tried[r.Card.Serial] {
			continue
		}
		for _, c := range r.Card.Certificates {
			if !c.Preferred {
				continue
			}
			w, grants, wanted := e.wantsLogin(r.Card.Serial, c.Fingerprint)
			if !wanted {
				continue
			}
			holder := c.Subject
			if r.Card.Holder != nil {
				holder = r.Card.Holder.Name
			}
			tried[r.Card.Serial] = true
			go func() {
				if err := e.connect(ctx, w, grants, resumeText(grants, holder, e.profile.Name)); err != nil {
					e.fault("automatic login", err)
				}
			}()
			return
		}
	}
}

// wantsLogin says whether the card's insertion is a login, in which way, and
// which pages it serves. The memory of a removal is used once.
func (e *Engine) wantsLogin(serial, fingerprint string) (want, map[string]bool, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	offer := e.profile.Wire()
	w := want{way: "card", fingerprint: fingerprint}
	if !offer.Card {
		w.way = "cloud"
	}
	if e.live != nil || e.opt.Config.AutoConnect == config.AutoNever || len(offer.Missing) > 0 || !offer.Card && !offer.CloudCard {
		return w, nil, false
	}
	if r := e.resume; r != nil && r.serial == serial && r.fingerprint == fingerprint {
		e.resume = nil
		w.way, w.titolare = r.way, r.titolare
		return w, r.grants, true
	}
	return w, map[string]bool{}, e.opt.Config.AutoConnect == config.AutoAlways
}

func holds(list wire.CardList, serial string) bool {
	for _, r := range list.Readers {
		if r.Card != nil && r.Card.Serial == serial {
			return true
		}
	}
	return false
}

func several(list wire.CardList) bool {
	n := 0
	for _, r := range list.Readers {
		if r.Card != nil {
			n++
		}
	}
	return n > 1
}

// watchSession tells the doors about the session.
func (e *Engine) watchSession(ctx context.Context) {
	changes, stop := e.session.Subscribe()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-changes:
			e.events.publish(wire.EventSession, s)
			if list := e.cardList(); s.State == wire.Connected && several(list) {
				e.events.publish(wire.EventCard, list) // whose card each is may be known only now
			}
			e.attend()
		}
	}
}
