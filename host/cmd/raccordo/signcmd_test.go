package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

// signingAgent keeps documents, and signs by writing a word before them.
type signingAgent struct {
	t         *testing.T
	documents map[string][]byte
	asked     []wire.SignParams
	fault     *wire.Error // of sign
	row       *wire.Error // of the last document of each sign
	next      byte
}

func (a *signingAgent) talk(method string, params, result any, heard func(string, json.RawMessage) error) error {
	a.t.Helper()
	answer := func(v any) error {
		body, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return json.Unmarshal(body, result)
	}
	handle := func(content []byte) string {
		a.next++
		h := strings.Repeat("0", 31) + string('a'+a.next)
		a.documents[h] = content
		return h
	}
	switch p := params.(type) {
	case wire.DocumentOpenParams:
		return answer(wire.DocumentHandle{Document: handle(nil)})
	case wire.DocumentWriteParams:
		piece, err := base64.StdEncoding.DecodeString(p.Data)
		if err != nil || int(p.Offset) != len(a.documents[p.Document]) || len(piece) > wire.MaxPiece {
			a.t.Errorf("piece at %d of %d: %v", p.Offset, len(a.documents[p.Document]), err)
		}
		a.documents[p.Document] = append(a.documents[p.Document], piece...)
		return answer(wire.DocumentWritten{Received: int64(len(a.documents[p.Document]))})
	case wire.DocumentReadParams:
		whole := a.documents[p.Document]
		end := min(int(p.Offset)+wire.MaxPiece, len(whole))
		return answer(wire.DocumentPiece{Data: base64.StdEncoding.EncodeToString(whole[p.Offset:end]), Size: int64(len(whole)), End: end == len(whole)})
	case wire.DocumentHandle:
		delete(a.documents, p.Document)
		return answer(wire.NoParams{})
	case wire.SignParams:
		a.asked = append(a.asked, p)
		if a.fault != nil {
			return a.fault
		}
		var r wire.SignResult
		for i, d := range p.Documents {
			if a.row != nil && i == len(p.Documents)-1 {
				r.Documents = append(r.Documents, wire.SignedDocument{Name: d.Name, Error: a.row})
				continue
			}
			name := d.Name
			if d.Format == "cades" {
				name += ".p7m"
			}
			r.Documents = append(r.Documents, wire.SignedDocument{Name: name, Document: handle(append([]byte("firmato: "), a.documents[d.Document]...))})
			told, _ := json.Marshal(wire.SignProgress{Done: i + 1, Total: len(p.Documents), Name: name})
			if err := heard(wire.EventSign, told); err != nil {
				return err
			}
		}
		return answer(r)
	}
	a.t.Errorf("asked for %s", method)
	return nil
}

func newSigningAgent(t *testing.T) *signingAgent {
	return &signingAgent{t: t, documents: map[string][]byte{}}
}

// folder has files with these contents.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSignFiles(t *testing.T) {
	large := strings.Repeat("x", wire.MaxPiece*2+1)
	dir := folder(t, map[string]string{"a.pdf": "uno", "b.pdf": large, "a-firmato.pdf": "di prima"})
	a := newSigningAgent(t)
	var out, aside bytes.Buffer
	c := &signCommand{Format: "pades", Level: "T", Reason: "Referto", Field: "-1,36,36.5,180,48", Remote: remoteFlag{true, "csc2"}}
	files := []string{filepath.Join(dir, "a.pdf"), filepath.Join(dir, "b.pdf")}
	done, err := c.sign(a.talk, files, &out, &aside)
	if err != nil {
		t.Fatal(err)
	}
	want := []signedFile{{File: files[0], Signed: filepath.Join(dir, "a-firmato (2).pdf")}, {File: files[1], Signed: filepath.Join(dir, "b-firmato.pdf")}}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{"a.pdf": "uno", "a-firmato.pdf": "di prima", "a-firmato (2).pdf": "firmato: uno", "b-firmato.pdf": "firmato: " + large} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %.30q, %v", name, got, err)
		}
	}
	p := a.asked[0]
	if p.Via != "remote" || p.Service != "csc2" || p.Documents[0].Name != "a.pdf" || p.Documents[0].Level != "T" || *p.Documents[1].Field != (wire.SignField{Page: -1, X: 36, Y: 36.5, Width: 180, Height: 48}) {
		t.Errorf("%+v", p)
	}
	if len(a.documents) != 0 {
		t.Errorf("%d documents are left with the agent", len(a.documents))
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 5 {
		t.Errorf("in the folder: %v", entries)
	}
	if !strings.Contains(aside.String(), "2 di 2: b.pdf\n") || !strings.Contains(out.String(), "b.pdf → ") {
		t.Errorf("%s%s", aside.String(), out.String())
	}
}

func TestSignFilesFaults(t *testing.T) {
	dir := folder(t, map[string]string{"a.txt": "uno", "b.txt": "due"})
	files := []string{filepath.Join(dir, "a.txt"), filepath.Join(dir, "b.txt")}
	a := newSigningAgent(t)
	a.row = wire.NewError(wire.ErrPINWrong, "")
	var out bytes.Buffer
	done, err := (&signCommand{Format: "cades"}).sign(a.talk, files, &out, &out)
	if err != nil || len(done) != 2 || done[0].Signed == "" || done[1].Error == nil || !strings.Contains(out.String(), "b.txt: non firmato") || !strings.Contains(out.String(), "[card.pin_wrong]") {
		t.Errorf("%+v %v %s", done, err, out.String())
	}
	a = newSigningAgent(t)
	a.fault = wire.NewError(wire.ErrConsent, "")
	var fault *wire.Error
	if _, err := (&signCommand{Format: "cades", Card: true}).sign(a.talk, files, &out, &out); !errors.As(err, &fault) || fault.Data.Code != wire.ErrConsent || a.asked[0].Via != "card" {
		t.Errorf("%v", err)
	}
	if len(a.documents) != 0 {
		t.Error("documents are left with the agent")
	}
	if _, err := (&signCommand{Format: "cades"}).sign(a.talk, []string{filepath.Join(dir, "c.txt")}, &out, &out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := (&signCommand{Format: "cades"}).sign(a.talk, []string{dir}, &out, &out); err == nil || !strings.Contains(err.Error(), "non è un file") {
		t.Errorf("%v", err)
	}
}

// A wrong PIN in one batch is not followed by another batch.
func TestSignBatches(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for i := range 450 {
		f := filepath.Join(dir, strings.Repeat("a", i%3+1)+time.Duration(i).String()+".txt")
		if err := os.WriteFile(f, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	var sizes []int
	for _, part := range batches(files) {
		sizes = append(sizes, len(part))
	}
	if diff := cmp.Diff([]int{200, 200, 50}, sizes); diff != "" {
		t.Error(diff)
	}
	a := newSigningAgent(t)
	a.fault = wire.NewError(wire.ErrRemoteOTP, "")
	var out bytes.Buffer
	if _, err := (&signCommand{Format: "cades"}).sign(a.talk, files, &out, &out); err == nil || len(a.asked) != 1 {
		t.Errorf("%v, asked %d times", err, len(a.asked))
	}
}

func TestSignArguments(t *testing.T) {
	dir := folder(t, map[string]string{"a.pdf": "", "b.pdf": "", "[c].pdf": ""})
	t.Chdir(dir)
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"a.pdf"}, "a.pdf"}, {[]string{"*.pdf"}, "[c].pdf a.pdf b.pdf"}, {[]string{"[c].pdf"}, "[c].pdf"}, {[]string{"manca.pdf"}, "manca.pdf"}, {[]string{"*.xml"}, "error"},
	} {
		got, err := expand(row.args)
		if text := strings.Join(got, " "); err == nil && text != row.want || err != nil && row.want != "error" {
			t.Errorf("%v: %q, %v", row.args, text, err)
		}
	}
	parse := func(args ...string) (*commands, error) {
		var c commands
		k, err := kong.New(&c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = k.Parse(args)
		return &c, err
	}
	for _, row := range []struct {
		args []string
		want remoteFlag
		ok   bool
	}{
		{[]string{"sign", "--format=cades", "a.pdf"}, remoteFlag{}, true},
		{[]string{"sign", "--format=cades", "--remote", "a.pdf"}, remoteFlag{Wanted: true}, true},
		{[]string{"sign", "--format=cades", "--remote=csc2", "a.pdf"}, remoteFlag{true, "csc2"}, true},
		{[]string{"sign", "--format=cades", "--remote", "--card", "a.pdf"}, remoteFlag{}, false},
		{[]string{"sign", "a.pdf"}, remoteFlag{}, false},
		{[]string{"sign", "--format=pgp", "a.pdf"}, remoteFlag{}, false},
	} {
		c, err := parse(row.args...)
		if (err == nil) != row.ok || err == nil && (c.Sign.Remote != row.want || !slices.Equal(c.Sign.Files, []string{"a.pdf"})) {
			t.Errorf("%v: %+v, %v", row.args, c.Sign, err)
		}
	}
	for _, wrong := range []string{"1", "1,2,3,4", "x,1,1,1,1", "1;2;3;4;5"} {
		if _, err := (&signCommand{Field: wrong}).field(); err == nil {
			t.Errorf("--field %s is taken", wrong)
		}
	}
}

// What a watch would sign next.
func TestWatchLooks(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.pdf": "x", "b.txt": "x", "dati.xml": "x", "c.pdf.part": "x", ".d.pdf": "x", "~e.pdf": "x", "vuoto.pdf": "", "f.pdf.p7m": "x", "g-firmato.pdf": "x", "nostro.pdf": "x", "rifiutato.pdf": "x", "cambiato.pdf": "x",
	})
	outside := t.TempDir()
	c := &signCommand{Out: outside}
	at := func(name string) string { return filepath.Join(dir, name) }
	info, err := os.Stat(at("rifiutato.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{dir: dir, ours: map[string]bool{at("nostro.pdf"): true}, left: map[string]state{
		at("rifiutato.pdf"): {info.Size(), info.ModTime()}, at("cambiato.pdf"): {7, info.ModTime()},
	}}
	if err := os.WriteFile(filepath.Join(outside, "b.txt.p7m"), []byte("firmato"), 0o600); err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string]string{"pades": "a.pdf cambiato.pdf", "xades": "dati.xml", "cades": "a.pdf cambiato.pdf dati.xml"} {
		w.format = format
		found, err := w.look(c.outputs())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for f := range found {
			names = append(names, filepath.Base(f))
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
	}
	w.format = "cades"
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(at("b.txt"), later, later); err != nil {
		t.Fatal(err)
	}
	if found, err := w.look(c.outputs()); err != nil || len(found) != 4 { // signed before it was changed
		t.Errorf("%v, %v", found, err)
	}
}

func TestVerifyText(t *testing.T) {
	v := verifiedFile{File: "a.p7m", Verification: &wire.Verification{Text: "La firma è valida.", Verdict: wire.VerdictValid, Signatures: []wire.VerifiedSignature{{
		Format: "CAdES-B-T", Signer: wire.Signatory{Name: "Mario Rossi", CF: "RSSMRA70A01L219K", Issuer: "CA simulata"}, ClaimedAt: "2026-11-23T10:00:00Z",
		Timestamp: &wire.Timestamp{At: "2026-11-23T10:00:01Z"}, Notices: []wire.Notice{{Text: "Certificato non revocato."}},
	}}}}
	want := "a.p7m: La firma è valida.\n  Mario Rossi (RSSMRA70A01L219K), CAdES-B-T, certificato di CA simulata, firmato 23/11/2026 11:00, marca temporale 23/11/2026 11:00\n    Certificato non revocato."
	if got := strings.Join(v.lines(), "\n"); got != want {
		t.Errorf("%s", got)
	}
	dir := folder(t, map[string]string{"a.txt": "x", "a.txt.p7s": "x", "b.p7s": "x"})
	for name, want := range map[string]string{"a.txt.p7s": filepath.Join(dir, "a.txt"), "b.p7s": "", "a.txt": ""} {
		if got := besides(filepath.Join(dir, name)); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
