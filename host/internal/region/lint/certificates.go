package lint

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"strconv"
	"time"

	"raccordo/host/internal/region"
)

// soon is when a certificate that ends is worth a remark.
const soon = 60 * 24 * time.Hour

// Certificate is one that the profile names.
type Certificate struct {
	Name     string
	Use      string // Italian
	Missing  bool
	Subject  string
	NotAfter time.Time
}

// certificates reads each file. One that the profile of an adhesion still
// waits for is a gap, no fault.
func (r *Report) certificates(p region.Profile, at positions, now time.Time) {
	for _, name := range p.Trust.CA {
		r.certificate(p, at.of("trust.ca"), name, "autorità dei server", now, nil)
	}
	for _, name := range p.Signature.CA {
		r.certificate(p, at.of("signature.ca"), name, "autorità dei servizi di firma", now, nil)
	}
	for _, name := range p.Signature.TrustSigners {
		r.certificate(p, at.of("signature.trust_signers"), name, "firma degli elenchi di fiducia", now, nil)
	}
	for _, name := range p.Signature.Trust {
		if _, err := p.File(name); err != nil {
			r.warn(at.of("signature.trust"), name+": il file non si legge: "+reason(err)+"; le firme che si fondano su di esso non risulteranno affidabili")
		}
	}
	if p.Envelope.Cipher != "" {
		r.certificate(p, at.of("envelope.cipher"), p.Envelope.Cipher, "cifratura di pinCode e codice fiscale", now, func(c *x509.Certificate, line int) {
			key, ok := c.PublicKey.(*rsa.PublicKey)
			switch {
			case !ok:
				r.fault(line, p.Envelope.Cipher+": la chiave non è RSA")
			case p.Cloud != nil && p.Cloud.Driver == region.DriverIDSessione && key.N.BitLen() > 1536:
				r.fault(line, p.Envelope.Cipher+": una chiave di "+decimal(key.N.BitLen())+" bit non entra nella richiesta dell'ID-SESSIONE (al massimo 1536)")
			}
		})
	}
}

func (r *Report) certificate(p region.Profile, line int, name, use string, now time.Time, also func(*x509.Certificate, int)) {
	data, err := p.File(name)
	if errors.Is(err, fs.ErrNotExist) {
		r.Certificates = append(r.Certificates, Certificate{Name: name, Use: use, Missing: true})
		if p.Status != region.StatusAdhesion {
			r.fault(line, name+": il file non c'è ("+use+")")
		}
		return
	}
	if err != nil {
		r.fault(line, name+": il file non si legge: "+reason(err))
		return
	}
	found := parse(data)
	if len(found) == 0 {
		r.fault(line, name+": non contiene un certificato leggibile")
	}
	for _, c := range found {
		r.Certificates = append(r.Certificates, Certificate{Name: name, Use: use, Subject: c.Subject.CommonName, NotAfter: c.NotAfter})
		switch left := c.NotAfter.Sub(now); {
		case left < 0:
			r.fault(line, name+": è scaduto il "+day(c.NotAfter))
		case now.Before(c.NotBefore):
			r.fault(line, name+": vale solo dal "+day(c.NotBefore))
		case left < soon:
			r.warn(line, name+": scade il "+day(c.NotAfter)+", procurarsi il nuovo")
		}
		if also != nil {
			also(c, line)
		}
	}
}

// parse takes PEM, of which there may be several, or one DER.
func parse(data []byte) (found []*x509.Certificate) {
	if c, err := x509.ParseCertificate(data); err == nil {
		return []*x509.Certificate{c}
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			found = append(found, c)
		}
	}
	return found
}

func day(t time.Time) string { return t.Format("02/01/2006") }

func quote(text string) string { return strconv.Quote(text) }

func decimal(n int) string { return strconv.Itoa(n) }
