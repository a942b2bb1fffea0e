package bench

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/soak"
)

// tools are openssl and curl with the card: OpenSSL's engine pkcs11 (libp11)
// in front of the module that drives it.
type tools struct {
	lab           *lab.Lab
	cert, ca, key string
	session       *url.URL
}

func (b *bench) newTools() (*tools, error) {
	dir := filepath.Join(b.lab.Dir, "tools")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	// OpenSC makes a token of each PIN; this one's is the login's.
	token := b.lab.Doctor.Name + " " + b.lab.Doctor.Surname + " (PIN CNS0)"
	t := &tools{
		lab: b.lab, cert: filepath.Join(dir, "card.pem"), ca: filepath.Join(b.lab.Dir, "server-ca.crt"),
		key: "pkcs11:token=" + url.PathEscape(token) + ";id=%01;type=private;pin-value=" + b.lab.Doctor.PIN,
	}
	var err error
	if t.session, err = url.Parse(b.lab.Region.SARURL() + "/sessione/v1"); err != nil {
		return nil, err
	}
	body := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b.lab.Card.AuthCertificate().Raw})
	return t, os.WriteFile(t.cert, body, 0o600)
}

func (t *tools) openssl(ctx context.Context) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, "openssl", "s_client", "-connect", t.session.Host, "-CAfile", t.ca, "-verify_return_error",
		"-cert", t.cert, "-engine", "pkcs11", "-keyform", "engine", "-key", t.key, "-quiet", "-ign_eof")
	cmd.Stdin = strings.NewReader("POST " + t.session.Path + " HTTP/1.1\r\nHost: " + t.session.Host + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	return t.run(cmd)
}

func (t *tools) curl(ctx context.Context) (time.Duration, error) {
	return t.run(exec.CommandContext(ctx, "curl", "--silent", "--show-error", "--include", "--request", "POST", "--cacert", t.ca,
		"--cert", t.cert, "--engine", "pkcs11", "--key-type", "ENG", "--key", t.key, t.session.String()))
}

// run takes the time from the program's start to the region's answer.
func (t *tools) run(cmd *exec.Cmd) (time.Duration, error) {
	cmd.Env = append(t.lab.Environ(), "PKCS11_MODULE_PATH="+soak.OpenSC)
	seen := &watch{want: "201 Created"}
	var complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = seen, &complaints
	begin := time.Now()
	err := cmd.Run()
	if seen.at.IsZero() {
		return 0, fmt.Errorf("no session: %w: %s%s", err, &seen.text, &complaints)
	}
	return seen.at.Sub(begin), nil
}

// watch notes when a text has come by.
type watch struct {
	want string
	text bytes.Buffer
	at   time.Time
}

func (w *watch) Write(b []byte) (int, error) {
	w.text.Write(b)
	if w.at.IsZero() && bytes.Contains(w.text.Bytes(), []byte(w.want)) {
		w.at = time.Now()
	}
	return len(b), nil
}
