package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/testca"
)

// profile is Sistema TS without a region's own system in between. Its times
// are short so that silence costs the run little.
const profile = `name = "Sistema TS simulato"
code = "090"
nre = "lot"

[trust]
ca = [%[2]q]

[envelope]
kind = "sac"
cipher = %[3]q

[cloud]
driver = "id-sessione"

[cloud.endpoints]
prescriptions = "%[1]s/DemRicettaPrescrittoServicesWeb/services"
lots = "%[1]s/ricettaElettronicaServicesWeb/services/nreRichiestaLottoPort"
used = "%[1]s/DemRicettaInterrogazioniServicesWeb/services/demInterrogaNreUtilizzati"
tables = "%[1]s/DemRicettaServiceAnagWeb/services/demServiceAnag"
substitution = "%[1]s/DemRicettaServiceMedicoWeb/services/invioDichiarazioneSostituzioneMedico"

[cloud.id_sessione]
endpoint = "%[1]s%[4]s"
context = "RICETTA-DEM"
application = "PRESCRITTORE"

[timeouts]
connect = "2s"
handshake = "4s"
answer = "3s"
`

// Late requests arrive after the client has asked what became of them, and
// mostly after it has sent them again.
const (
	lateMin = 500 * time.Millisecond
	lateMax = 8 * time.Second
)

// stand is the simulated Sistema TS and what all agents share: the
// configuration, and a person who answers their windows.
type stand struct {
	dir, bin string
	env      []string
	region   *region.Region
}

func newStand(ctx context.Context, dir string, opt Options) (s *stand, err error) {
	s = &stand{dir: dir, bin: opt.Bin}
	serverCA, err := testca.New("CA server di prova")
	if err != nil {
		return nil, err
	}
	cardCA, err := testca.New("CA carte di prova")
	if err != nil {
		return nil, err
	}
	if s.region, err = region.New(region.Options{Log: zerolog.Nop(), Now: time.Now, ServerCA: serverCA, CardCA: cardCA, Record: opt.Record, AuditSize: 100}); err != nil {
		return nil, err
	}
	if err := s.region.Start(ctx); err != nil {
		return nil, err
	}
	if err := s.configure(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *stand) close() error { return s.region.Close() }

func (s *stand) configure() error {
	conf := filepath.Join(s.dir, "config", "raccordo")
	if err := os.MkdirAll(filepath.Join(conf, "regions"), 0o700); err != nil {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	prompts := filepath.Join(s.dir, "prompts")
	prompt, err := pinentry.Install(prompts, exe)
	if err != nil {
		return err
	}
	// Nothing typed: a test environment hands the ID-SESSIONE out.
	if err := pinentry.Set(prompts, pinentry.Script{}); err != nil {
		return err
	}
	ca, cipher := filepath.Join(s.dir, "ca.crt"), filepath.Join(s.dir, "cipher.cer")
	for file, text := range map[string]string{
		ca: string(s.region.ServerCA().PEM()), cipher: string(s.region.CipherCertificatePEM()),
		filepath.Join(conf, "regions", "prova.toml"): fmt.Sprintf(profile, s.region.SACURL(), ca, cipher, a2f.Path),
		filepath.Join(conf, "config.toml"):           fmt.Sprintf("region = \"prova\"\nprompt = %q\nkeyring = \"file\"\nproxy = \"direct\"\n", prompt),
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return err
		}
	}
	s.env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(s.dir, "config"), "PCSCLITE_CSOCK_NAME="+filepath.Join(s.dir, "no-card-service"))
	return nil
}

// offices gives every doctor an equal share of the prescriptions.
func (s *stand) offices(ctx context.Context, opt Options) ([]*office, error) {
	doctors := anagrafe.MassDoctors()
	if opt.Doctors < 1 || opt.Doctors > len(doctors) {
		return nil, fmt.Errorf("%d doctors: there are 1 to %d", opt.Doctors, len(doctors))
	}
	random := rand.New(rand.NewPCG(opt.Seed, 1<<33))
	furnishing := newCrew(ctx)
	var all []*office
	for n, d := range doctors[:opt.Doctors] {
		o := &office{dir: filepath.Join(s.dir, fmt.Sprintf("d%02d", n)), doctor: d, bin: s.bin, env: slices.Clone(s.env), stir: make(chan struct{})}
		all = append(all, o)
		var theirs []anagrafe.Patient
		for _, p := range anagrafe.MassPatients() {
			if p.DoctorCF == d.CF {
				theirs = append(theirs, p)
			}
		}
		for i := n; i < opt.Prescriptions; i += opt.Doctors {
			o.intents = append(o.intents, write(i, theirs, random))
		}
		furnishing.do(o.furnish)
	}
	return all, furnishing.wait()
}

// disturb begins the chaos: every kind of fault in equal shares.
func (s *stand) disturb(opt Options) error {
	storm := faults.Storm(opt.Seed, opt.Faults)
	storm.LateMin, storm.LateMax = lateMin, lateMax
	return s.region.StartChaos(storm)
}

func (s *stand) heal() { s.region.StopChaos() }

// quiet waits until no late request is on its way any more.
func (s *stand) quiet(ctx context.Context) error {
	for s.region.ChaosState().Pending > 0 {
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func (s *stand) records() (all []record) {
	for _, e := range s.region.Listing(region.Filter{}) {
		r := record{nre: e.NRE, code: e.Code, patient: e.Patient, live: e.State != cancelled}
		for _, text := range e.Items {
			if mark := markOf(text); mark != "" {
				r.mark = mark
			}
		}
		all = append(all, r)
	}
	return all
}

// cancelled is statoProcesso of a prescription that was cancelled.
const cancelled = "4"

func (s *stand) happened() (map[faults.Kind]int, map[region.Service]int) {
	return s.region.ChaosState().Applied, s.region.Stats().Requests
}
