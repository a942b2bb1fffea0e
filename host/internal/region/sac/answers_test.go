package sac

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// answers are the samples, by file; odd ones break the schemas on purpose.
func answers(t *testing.T) (good, odd map[string][]byte) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "risposte", "*.xml"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d samples: %v", len(files), err)
	}
	good, odd = map[string][]byte{}, map[string][]byte{}
	for _, file := range files {
		name := filepath.Base(file)
		switch name {
		case "fault.xml": // SOAP, not the ministry
		case "invio-segnalazioni.xml": // an element of the future
			odd[name] = sample(t, name)
		default:
			good[name] = sample(t, name)
		}
	}
	return good, odd
}

// TestAnswersFollowTheSchemas: the samples are such as the service may write.
func TestAnswersFollowTheSchemas(t *testing.T) {
	good, odd := answers(t)
	if os.Getenv(kitVariable) != "" {
		if judged(t, odd) == nil {
			t.Error("the sample of the future is of today")
		}
		for name := range recordedAnswers() {
			good["registrata-"+name] = kitFile(t, "risposte", name)
		}
	}
	if err := judged(t, good); err != nil {
		t.Error(err)
	}
}

func kitFile(t *testing.T, parts ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{os.Getenv(kitVariable)}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// recordedAnswers are those of the ministry's test system, and what they say.
func recordedAnswers() map[string]func(*testing.T, []byte) {
	return map[string]func(*testing.T, []byte){
		"invio_ok.xml": func(t *testing.T, body []byte) {
			r, err := DecodeSend(body)
			if err != nil {
				t.Fatal(err)
			}
			pdf := r.Promemoria
			r.Promemoria = nil
			want := ricetta.Receipt{NRE: "1300A4019294833", CodAutenticazione: "300920261644168700000050622782", InsertedAt: "2026-09-30 16:44:16", Outcome: "0000", Warnings: []wire.Notice{}, Errors: []wire.Notice{}}
			if d := cmp.Diff(want, r); d != "" || !r.Accepted() || !bytes.HasPrefix(pdf, []byte("%PDF-1.4")) || !bytes.HasSuffix(pdf, []byte("%%EOF\n")) {
				t.Errorf("%s, %d bytes of PDF", d, len(pdf))
			}
		},
		"annulla_ok.xml": func(t *testing.T, body []byte) {
			a, err := DecodeCancel(body)
			if d := cmp.Diff(CancelAnswer{"1300A4019294833", "0000", []wire.Notice{}, []wire.Notice{}}, a); d != "" || err != nil {
				t.Error(d, err)
			}
		},
	}
}

// TestRecordedAnswers: the ministry's own, and the synthetic ones of their
// shape with other prefixes.
func TestRecordedAnswers(t *testing.T) {
	for name, check := range recordedAnswers() {
		t.Run(name, func(t *testing.T) {
			if os.Getenv(kitVariable) != "" {
				body := kitFile(t, "risposte", name)
				check(t, body)
				check(t, []byte(renamed(string(body))))
			}
		})
	}
	for _, rename := range []func(string) string{strings.Clone, renamed} {
		r, err := DecodeSend([]byte(rename(string(sample(t, "invio-accettato.xml")))))
		if err != nil || !r.Accepted() || r.NRE != "0900A0000004200" || len(r.Warnings)+len(r.Errors) != 0 || len(r.Promemoria) == 0 {
			t.Errorf("%+v %v", r, err)
		}
		c, err := DecodeCancel([]byte(rename(string(sample(t, "annulla.xml")))))
		if err != nil || c.Outcome != "0000" || len(c.Warnings)+len(c.Errors) != 0 {
			t.Errorf("%+v %v", c, err)
		}
	}
}

// renamed writes the same answer with other prefixes.
func renamed(text string) string {
	return strings.NewReplacer("ns2:", "a.b-c:", "xmlns:ns2=", "xmlns:a.b-c=", "soapenv:", "env:", "xmlns:soapenv=", "xmlns:env=").Replace(text)
}

// TestHalfAnAnswer: an answer that was cut anywhere is none.
func TestHalfAnAnswer(t *testing.T) {
	read := map[string]func([]byte) error{
		"invio":        func(b []byte) error { _, err := DecodeSend(b); return err },
		"visualizza":   func(b []byte) error { _, err := DecodeView(b); return err },
		"annulla":      func(b []byte) error { _, err := DecodeCancel(b); return err },
		"interroga":    func(b []byte) error { _, err := DecodeUsed(b); return err },
		"sostituzione": func(b []byte) error { _, err := DecodeSubstitution(b); return err },
		"tabella":      func(b []byte) error { _, err := DecodeTable(b); return err },
		"lotto":        func(b []byte) error { _, _, _, err := DecodeLot(b); return err },
	}
	good, _ := answers(t)
	for name, body := range good {
		kind, _, _ := strings.Cut(strings.TrimSuffix(name, ".xml"), "-")
		whole := bytes.TrimSpace(body)
		if err := read[kind](whole); err != nil {
			t.Fatal(name, err)
		}
		for n := range len(whole) {
			if err := read[kind](whole[:n]); !errors.Is(err, ErrAnswer) {
				t.Fatalf("%s cut after %d of %d bytes: %v", name, n, len(whole), err)
			}
		}
	}
}

// typed fails for an error that no caller could tell from another.
func typed(t *testing.T, err error) {
	t.Helper()
	var fault *Fault
	if err != nil && !errors.Is(err, ErrAnswer) && !errors.As(err, &fault) {
		t.Fatalf("untyped error %v", err)
	}
}

func seed(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "risposte", "*.xml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		f.Add(sample(f, filepath.Base(file)))
	}
	f.Add([]byte("<a"))
}

func FuzzDecodeSend(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := DecodeSend(body)
		typed(t, err)
		if err != nil && r.Accepted() {
			t.Fatalf("accepted in spite of %v", err)
		}
		if len(r.Promemoria) > 0 && !bytes.HasPrefix(r.Promemoria, []byte("%PDF-")) {
			t.Fatal("a promemoria that is no PDF")
		}
	})
}

func FuzzDecodeView(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := DecodeView(body)
		typed(t, err)
		if err == nil && (v.Result.Prescription == nil || v.Result.Dettagli == nil || v.Result.Warnings == nil) {
			t.Fatalf("%+v", v)
		}
	})
}

func FuzzDecodeCancel(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		_, err := DecodeCancel(body)
		typed(t, err)
	})
}

func FuzzDecodeUsed(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := DecodeUsed(body)
		typed(t, err)
		for _, one := range a.Records {
			if _, err := ricetta.ParseNRE(one.NRE); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzDecodeSubstitution(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		_, err := DecodeSubstitution(body)
		typed(t, err)
	})
}

func FuzzDecodeTable(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := DecodeTable(body)
		typed(t, err)
		if len(a.Result.Options) > maxOptions {
			t.Fatal(a.Result.Options)
		}
	})
}

func FuzzDecodeLot(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		lot, _, _, err := DecodeLot(body)
		typed(t, err)
		if err == nil && lot != (ricetta.Lot{}) && lot.Size() == 0 {
			t.Fatalf("impossible lot %+v", lot)
		}
	})
}
