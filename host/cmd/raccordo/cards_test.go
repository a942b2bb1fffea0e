package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/wire"
)

func inserted(change ...func(*wire.Card)) wire.CardList {
	c := &wire.Card{Kind: wire.KindOperator, Serial: "6090010000000012", Maker: "IDEMIA", Holder: &wire.Person{Name: "GIULIA VERDI"},
		Module: "b.so", Modules: []wire.Module{{Name: "a.so", Problem: wire.ErrModuleDep}, {Name: "b.so"}},
		Certificates: []wire.Certificate{
			{Fingerprint: "5f5f5f5f5f5f5f5f", Purpose: "auth", Issuer: "CA", NotAfter: "2026-12-10T22:59:59Z", Usable: true, Preferred: true, ExpiresSoon: true, DaysLeft: 18},
			{Fingerprint: "6060606060606060", Purpose: "sign", Issuer: "CA", NotAfter: "2029-03-01T22:59:59Z", Reason: wire.ErrCertSign},
		}}
	for _, f := range change {
		f(c)
	}
	return wire.CardList{Service: "running", Readers: []wire.Reader{{Name: "Lettore 1", State: wire.ReaderCard, Card: c}}}
}

func TestDescribe(t *testing.T) {
	rows := map[string]struct {
		list wire.CardList
		want []string
	}{
		"no service": {wire.CardList{Service: "down"}, []string{
			"Il servizio del PC per le smart card non è attivo.", "  Scollegare e ricollegare il lettore; se non basta, riavviare il PC."}},
		"no reader": {wire.CardList{Service: "running"}, []string{
			"Nessun lettore di smart card collegato.", "  Collegare il lettore a una porta USB."}},
		"mute and empty": {wire.CardList{Service: "running", Readers: []wire.Reader{{Name: "A", State: wire.ReaderMute}, {Name: "B", State: wire.ReaderEmpty}}}, []string{
			"A: carta capovolta o muta", "  La carta nel lettore non risponde.", "    Estrarla, verificare che il chip sia pulito e nel verso giusto, e reinserirla.",
			"B: nessuna carta"}},
		"a doctor's card": {inserted(), []string{
			"Lettore 1: carta presente", "  carta operatore, GIULIA VERDI, n. 6090010000000012, IDEMIA", "  driver: b.so",
			"  driver non usato: a.so – Il driver della carta è installato, ma manca una libreria di cui ha bisogno.",
			"  certificato di accesso 5f5f5f5f5f5f…, CA, fino al 10/12/2026 (scade tra 18 giorni) – usato per il collegamento",
			"  certificato di firma 606060606060…, CA, fino al 01/03/2029 – È il certificato di firma: non serve per collegarsi."}},
		"a card that no driver knows": {inserted(func(c *wire.Card) {
			c.Kind, c.Problem, c.Module, c.Modules, c.Certificates, c.Role = wire.KindTSCNS, wire.ErrNoModule, "", nil, nil, wire.RolePatient
		}), []string{
			"Lettore 1: carta presente", "  tessera sanitaria (TS-CNS), GIULIA VERDI, n. 6090010000000012, IDEMIA, del paziente",
			"  Manca il programma (driver PKCS#11) necessario per questa carta.", "    Installare il software fornito con la carta, poi reinserirla."}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, describe(row.list)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestChanges(t *testing.T) {
	empty := wire.CardList{Service: "running", Readers: []wire.Reader{{Name: "Lettore 1", State: wire.ReaderEmpty}}}
	two := wire.CardList{Service: "running", Readers: append(empty.Readers[:1:1], wire.Reader{Name: "Lettore 2", State: wire.ReaderEmpty})}
	rows := map[string]struct {
		before, now wire.CardList
		want        []string
	}{
		"nothing":        {empty, empty, nil},
		"card in":        {empty, inserted(), []string{"Lettore 1: carta presente, carta operatore, GIULIA VERDI, n. 6090010000000012, IDEMIA"}},
		"card out":       {inserted(), empty, []string{"Lettore 1: nessuna carta"}},
		"reader in":      {empty, two, []string{"Lettore 2: lettore collegato, nessuna carta"}},
		"reader out":     {two, empty, []string{"Lettore 2: lettore scollegato"}},
		"service killed": {empty, wire.CardList{Service: "down"}, describe(wire.CardList{Service: "down"})},
		"last reader":    {empty, wire.CardList{Service: "running"}, describe(wire.CardList{Service: "running"})},
		"ends soon": {empty, inserted(func(c *wire.Card) { c.Certificates[0].NotifyExpiry = true }), []string{
			"Lettore 1: carta presente, carta operatore, GIULIA VERDI, n. 6090010000000012, IDEMIA – il certificato scade il 10/12/2026"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, changes(row.before, row.now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An agent that says hello, then the state, with another event in between.
func TestFollow(t *testing.T) {
	ours, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		for _, answers := range [][]string{
			{`{"jsonrpc":"2.0","id":1,"result":{"protocol":1,"version":"1","capabilities":[]}}`},
			{`{"jsonrpc":"2.0","method":"outbox.changed","params":{"pending":1,"failed":0}}`,
				`{"jsonrpc":"2.0","id":2,"result":{"service":"running","readers":[]}}`,
				`{"jsonrpc":"2.0","method":"card.changed","params":{"service":"running","readers":[{"name":"A","state":"empty"}]}}`},
		} {
			if _, err := frame.Read(theirs, wire.MaxFrame); err != nil {
				return
			}
			for _, a := range answers {
				if frame.Write(theirs, []byte(a)) != nil {
					return
				}
			}
		}
	}()
	var out bytes.Buffer
	err := follow(ours, printChanges(&out))
	if !errors.Is(err, io.EOF) {
		t.Errorf("ended with %v", err)
	}
	want := "Nessun lettore di smart card collegato.\n  Collegare il lettore a una porta USB.\nA: lettore collegato, nessuna carta\n"
	if out.String() != want {
		t.Errorf("printed %q", out.String())
	}
}

func TestExplain(t *testing.T) {
	left := 2
	wrong := wire.NewError(wire.ErrPINWrong, "CKR_PIN_INCORRECT")
	wrong.Data.AttemptsLeft = &left
	if got, want := explain(wrong), "PIN errato.\n  Riprovare con attenzione: dopo troppi errori la carta si blocca.\n  Tentativi rimasti: 2.\n  [card.pin_wrong, CKR_PIN_INCORRECT]"; got != want {
		t.Errorf("%q", got)
	}
	if got := explain(errors.New("x")); got != "x" {
		t.Errorf("%q", got)
	}
	for _, f := range wire.Faults {
		if got := explain(wire.NewError(f.Code, "")); strings.Count(got, "\n") != 2 {
			t.Errorf("%s: %q", f.Code, got)
		}
	}
}

func TestCardsCommandLine(t *testing.T) {
	for line, want := range map[string]string{
		"cards": "cards list", "cards --watch --json": "cards list", "cards test": "cards test", "cards test --certificate 5f": "cards test",
	} {
		parser, err := kong.New(&commands{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := parser.Parse(strings.Fields(line))
		if err != nil || got.Command() != want {
			t.Errorf("%s: %v, %v", line, got, err)
		}
	}
}
