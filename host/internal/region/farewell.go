package region

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/wire"
)

// keptFarewell is a Farewell outside of its process.
type keptFarewell struct {
	Region  string    `json:"region"`
	Way     string    `json:"way"` // a cloud driver
	Until   time.Time `json:"until"`
	Session Session   `json:"session"`
	Secret  []byte    `json:"secret"`
}

// keep writes down what the way needs, if the way can be taken up again.
func (f *Farewell) keep(region string) error {
	driver := ""
	switch f.way.(type) {
	case *oidcWay:
		driver = DriverOIDC
	case *idSessione:
		driver = DriverIDSessione
	}
	secret, err := f.way.kept()
	if err != nil || secret == nil || driver == "" {
		return err
	}
	// Whom the session was of is needed by nobody any more.
	f.kept, err = json.Marshal(keptFarewell{region, driver, f.Until, Session{ID: f.session.ID}, secret})
	return err
}

// ReadFarewell takes up what Kept returned in another process. It fails when
// the profile is not the one of then: nothing of a region is for another.
func ReadFarewell(p Profile, opt Options, kept []byte) (*Farewell, error) {
	var k keptFarewell
	if err := json.Unmarshal(kept, &k); err != nil {
		return nil, errors.New("farewell cannot be read")
	}
	if k.Region != p.ID || p.Cloud == nil || p.Cloud.Driver != k.Way {
		return nil, &Error{Code: wire.ErrNoWay, Err: fmt.Errorf("farewell is for region %q", k.Region)}
	}
	c, err := New(p, opt)
	if err != nil {
		return nil, err
	}
	if err := c.ready(ViaCloud, k.Way); err != nil {
		return nil, err
	}
	f := &Farewell{Until: k.Until, session: k.Session, kept: kept}
	if k.Way == DriverIDSessione {
		var t keptToken
		if err := json.Unmarshal(k.Secret, &t); err != nil {
			return nil, errors.New("farewell cannot be read")
		}
		f.way = c.newIDSessione(t.Who, t.Token)
		return f, nil
	}
	tokens, err := oidc.Resume(c.provider, k.Secret)
	if err != nil {
		return nil, err
	}
	w := newOIDCWay(c, tokens, "")
	w.ended.Store(true)
	f.way = w
	return f, nil
}
