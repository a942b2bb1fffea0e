package bench

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

// bareSender is the least that sends prescriptions: a process with one HTTP
// client and one connection kept alive, envelopes made beforehand by the
// product's encoder, no disk, no outbox. It is another doctor than the lab's: a
// doctor has one session at the region.
type bareSender struct {
	client      *http.Client // for what comes before: session, lots
	base        string       // of the region's services
	token       string
	certificate []byte // PEM with its key
	doctor      anagrafe.Doctor
	cipher      *sac.Cipher
	lab         *lab.Lab
	file        string // envelopes to be sent
	process     *bareProcess
}

const (
	sendPath = "/DemRicettaPrescrittoServicesWeb/services"
	lotPath  = "/ricettaElettronicaServicesWeb/services/nreRichiestaLottoPort"
)

func newBareSender(l *lab.Lab, base string) (*bareSender, error) {
	cipher, err := sac.ParseCipher(l.Region.CipherCertificatePEM())
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: l.Region.ServerCA().Pool()}, MaxConnsPerHost: 1, DisableCompression: true}
	return &bareSender{client: &http.Client{Transport: transport}, base: base, doctor: anagrafe.Doctors()[1], cipher: cipher, lab: l}, nil
}

func (s *bareSender) close() {
	s.client.CloseIdleConnections()
	if s.process != nil {
		s.process.end()
	}
}

// start starts the process, once there is a session.
func (s *bareSender) start(ctx context.Context) (err error) {
	if s.process, err = startLines(s.lab.Command(ctx, "raccordo-sim", "bare-send")); err != nil {
		return err
	}
	options, err := json.Marshal(BareSendOptions{
		Address: s.base + sendPath + sac.Send.Path, Action: sac.Send.Action, Token: s.token, CA: s.lab.Region.ServerCA().PEM(), Certificate: s.certificate,
	})
	if err == nil {
		_, err = s.process.in.Write(append(options, '\n'))
	}
	s.file = filepath.Join(s.lab.Dir, "tmp", "envelopes.json")
	return err
}

// byCard opens a session over mutual TLS with a key like a card's.
func (s *bareSender) byCard(ctx context.Context, ca *testca.CA) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	der, err := ca.Issue(&x509.Certificate{
		Subject:  testca.Subject(s.doctor.CF + "/" + s.doctor.CardSerial + ".x"),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, key.Public())
	if err != nil {
		return err
	}
	transport, ok := s.client.Transport.(*http.Transport)
	if !ok {
		return errors.New("another transport")
	}
	transport.TLSClientConfig.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	s.certificate = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	body, err := s.post(ctx, "/sessione/v1", "", nil)
	if err != nil {
		return err
	}
	var session struct{ ID string }
	if err := json.Unmarshal(body, &session); err != nil {
		return err
	}
	s.token = session.ID
	return s.start(ctx)
}

// byPage logs in at the region's page and opens a session with its token.
func (s *bareSender) byPage(ctx context.Context, b *bench) error {
	verifier := oauth2.GenerateVerifier()
	origin, err := extensionOrigin()
	if err != nil {
		return err
	}
	id := strings.Trim(strings.TrimPrefix(origin, "chrome-extension:"), "/")
	c := oauth2.Config{
		ClientID: "raccordo", RedirectURL: "https://" + id + ".chromiumapp.org/raccordo", Scopes: []string{"openid"},
		Endpoint: oauth2.Endpoint{AuthURL: b.lab.Login.Issuer() + "/authorize", TokenURL: b.lab.Login.Issuer() + "/token", AuthStyle: oauth2.AuthStyleInParams},
	}
	address := c.AuthCodeURL(oauth2.GenerateVerifier(), oauth2.SetAuthURLParam("nonce", oauth2.GenerateVerifier()), oauth2.S256ChallengeOption(verifier))
	back, err := b.atPage(ctx, address, s.doctor)
	if err != nil {
		return err
	}
	token, err := c.Exchange(context.WithValue(ctx, oauth2.HTTPClient, s.client), back.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		return err
	}
	s.token = token.AccessToken
	if _, err := s.post(ctx, "/sessione/v1", "", nil); err != nil {
		return err
	}
	return s.start(ctx)
}

// prepare makes n envelopes, with the numbers of fresh lots.
func (s *bareSender) prepare(ctx context.Context, n int, p wire.Prescription) error {
	var ready [][]byte
	doctor := ricetta.Doctor{CF: s.doctor.CF, PinCode: s.doctor.PinCode, Region: s.doctor.Region, ASL: s.doctor.ASL, Specializzazione: s.doctor.Specializzazione}
	var lot ricetta.Lot
	for i := range n {
		if i%100 == 0 {
			body, err := s.post(ctx, lotPath, sac.Lot.Action, sac.EncodeLot(doctor.Region, doctor.CF))
			if err != nil {
				return err
			}
			if lot, _, _, err = sac.DecodeLot(body); err != nil {
				return err
			}
		}
		pin, err := s.cipher.Seal(doctor.PinCode, time.Now())
		if err != nil {
			return err
		}
		patient, err := s.cipher.Seal(p.CodiceAssistito, time.Now())
		if err != nil {
			return err
		}
		ready = append(ready, sac.EncodeSend(sac.SendRequest{PinCode: pin, CodiceAss: patient, Doctor: doctor, NRE: lot.NRE(i % 100), Compiled: time.Now(), Prescription: p}))
	}
	text, err := json.Marshal(ready)
	if err != nil {
		return err
	}
	return os.WriteFile(s.file, text, 0o600)
}

// send has what was prepared sent, one after the other.
func (s *bareSender) send(ctx context.Context) (time.Duration, error) {
	if _, err := io.WriteString(s.process.in, s.file); err != nil {
		return 0, err
	}
	return s.process.turn(ctx) // which ends the line
}

func (s *bareSender) post(ctx context.Context, path, action string, body []byte) ([]byte, error) {
	return post(ctx, s.client, s.base+path, action, s.token, body)
}
