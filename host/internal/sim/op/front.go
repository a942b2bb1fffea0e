package op

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"text/template"
	"time"

	"raccordo/host/internal/sim/testca"
)

// FrontOptions of an nginx with mutual TLS.
type FrontOptions struct {
	ServerCA  *testca.CA
	CardCA    *testca.CA // whose cards it lets in
	Protocols string     // TLSv1.2, TLSv1.3
	Provider  string     // address of the provider behind it; "": it answers /cns itself, with a code
	Secret    string     // by which the provider knows it
	Log       io.Writer  // nil: nowhere
}

// Front is a running nginx.
type Front struct {
	address string
	cmd     *exec.Cmd
	done    chan struct{}
	once    sync.Once
}

var conf = template.Must(template.New("nginx").Parse(`
daemon off;
master_process off;
pid {{.Dir}}/nginx.pid;
error_log stderr warn;
events {}
http {
	access_log off;
	client_body_temp_path {{.Dir}}/body;
	proxy_temp_path {{.Dir}}/proxy;
	fastcgi_temp_path {{.Dir}}/fastcgi;
	uwsgi_temp_path {{.Dir}}/uwsgi;
	scgi_temp_path {{.Dir}}/scgi;
	server {
		listen {{.Listen}} ssl;
		ssl_certificate {{.Dir}}/front.crt;
		ssl_certificate_key {{.Dir}}/front.key;
		ssl_client_certificate {{.Dir}}/cards.crt;
		ssl_verify_client on;
		ssl_protocols {{.Protocols}};
		{{- if .Provider}}
		proxy_ssl_trusted_certificate {{.Dir}}/servers.crt;
		proxy_ssl_verify on;
		proxy_ssl_name localhost;
		proxy_redirect off;
		proxy_set_header Host {{.Host}};
		proxy_set_header X-Card-Subject $ssl_client_s_dn;
		proxy_set_header X-Front {{.Secret}};
		location = /cns { proxy_pass {{.Provider}}/auth; }
		location / { proxy_pass {{.Provider}}; }
		{{- else}}
		location = /cns {
			add_header X-Card-Verified $ssl_client_verify;
			return 302 http://127.0.0.1:4711/ritorno?code=$ssl_client_serial&state=$arg_state;
		}
		{{- end}}
	}
}
`))

// StartFront starts an nginx that keeps its files in dir. Another program may
// take the port between its choice and its use: then another is chosen.
func StartFront(ctx context.Context, dir string, o FrontOptions) (f *Front, err error) {
	for range 5 {
		if f, err = startFront(ctx, dir, o); err == nil {
			return f, nil
		}
	}
	return nil, err
}

func startFront(ctx context.Context, dir string, o FrontOptions) (*Front, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	listen := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = conf.Execute(&text, map[string]string{
		"Dir": dir, "Listen": listen, "Protocols": o.Protocols, "Provider": o.Provider, "Host": strings.TrimPrefix(o.Provider, "https://"), "Secret": o.Secret,
	})
	file := filepath.Join(dir, "nginx.conf")
	err = errors.Join(err,
		os.WriteFile(file, text.Bytes(), 0o600),
		os.WriteFile(filepath.Join(dir, "cards.crt"), o.CardCA.PEM(), 0o600),
		os.WriteFile(filepath.Join(dir, "servers.crt"), o.ServerCA.PEM(), 0o600),
		writePair(o.ServerCA, filepath.Join(dir, "front.crt"), filepath.Join(dir, "front.key")))
	if err != nil {
		return nil, err
	}
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx" // not in everybody's PATH on Debian
	}
	cmd := exec.CommandContext(ctx, program, "-e", "stderr", "-c", file, "-p", dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if o.Log != nil {
		cmd.Stderr = o.Log
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("nginx: %w", err)
	}
	f := &Front{address: "https://" + listen, cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is nobody's concern: it was told to
		close(f.done)
	}()
	if err := f.await(ctx, listen); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// await waits until nginx listens or has ended.
func (f *Front) await(ctx context.Context, listen string) error {
	for {
		conn, err := net.Dial("tcp", listen)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-f.done:
			return errors.New("nginx ended at once")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// CNSEndpoint is the authorization endpoint behind mutual TLS.
func (f *Front) CNSEndpoint() string { return f.address + "/cns" }

// Close ends nginx. It is safe to repeat.
func (f *Front) Close() {
	f.once.Do(func() { _ = f.cmd.Process.Signal(os.Interrupt) })
	<-f.done
}
