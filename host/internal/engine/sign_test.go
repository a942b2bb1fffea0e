//go:build unix

package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/card"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/wire"
)

// signedWell tells whether a CAdES envelope has one signature that holds.
func signedWell(t *testing.T, signed []byte) {
	t.Helper()
	found, err := cades.Verify(t.Context(), bytes.NewReader(signed), nil)
	if err != nil || len(found) != 1 || found[0].Broken != nil {
		t.Errorf("%+v, %v", found, err)
	}
}

// Many documents are one window and one use of the key, and each is told when it
// is done.
func TestSignMany(t *testing.T) {
	d := newDesk(t)
	var p wire.SignParams
	for i := range 15 {
		p.Documents = append(p.Documents, within(fmt.Sprintf("referto-%02d.txt", i+1), "cades", fmt.Sprintf("Referto n. %d", i+1)))
	}
	var told []wire.SignProgress
	r, code := do[wire.SignResult](d, nil, d.caller(), clinic, "sign", p, func(e wire.Event) { told = append(told, e.Params.(wire.SignProgress)) })
	if code != "" || r.Signed != 15 || r.Via != "card" || r.Signer.Name != "Firmatario di prova P-256 SHA-256" {
		t.Fatalf("%q %+v", code, r)
	}
	for i, x := range r.Documents {
		if x.Name != fmt.Sprintf("referto-%02d.txt.p7m", i+1) || x.Document != "" {
			t.Errorf("%+v", x)
		}
		signedWell(t, bytesOf(t, x))
	}
	if len(told) != 15 || told[14] != (wire.SignProgress{Done: 15, Total: 15, Name: "referto-15.txt.p7m"}) {
		t.Errorf("told %+v", told)
	}
	windows := d.shown()
	if len(windows) != 1 || len(d.key.asked) != 15 || d.key.closed != 1 {
		t.Fatalf("%d windows, %d signatures, closed %d times", len(windows), len(d.key.asked), d.key.closed)
	}
	want := pinentry.Window{Kind: "CONFIRM", Title: "Raccordo – Firma di 15 documenti", OK: "Firma", Other: "Apri i documenti", At: windows[0].At, Description: windows[0].Description}
	if diff := cmp.Diff(want, windows[0]); diff != "" {
		t.Error(diff)
	}
	for _, part := range []string{
		"La pagina " + clinic + " chiede di firmare 15 documenti.\n", "Firma CAdES di Firmatario di prova P-256 SHA-256 con la carta di prova.\n",
		"\n1. referto-01.txt (testo, 12 byte, ", "\n12. referto-12.txt (testo, 13 byte, ", "\ne altri 3 documenti (39 byte)\n",
		fmt.Sprintf("(testo, 12 byte, %.8s)", newInline([]byte("Referto n. 1")).SHA256()),
	} {
		if !strings.Contains(windows[0].Description, part) {
			t.Errorf("%q is not in the window:\n%s", part, windows[0].Description)
		}
	}
}

// What a page hands in, in pieces, is signed and fetched in pieces, and is
// nobody else's.
func TestSignInPieces(t *testing.T) {
	d := newDesk(t)
	open, gone := context.WithCancel(context.Background())
	defer gone()
	content := []byte(strings.Repeat("0123456789abcdef", 100_000)) // 1.6 MB
	h := d.handIn(open, clinic, content)
	p := wire.SignParams{Documents: []wire.SignDocument{{Document: h, Name: "../../etc/grande.txt", Format: "cades"}}}
	elsewhere, close := context.WithCancel(context.Background())
	defer close()
	for who, code := range map[string]wire.ErrorCode{
		"another page":       second(do[wire.SignResult](d, open, d.caller(), other, "sign", p, nil)),
		"another connection": second(do[wire.SignResult](d, elsewhere, d.caller(), clinic, "sign", p, nil)),
		"another program":    second(do[wire.SignResult](d, open, cli, "", "sign", p, nil)),
	} {
		if code != wire.ErrDocNone && !(who == "another page" && code == wire.ErrOrigin) {
			t.Errorf("%s: %q", who, code)
		}
	}
	r, code := do[wire.SignResult](d, open, d.caller(), clinic, "sign", p, nil)
	if code != "" || r.Documents[0].Content != "" || r.Documents[0].Name != "grande.txt.p7m" {
		t.Fatalf("%q %+v", code, r)
	}
	signed := d.fetch(open, clinic, r.Documents[0].Document)
	signedWell(t, signed)
	if r.Documents[0].Size != int64(len(signed)) || r.Documents[0].SHA256 != newInline(signed).SHA256() {
		t.Errorf("%+v", r.Documents[0])
	}
	gone()
	for wait := 0; ; wait++ {
		time.Sleep(time.Millisecond)
		if _, code := do[wire.DocumentPiece](d, context.WithoutCancel(open), d.caller(), clinic, "document.read", wire.DocumentReadParams{Document: r.Documents[0].Document}, nil); code == wire.ErrDocNone {
			break
		} else if wait == 1000 {
			t.Fatalf("kept after the end of the connection: %q", code)
		}
	}
	if left, err := os.ReadDir(filepath.Join(d.e.opt.Paths.State, "documents")); err != nil || len(left) != 0 {
		t.Errorf("on the disk: %v, %v", left, err)
	}
}

func second[R any](_ R, code wire.ErrorCode) wire.ErrorCode { return code }

// What can not be signed is left out, said so in the window, and told beside
// what was signed.
func TestSignSome(t *testing.T) {
	d := newDesk(t)
	p := wire.SignParams{Documents: []wire.SignDocument{
		within("nota.txt", "pades", "testo"), within("a.txt", "cades", "uno"), {Document: strings.Repeat("0", 32), Name: "b.pdf", Format: "cades"},
		within("c.txt", "cades", "due"), {Name: "d.txt", Format: "cades", Level: "T", Content: "YQ=="},
	}}
	r, code := d.sign(p)
	if code != "" || r.Signed != 2 {
		t.Fatalf("%q %+v", code, r)
	}
	var got []wire.ErrorCode
	for _, x := range r.Documents {
		got = append(got, codeIn(x.Error))
	}
	if diff := cmp.Diff([]wire.ErrorCode{wire.ErrSignFormat, "", wire.ErrDocNone, "", wire.ErrTSANone}, got); diff != "" {
		t.Error(diff)
	}
	if w := d.shown(); len(w) != 1 || !strings.Contains(w[0].Description, "Esclusi perché non si possono firmare così: 3.") || !strings.Contains(w[0].Title, "2 documenti") {
		t.Errorf("%+v", w)
	}
	if _, code := d.sign(wire.SignParams{Documents: p.Documents[:1]}); code != wire.ErrSignFormat {
		t.Errorf("nothing to sign: %q", code)
	}
	if len(d.shown()) != 1 {
		t.Error("a window for nothing")
	}
}

func TestSignRefused(t *testing.T) {
	d := newDesk(t)
	d.sits(pinentry.Script{Cancel: true})
	if _, code := d.sign(wire.SignParams{Documents: []wire.SignDocument{within("a.txt", "cades", "uno")}}); code != wire.ErrConsent || len(d.key.asked) != 0 {
		t.Errorf("%q, %d signatures", code, len(d.key.asked))
	}
}

// What goes wrong in the middle ends the batch; what was signed stays signed.
func TestSignEndsEarly(t *testing.T) {
	two := 2
	pin := &card.Error{Code: wire.ErrPINWrong, AttemptsLeft: &two}
	for _, row := range []struct {
		name   string
		set    func(d *desk, stop func())
		signed int
		want   wire.ErrorCode // of the rest, or of all
		asked  int            // signatures that the key made
	}{
		{"a PIN that is wrong at once", func(d *desk, _ func()) { d.key.before = func(context.Context, int) error { return pin } }, 0, wire.ErrPINWrong, 0},
		{"a PIN that is wrong later", func(d *desk, _ func()) {
			d.key.before = func(_ context.Context, i int) error {
				if i == 3 {
					return pin
				}
				return nil
			}
		}, 3, wire.ErrPINWrong, 3},
		{"stopped", func(d *desk, stop func()) {
			d.key.before = func(ctx context.Context, i int) error {
				if i == 2 {
					stop()
				}
				return ctx.Err()
			}
		}, 2, wire.ErrCancelled, 2},
		{"a value of another key", func(d *desk, _ func()) {
			d.key.spoil = func(i int, value []byte) []byte {
				if i == 1 {
					value[len(value)-1] ^= 1
				}
				return value
			}
		}, 1, wire.ErrModule, -1},
		{"more values than documents", func(d *desk, _ func()) {
			d.key.rogue = func(i int, each func(int, []byte), value []byte) {
				if i == 4 {
					each(5, value)
				}
			}
		}, 5, "", 5},
		{"fewer values than documents", func(d *desk, _ func()) { d.key.keeps = 3 }, 3, wire.ErrInternal, 5},
		{"a value for a document twice", func(d *desk, _ func()) {
			d.key.rogue = func(i int, each func(int, []byte), value []byte) {
				if i == 1 {
					each(0, value)
				}
			}
		}, 2, wire.ErrInternal, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := newDesk(t)
			row.set(d, func() {
				if _, code := put[wire.Outbox](d.stage, d.caller(), clinic, "batch.stop", wire.NoParams{}); code != "" {
					t.Error(code)
				}
			})
			var p wire.SignParams
			for i := range 5 {
				p.Documents = append(p.Documents, within(fmt.Sprintf("%d.txt", i), "cades", fmt.Sprint(i)))
			}
			r, code := d.sign(p)
			if row.signed == 0 {
				if code != row.want {
					t.Errorf("%q, want %q", code, row.want)
				}
				return
			}
			if code != "" || r.Signed != row.signed {
				t.Fatalf("%q, %d signed", code, r.Signed)
			}
			for i, x := range r.Documents {
				if i < row.signed {
					signedWell(t, bytesOf(t, x))
				} else if codeIn(x.Error) != row.want || x.Content != "" || x.Document != "" {
					t.Errorf("%d: %+v", i, x)
				}
			}
			if row.asked >= 0 && len(d.key.asked) != row.asked {
				t.Errorf("%d signatures were made", len(d.key.asked))
			}
			if len(d.shown()) != 1 {
				t.Errorf("%d windows", len(d.shown()))
			}
		})
	}
}

// The page that asked is gone: so is its window, and nothing is signed.
func TestSignCallerGone(t *testing.T) {
	d := newDesk(t)
	d.sits(pinentry.Script{Hold: true})
	open, gone := context.WithCancel(context.Background())
	go func() {
		for len(d.shown()) == 0 && t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		gone()
	}()
	if _, code := do[wire.SignResult](d, open, d.caller(), clinic, "sign", wire.SignParams{Documents: []wire.SignDocument{within("a.txt", "cades", "uno")}}, nil); code != wire.ErrCancelled || len(d.key.asked) != 0 {
		t.Errorf("%q, %d signatures", code, len(d.key.asked))
	}
}

// The key is the connected doctor's, or nobody's.
func TestSignOnlyOneself(t *testing.T) {
	d := newDesk(t)
	d.connect()
	who := func(cf string) {
		d.e.hands = func(context.Context, Call, wire.SignParams) (*hand, error) {
			return &hand{via: "card", who: wire.Signatory{Name: "X", CF: cf}, with: "con la carta", signer: d.key}, nil
		}
	}
	p := wire.SignParams{Documents: []wire.SignDocument{within("a.txt", "cades", "uno")}}
	who("RSSMRA70A01L219K")
	if _, code := d.sign(p); code != wire.ErrWrongDoctor || len(d.shown()) != 0 || len(d.key.asked) != 0 {
		t.Errorf("another's: %q, %d windows", code, len(d.shown()))
	}
	who(d.doctor.CF)
	if r, code := d.sign(p); code != "" || r.Signed != 1 {
		t.Errorf("one's own: %q", code)
	}
}

// The documents are opened from the window, from the very bytes, as files that
// start nothing, and the window is there again.
func TestSignShowsDocuments(t *testing.T) {
	d := newDesk(t)
	d.sits(pinentry.Script{Other: 1})
	evil := "#!/bin/sh\nid\n"
	if r, code := d.sign(wire.SignParams{Documents: []wire.SignDocument{
		within("lettera.desktop", "cades", evil), within("x\u202Efdp.exe", "cades", "MZ\x90\x00\x03"),
	}}); code != "" || r.Signed != 2 {
		t.Fatalf("%q %+v", code, r)
	}
	windows := d.shown()
	if len(windows) != 2 || !strings.HasPrefix(windows[1].Description, "Di un tipo che non si può mostrare qui: 1.\n") {
		t.Fatalf("%+v", windows)
	}
	files := d.given(t, 1)
	if name := filepath.Base(files[0]); name != "001-lettera.desktop.txt" {
		t.Errorf("shown as %q", name)
	}
	if got, err := os.ReadFile(filepath.Join(d.viewed, filepath.Base(files[0]))); err != nil || string(got) != evil {
		t.Errorf("shown: %q, %v", got, err)
	}
	rights, err := os.ReadFile(filepath.Join(d.viewed, "rights"))
	if err != nil || !strings.Contains(string(rights), "-r--------") || !strings.Contains(string(rights), "drwx------") {
		t.Errorf("rights: %s, %v", rights, err)
	}
	if _, err := os.Stat(files[0]); err != nil {
		t.Error("gone before a viewer can have read it")
	}
	d.e.documents.shut()
	if _, err := os.Stat(files[0]); !errors.Is(err, os.ErrNotExist) {
		t.Error("left behind by the agent")
	}
}

// given waits until the viewer has been started so often.
func (d *desk) given(t *testing.T, n int) []string {
	t.Helper()
	for {
		text, err := os.ReadFile(filepath.Join(d.viewed, "files"))
		if files := strings.Fields(string(text)); err == nil && len(files) >= n {
			return files
		}
		if t.Context().Err() != nil {
			t.Fatal("no viewer")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestSignShowsList(t *testing.T) {
	d := newDesk(t)
	d.sits(pinentry.Script{Other: 1})
	var p wire.SignParams
	for i := range 5 {
		p.Documents = append(p.Documents, within(fmt.Sprintf("è <b>&amp; %d.txt", i), "cades", fmt.Sprint("contenuto ", i)))
	}
	if r, code := d.sign(p); code != "" || r.Signed != 5 {
		t.Fatalf("%q", code)
	}
	page, err := os.ReadFile(d.given(t, 1)[0])
	d.must(err)
	for _, want := range []string{"<h1>Firma di 5 documenti</h1>", `<a href="002-%C3%A8%20b&amp;amp;%201.txt">è b&amp;amp; 1.txt</a>`, newInline([]byte("contenuto 4")).SHA256()} {
		if !strings.Contains(string(page), want) {
			t.Errorf("%s is not in the list:\n%s", want, page)
		}
	}
}

// The window's text fits wherever it is shown, whatever the documents are called.
func TestConsentTextFits(t *testing.T) {
	s := &signJob{c: Call{Caller: wire.Caller{Kind: "browser"}, Request: wire.Request{Origin: "https://" + strings.Repeat("clinica.", 24) + "example"}}, hand: &hand{with: "con la " + strings.Repeat("carta ", 10), who: wire.Signatory{Name: strings.Repeat("MARIA ", 10)}}}
	for range 200 {
		s.rows = append(s.rows, &signRow{want: wire.SignDocument{Name: strings.Repeat("però%", 50), Format: "pades"}, src: newInline([]byte("x")), ready: preparedNothing{}})
	}
	text := s.consentText(s.able(), "")
	if !strings.Contains(text, "e altri 19") || !strings.Contains(text, "\n3. ") {
		t.Errorf("%s", text)
	}
}

type preparedNothing struct{ signature.Prepared }
