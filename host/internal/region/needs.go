package region

import (
	"errors"
	"io/fs"
	"slices"
)

// Missing are the keys that a way needs and that are empty: only the region
// can give them. A file that the profile names and that is still to be put
// there counts.
func (p Profile) Missing() []string {
	all := append(p.MissingFor(ViaCard), p.MissingFor(ViaCloud)...)
	slices.Sort(all)
	return slices.Compact(all)
}

// MissingFor are those of one way; none when the profile does not have it.
func (p Profile) MissingFor(via string) []string {
	var keys []string
	need := func(key, value string) {
		if value == "" {
			keys = append(keys, key)
		}
	}
	services := func(table string, e Endpoints) {
		need(table+".endpoints.prescriptions", e.Prescriptions)
		if p.NRE == NREFromLot {
			need(table+".endpoints.lots", e.Lots)
		}
	}
	switch {
	case via == ViaCard && p.Card != nil:
		need("card.driver", p.Card.Driver)
		services("card", p.Card.Endpoints)
		if p.Card.Driver == DriverSAR {
			need("card.endpoints.session", p.Card.Endpoints.Session)
		}
	case via == ViaCloud && p.Cloud != nil:
		need("cloud.driver", p.Cloud.Driver)
		services("cloud", p.Cloud.Endpoints)
		switch p.Cloud.Driver {
		case DriverOIDC:
			need("cloud.oidc.issuer", p.Cloud.OIDC.Issuer)
			need("cloud.oidc.client_id", p.Cloud.OIDC.ClientID)
		case DriverIDSessione:
			need("cloud.id_sessione.endpoint", p.Cloud.IDSessione.Endpoint)
		}
	default:
		return nil
	}
	need("envelope.kind", p.Envelope.Kind)
	for _, name := range p.Trust.CA {
		if p.awaited(name) {
			keys = append(keys, "trust.ca")
		}
	}
	if p.Envelope.Kind == "sac" && (p.Envelope.Cipher == "" || p.awaited(p.Envelope.Cipher)) {
		keys = append(keys, "envelope.cipher")
	}
	return keys
}

// awaited tells that a file which the profile of an adhesion names is still to
// be put there. In a complete profile its absence is a fault, named by New.
func (p Profile) awaited(name string) bool {
	if p.Status != StatusAdhesion {
		return false
	}
	_, err := p.File(name)
	return errors.Is(err, fs.ErrNotExist)
}
