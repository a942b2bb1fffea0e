package ipp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answering is a service that answers every request alike, and remembers the last one.
type answering struct {
	status  int
	body    []byte
	request *http.Request
	got     []byte
}

func (a *answering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.got, _ = io.ReadAll(r.Body)
	a.request = r
	w.WriteHeader(a.status)
	w.Write(a.body)
}

func message(t *testing.T, s Status) []byte {
	t.Helper()
	b, err := Message{Major: 2, Code: uint16(s), ID: 1, Groups: []Group{{TagOperation, []Attribute{Strings(TagCharset, "attributes-charset", "utf-8")}}}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// onSocket serves on a Unix socket.
func onSocket(t *testing.T, h http.Handler) Place {
	t.Helper()
	dir, err := os.MkdirTemp("", "ipp")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s è")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	srv := &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
	srv.Start()
	t.Cleanup(func() { srv.Close(); os.RemoveAll(dir) })
	return Place{Socket: path}
}

func TestAnExchange(t *testing.T) {
	for name, start := range map[string]func(http.Handler) Place{
		"socket": func(h http.Handler) Place { return onSocket(t, h) },
		"host": func(h http.Handler) Place {
			srv := httptest.NewServer(h)
			t.Cleanup(srv.Close)
			return Place{Host: strings.TrimPrefix(srv.URL, "http://")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			service := &answering{status: 200, body: message(t, 0)}
			at := start(service)
			c := NewClient(func() Place { return at }, "medico")
			defer c.Close()
			document := strings.Repeat("pagina", 100_000)
			m, err := c.Do(t.Context(), Request{Op: SendDocument, Path: "/printers/Laser 1", Body: strings.NewReader(document), Length: int64(len(document)),
				Groups: []Group{{TagOperation, []Attribute{Bool("last-document", true)}}}})
			if err != nil || m.Group(TagOperation).Get("attributes-charset").Text() != "utf-8" {
				t.Fatalf("%+v, %v", m, err)
			}
			asked, rest, err := Decode(service.got)
			if err != nil || Op(asked.Code) != SendDocument || !bytes.Equal(rest, []byte(document)) {
				t.Errorf("asked %+v with %d bytes, %v", asked, len(rest), err)
			}
			want := map[string]string{"Content-Type": "application/ipp", "Authorization": map[string]string{"socket": "PeerCred medico"}[name]}
			got := map[string]string{"Content-Type": service.request.Header.Get("Content-Type"), "Authorization": service.request.Header.Get("Authorization")}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if service.request.URL.Path != "/printers/Laser 1" || name == "socket" && service.request.Host != "localhost" {
				t.Errorf("%s at %s", service.request.URL.Path, service.request.Host)
			}
			if service.request.ContentLength != int64(len(service.got)) {
				t.Errorf("length %d", service.request.ContentLength)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	big := append(message(t, 0), make([]byte, maxAnswer)...)
	rows := []struct {
		name   string
		status int
		body   []byte
		want   Status // of an *Error
		is     error
	}{
		{"no", 200, message(t, NotFound), NotFound, nil},
		{"unauthorized", 401, nil, NotAuthenticated, nil},
		{"forbidden", 403, nil, Forbidden, nil},
		{"too large", 413, nil, TooLarge, nil},
		{"another page", 200, []byte("<html>"), 0, ErrMessage},
		{"half a message", 200, message(t, 0)[:12], 0, ErrMessage},
		{"endless", 200, big, 0, ErrMessage},
		{"redirect", 302, nil, 0, nil},
		{"broken", 500, nil, 0, nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			at := onSocket(t, &answering{status: row.status, body: row.body})
			c := NewClient(func() Place { return at }, "medico")
			defer c.Close()
			_, err := c.Do(t.Context(), Request{Op: GetJobs, Path: "/"})
			var said *Error
			switch {
			case err == nil:
				t.Fatal("taken")
			case row.want != 0 && (!errors.As(err, &said) || said.Status != row.want || said.Op != GetJobs):
				t.Errorf("%v", err)
			case row.want == 0 && errors.As(err, &said):
				t.Errorf("an answer: %v", err)
			case row.is != nil && !errors.Is(err, row.is):
				t.Errorf("%v", err)
			}
		})
	}
}

// A service that takes a request and goes away is asked once: nobody knows whether it
// did what it was told.
func TestAServiceThatBreaksOff(t *testing.T) {
	var asked atomic.Int32
	at := onSocket(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	}))
	c := NewClient(func() Place { return at }, "medico")
	defer c.Close()
	if _, err := c.Do(t.Context(), Request{Op: CreateJob, Path: "/"}); err == nil {
		t.Error("taken")
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestNobodyIsThere(t *testing.T) {
	for name, at := range map[string]Place{"socket": {Socket: "/nowhere/at.sock"}, "port": {Host: "127.0.0.1:1"}} {
		t.Run(name, func(t *testing.T) {
			c := NewClient(func() Place { return at }, "medico")
			defer c.Close()
			if _, err := c.Do(t.Context(), Request{Op: GetJobs, Path: "/"}); err == nil {
				t.Error("taken")
			}
			stopped, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := c.Get(stopped, "/x.ppd", 10); err == nil {
				t.Error("taken")
			}
		})
	}
}

func TestGet(t *testing.T) {
	for name, row := range map[string]struct {
		status int
		body   string
		ok     bool
	}{"there": {200, "*PPD-Adobe", true}, "too large": {200, "*PPD-Adobe: ", false}, "not there": {404, "", false}} {
		t.Run(name, func(t *testing.T) {
			at := onSocket(t, &answering{status: row.status, body: []byte(row.body)})
			c := NewClient(func() Place { return at }, "medico")
			defer c.Close()
			b, err := c.Get(t.Context(), "/printers/uno.ppd", 10)
			if (err == nil) != row.ok || row.ok && string(b) != row.body {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}

// The service's place is looked up each time, because it may be installed or moved
// while the program runs.
func TestTheServiceMoves(t *testing.T) {
	first, second := &answering{status: 200, body: message(t, 0)}, &answering{status: 200, body: message(t, 0)}
	places := []Place{onSocket(t, first), onSocket(t, second)}
	n := 0
	c := NewClient(func() Place { n++; return places[n-1] }, "medico")
	defer c.Close()
	for range 2 {
		if _, err := c.Do(t.Context(), Request{Op: GetPrinters, Path: "/"}); err != nil {
			t.Fatal(err)
		}
	}
	if first.request == nil || second.request == nil {
		t.Error("one of them was not asked")
	}
}

func TestStatusWords(t *testing.T) {
	rows := map[Status]string{0: "ipp-status-0x0000", NotFound: "client-error-not-found", Busy: "server-error-busy", 0x0fff: "ipp-status-0x0fff"}
	for s, want := range rows {
		if got := s.String(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
