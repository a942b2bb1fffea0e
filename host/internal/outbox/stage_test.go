package outbox

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

const page = "https://clinica.example"

var testKey = bytes.Repeat([]byte{7}, KeySize)

func lot(t testing.TB, code string) ricetta.Lot {
	t.Helper()
	l, err := ricetta.NewLot("090", "0A", "0", code)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func openAt(t testing.TB, path string) *Outbox {
	t.Helper()
	o, err := Open(path, testKey, Options{Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

func fresh(t testing.TB) *Outbox { return openAt(t, filepath.Join(t.TempDir(), "deep", "outbox.db")) }

func rx(id string) wire.Prescription {
	return wire.Prescription{
		ClientID: id, TipoPrescrizione: "F", CodiceAssistito: anagrafe.Patients()[0].CF, CognomeNome: "BIANCHI LUCIA", TipoVisita: "A",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA", Quantita: 1}},
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// with is a fresh outbox with options of its own.
func with(t testing.TB, opt Options) *Outbox {
	t.Helper()
	opt.Log = zerolog.Nop()
	o, err := Open(filepath.Join(t.TempDir(), "outbox.db"), testKey, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}
