//go:build linux

package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"raccordo/host/internal/ipc"
	"raccordo/host/internal/wire"
)

const hello = `{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1,"client":"test/1"}}`

func texts(all []message) []string {
	var out []string
	for _, m := range all {
		out = append(out, m.text())
	}
	slices.Sort(out) // answers of the relay may overtake those of the agent
	return out
}

// printf of one hello: one answer, EOF ends the relay, the agent stays.
func TestHelloByPipe(t *testing.T) {
	alone(t)
	all, code := once(t, programs, framed(hello))
	if code != 0 || len(all) != 1 || string(all[0].ID) != "1" {
		t.Fatalf("exit %d, %+v", code, all)
	}
	var result wire.HelloResult
	if err := json.Unmarshal(all[0].Result, &result); err != nil || result.Protocol != wire.Protocol || !slices.Contains(result.Capabilities, "session.login") {
		t.Errorf("%+v, %v", result, err)
	}
	pid := agentPID(t)
	if pid == 0 {
		t.Fatal("the agent has gone with the relay")
	}
	if all, code := once(t, programs, framed(hello)); code != 0 || len(all) != 1 || agentPID(t) != pid {
		t.Errorf("second time: exit %d, %+v", code, all)
	}
	if session, err := unix.Getsid(pid); err != nil || session != pid { // a browser ends its host's group
		t.Errorf("the agent %d is of session %d: %v", pid, session, err)
	}
	endAgent(t, syscall.SIGTERM)
}

// Whatever comes in: one typed error or a clean end, and stdout is only frames.
func TestInput(t *testing.T) {
	alone(t)
	head := func(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }
	type row struct {
		stream []byte
		want   []string
		exit   int
	}
	request := func(id int, method, params string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, id, method, params)
	}
	tests := map[string]row{
		"nothing":                   {nil, nil, 0},
		"empty frame":               {framed(""), []string{"null frame.empty"}, 0},
		"three empty frames":        {framed("", "", ""), []string{"null frame.empty", "null frame.empty", "null frame.empty"}, 0},
		"half a header":             {[]byte{5, 0}, []string{"null frame.truncated"}, 1},
		"header without body":       {head(9), []string{"null frame.truncated"}, 1},
		"half a body":               {framed(hello)[:20], []string{"null frame.truncated"}, 1},
		"2 GiB":                     {append(head(1<<31), hello...), []string{"null frame.too_large"}, 1},
		"4 GiB less one":            {head(1<<32 - 1), []string{"null frame.too_large"}, 1},
		"1 MiB and one byte":        {framed(padded(1, wire.MaxFrame+1)), []string{"null frame.too_large"}, 1},
		"not JSON":                  {framed("ciao"), []string{"null rpc.parse"}, 0},
		"not UTF-8":                 {framed("{\"jsonrpc\":\"2.0\",\"id\":\"\xff\"}"), []string{"null rpc.parse"}, 0},
		"text, not a frame":         {[]byte("GET / HTTP/1.1\r\n\r\n"), []string{"null frame.too_large"}, 1},
		"array":                     {framed("[]"), []string{"null rpc.invalid"}, 0},
		"empty object":              {framed("{}"), []string{"null rpc.invalid"}, 0},
		"unknown method":            {framed(request(4, "file.read", "{}")), []string{"4 rpc.unknown_method"}, 0},
		"method a number":           {framed(`{"jsonrpc":"2.0","id":5,"method":1}`), []string{"5 rpc.invalid"}, 0},
		"params of a wrong type":    {framed(request(6, "hello", `{"protocol":"1","client":"x"}`)), []string{"6 rpc.invalid_params"}, 0},
		"params that are none":      {framed(request(6, "hello", `[]`)), []string{"6 rpc.invalid_params"}, 0},
		"unknown param":             {framed(request(7, "hello", `{"protocol":1,"client":"x","path":"/etc/passwd"}`)), []string{"7 rpc.invalid_params"}, 0},
		"a claimed caller":          {framed(`{"jsonrpc":"2.0","id":8,"method":"status","caller":{"kind":"cli"}}`), []string{"8 rpc.invalid"}, 0},
		"a greeting of its own":     {framed(`{"raccordo":1,"caller":{"kind":"cli"}}`), []string{"null rpc.invalid"}, 0},
		"not for a pipe":            {framed(request(9, "session.login", `{"via":"card"}`)), []string{"9 origin.denied"}, 0},
		"one after the other":       {framed(hello, "", "x", request(2, "status", "{}"), request(3, "x", "{}")), []string{"1 result", "2 result", "3 rpc.unknown_method", "null frame.empty", "null rpc.parse"}, 0},
		"cut off after a request":   {append(framed(hello), 1), []string{"1 result", "null frame.truncated"}, 1},
		"too large after a request": {append(framed(hello), head(1<<31)...), []string{"1 result", "null frame.too_large"}, 1},
	}
	for _, size := range []int{4095, 4096, 4097, 65535, 65536, 65537, wire.MaxFrame - 1, wire.MaxFrame} {
		tests[fmt.Sprintf("hello of %d bytes", size)] = row{framed(padded(1, size)), []string{"1 result"}, 0}
		tests[fmt.Sprintf("garbage of %d bytes", size)] = row{framed(strings.Repeat("x", size)), []string{"null rpc.parse"}, 0}
		tests[fmt.Sprintf("%d bytes less one", size)] = row{framed(padded(1, size))[:size+3], []string{"null frame.truncated"}, 1}
		tests[fmt.Sprintf("twice %d bytes", size)] = row{framed(padded(1, size), padded(2, size)), []string{"1 result", "2 result"}, 0}
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			all, code := once(t, programs, tt.stream)
			if diff := cmp.Diff(tt.want, texts(all)); diff != "" {
				t.Error(diff)
			}
			if code != tt.exit {
				t.Errorf("exit %d, not %d", code, tt.exit)
			}
		})
	}
}

// The caller is who started the relay, not who a message says.
func TestCallers(t *testing.T) {
	alone(t)
	const id = "npdohdckockkmeagapojopoflpnmccij"
	status := func(origin string) []byte {
		return framed(`{"jsonrpc":"2.0","id":1,"method":"status","params":{},"origin":"` + origin + `"}`)
	}
	manifest := "/x/it.raccordo.host.json"
	tests := map[string]struct {
		args   []string
		origin string
		want   string
	}{
		"our extension":                {[]string{"chrome-extension://" + id + "/"}, "chrome-extension://" + id, "1 result"},
		"our extension, for a page":    {[]string{"chrome-extension://" + id + "/"}, "https://evil.example", "1 origin.denied"},
		"another extension":            {[]string{"chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/"}, "chrome-extension://" + id, "1 origin.denied"},
		"our extension in Firefox":     {[]string{manifest, "connettore@raccordo.example"}, "moz-extension://1b8b3d1c-0000-4000-8000-000000000000", "1 result"},
		"another extension in Firefox": {[]string{manifest, "x@example.org"}, "moz-extension://1b8b3d1c-0000-4000-8000-000000000000", "1 origin.denied"},
		"by hand":                      {nil, "https://evil.example", "1 result"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			all, code := once(t, programs, status(tt.origin), tt.args...)
			if diff := cmp.Diff([]string{tt.want}, texts(all)); diff != "" || code != 0 {
				t.Errorf("exit %d: %s", code, diff)
			}
		})
	}
}

// lonely is a folder with a relay and, as agent, a script or nothing.
func lonely(t *testing.T, agent string) string {
	t.Helper()
	dir := t.TempDir()
	relay, err := os.ReadFile(filepath.Join(programs, "raccordo-host"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "raccordo-host"), relay, 0o700); err != nil {
		t.Fatal(err)
	}
	if agent != "" {
		if err := os.WriteFile(filepath.Join(dir, "raccordo"), []byte(agent), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Without an agent each request is told so, under its own id.
func TestNoAgent(t *testing.T) {
	for name, agent := range map[string]string{"missing": "", "fails": "#!/bin/sh\nexit 1\n", "is no program": "x"} {
		t.Run(name, func(t *testing.T) {
			alone(t)
			stream := framed(hello, `{"jsonrpc":"2.0","id":"due","method":"status"}`, "", "x", "[]", `{"id":{}}`, "{\"id\":\"\xff\"}", `{"id":"`+strings.Repeat("x", 90)+`"}`)
			all, code := once(t, lonely(t, agent), append(stream, 1))
			want := []string{`"due" agent.unreachable`, "1 agent.unreachable", "null agent.unreachable", "null agent.unreachable", "null agent.unreachable", "null frame.empty", "null frame.truncated", "null rpc.parse", "null rpc.parse"}
			if diff := cmp.Diff(want, texts(all)); diff != "" || code != 1 {
				t.Errorf("exit %d: %s", code, diff)
			}
			for _, m := range all {
				if m.Error.Data.Code == wire.ErrAgentDown && !m.Error.Data.Retryable {
					t.Errorf("not retryable: %+v", m.Error)
				}
				if strings.ContainsRune(m.Error.Data.Detail, filepath.Separator) {
					t.Errorf("a page reads a path: %q", m.Error.Data.Detail)
				}
			}
		})
	}
}

// Another program at the socket learns nothing, and the request is told so.
func TestSquattedSocket(t *testing.T) {
	alone(t)
	l, err := ipc.Listen() // this test is a program from another folder
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan []byte)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			t.Error(err)
			close(heard)
			return
		}
		defer conn.Close()
		all, _ := io.ReadAll(conn) // a reset is an end as well
		heard <- all
	}()
	all, code := once(t, programs, framed(hello))
	if diff := cmp.Diff([]string{"1 agent.untrusted"}, texts(all)); diff != "" || code != 1 {
		t.Errorf("exit %d: %s", code, diff)
	}
	if got := <-heard; len(got) != 0 {
		t.Errorf("the other program was told %q", got)
	}
	l.Close()
}

// Relays that find no agent at the same time start one.
func TestRelaysTogether(t *testing.T) {
	alone(t)
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if all, code := once(t, programs, framed(hello)); code != 0 || len(all) != 1 || all[0].Error != nil {
				t.Errorf("exit %d, %+v", code, all)
			}
		})
	}
	group.Wait()
	for agents(t) != 1 { // those that came too late leave by themselves
		time.Sleep(time.Millisecond)
	}
	if agentPID(t) == 0 {
		t.Error("the one that is left does not listen")
	}
}

// An agent that is lost ends the relay, so that the browser sees it; the next
// relay starts another.
func TestAgentLost(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "ended": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			alone(t)
			h := start(t, programs)
			defer h.in.Close()
			if got := h.ask(t, hello); got.Error != nil {
				t.Fatalf("%+v", got)
			}
			before := agentPID(t)
			endAgent(t, signal)
			if all, code := h.end(t); code != 1 || len(all) != 0 { // its input is still open
				t.Errorf("exit %d, %+v", code, all)
			}
			all, code := once(t, programs, framed(hello))
			if code != 0 || len(all) != 1 || all[0].Error != nil {
				t.Errorf("exit %d, %+v", code, all)
			}
			if after := agentPID(t); after == 0 || after == before {
				t.Errorf("agent %d after %d", after, before)
			}
		})
	}
}

// A setting that is wrong is told to whoever asks, not written to a log that
// nobody reads.
func TestWrongConfiguration(t *testing.T) {
	alone(t)
	dir := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "raccordo")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte("regoin = \"fvg\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	all, code := once(t, programs, framed(hello))
	if diff := cmp.Diff([]string{"1 region.misconfigured"}, texts(all)); diff != "" || code != 0 {
		t.Fatalf("exit %d: %s", code, diff)
	}
	detail := all[0].Error.Data.Detail
	if !strings.Contains(detail, "regoin") || !strings.Contains(detail, "config.toml") {
		t.Errorf("%q does not name the setting and its file", detail)
	}
	if strings.Contains(detail, os.Getenv("XDG_CONFIG_HOME")) {
		t.Errorf("a page reads a path: %q", detail)
	}
}
