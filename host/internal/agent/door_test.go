package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/engine"
	"raccordo/host/internal/wire"
)

// Whatever comes in: one answer, with the id if there was one to read.
func TestOneAnswer(t *testing.T) {
	long := strings.Repeat("9", 81)
	nested := strings.Repeat("[", 9000) + strings.Repeat("]", 9000)
	tests := map[string]struct {
		body string
		id   string
		code wire.ErrorCode
	}{
		"a right request":            {`{"jsonrpc":"2.0","id":7,"method":"status"}`, "7", ""},
		"with all members":           {`{"jsonrpc":"2.0","id":7,"method":"status","params":{},"origin":"https://a.it","user_gesture":true}`, "7", ""},
		"text id":                    {`{"jsonrpc":"2.0","id":"è-1","method":"status"}`, `"è-1"`, ""},
		"negative id":                {`{"jsonrpc":"2.0","id":-1,"method":"status"}`, "-1", ""},
		"id with a fraction":         {`{"jsonrpc":"2.0","id":1.50,"method":"status"}`, "1.50", ""},
		"id beyond 64 bits":          {`{"jsonrpc":"2.0","id":99999999999999999999,"method":"status"}`, "99999999999999999999", ""},
		"id of 80 digits":            {`{"jsonrpc":"2.0","id":` + long[1:] + `,"method":"status"}`, long[1:], ""},
		"spaces around":              {" \n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}\t ", "1", ""},
		"unknown method":             {`{"jsonrpc":"2.0","id":1,"method":"file.read"}`, "1", wire.ErrMethod},
		"method of another case":     {`{"jsonrpc":"2.0","id":1,"method":"Status"}`, "1", wire.ErrMethod},
		"empty object":               {`{}`, "null", wire.ErrInvalid},
		"array":                      {`[]`, "null", wire.ErrInvalid},
		"batch":                      {`[{"jsonrpc":"2.0","id":1,"method":"status"}]`, "null", wire.ErrInvalid},
		"null":                       {`null`, "null", wire.ErrInvalid},
		"number":                     {`5`, "null", wire.ErrInvalid},
		"text":                       {`"status"`, "null", wire.ErrInvalid},
		"jsonrpc 1.0":                {`{"jsonrpc":"1.0","id":1,"method":"status"}`, "1", wire.ErrInvalid},
		"jsonrpc a number":           {`{"jsonrpc":2.0,"id":1,"method":"status"}`, "1", wire.ErrInvalid},
		"no jsonrpc":                 {`{"id":1,"method":"status"}`, "1", wire.ErrInvalid},
		"no id":                      {`{"jsonrpc":"2.0","method":"status"}`, "null", wire.ErrInvalid},
		"null id":                    {`{"jsonrpc":"2.0","id":null,"method":"status"}`, "null", wire.ErrInvalid},
		"object id":                  {`{"jsonrpc":"2.0","id":{"a":1},"method":"status"}`, "null", wire.ErrInvalid},
		"array id":                   {`{"jsonrpc":"2.0","id":[1],"method":"status"}`, "null", wire.ErrInvalid},
		"boolean id":                 {`{"jsonrpc":"2.0","id":true,"method":"status"}`, "null", wire.ErrInvalid},
		"huge id":                    {`{"jsonrpc":"2.0","id":` + long + `,"method":"status"}`, "null", wire.ErrInvalid},
		"id of almost 1 MiB":         {`{"jsonrpc":"2.0","id":"` + strings.Repeat("x", 1<<20-100) + `","method":"status"}`, "null", wire.ErrInvalid},
		"id in upper case":           {`{"jsonrpc":"2.0","ID":1,"method":"status"}`, "null", wire.ErrInvalid},
		"member in upper case":       {`{"jsonrpc":"2.0","id":1,"method":"status","Origin":"https://a.it"}`, "1", wire.ErrInvalid},
		"unknown member":             {`{"jsonrpc":"2.0","id":1,"method":"status","caller":{"kind":"cli"}}`, "1", wire.ErrInvalid},
		"a response":                 {`{"jsonrpc":"2.0","id":1,"result":{}}`, "1", wire.ErrInvalid},
		"no method":                  {`{"jsonrpc":"2.0","id":1}`, "1", wire.ErrInvalid},
		"empty method":               {`{"jsonrpc":"2.0","id":1,"method":""}`, "1", wire.ErrInvalid},
		"method a number":            {`{"jsonrpc":"2.0","id":1,"method":5}`, "1", wire.ErrInvalid},
		"origin an object":           {`{"jsonrpc":"2.0","id":1,"method":"status","origin":{}}`, "1", wire.ErrInvalid},
		"gesture a text":             {`{"jsonrpc":"2.0","id":1,"method":"status","user_gesture":"true"}`, "1", wire.ErrInvalid},
		"two values":                 {`{"jsonrpc":"2.0","id":1,"method":"status"}{"jsonrpc":"2.0","id":2,"method":"status"}`, "null", wire.ErrParse},
		"a brace too many":           {`{"jsonrpc":"2.0","id":1,"method":"status"}}`, "null", wire.ErrParse},
		"a bracket too many":         {`{"jsonrpc":"2.0","id":1,"method":"status"}]`, "null", wire.ErrParse},
		"cut short":                  {`{"jsonrpc":"2.0","id":1,"method":"sta`, "null", wire.ErrParse},
		"not JSON":                   {`status`, "null", wire.ErrParse},
		"only spaces":                {`   `, "null", wire.ErrParse},
		"a zero byte":                {"\x00", "null", wire.ErrParse},
		"byte order mark":            {"\ufeff" + `{"jsonrpc":"2.0","id":1,"method":"status"}`, "null", wire.ErrParse},
		"UTF-16":                     {"{\x00\"\x00", "null", wire.ErrParse},
		"invalid UTF-8 in the id":    {"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"status\"}", "null", wire.ErrParse},
		"invalid UTF-8 in the value": {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\",\"params\":{\"a\":\"\xc3\x28\"}}", "null", wire.ErrParse},
		"deep nesting":               {`{"jsonrpc":"2.0","id":1,"method":"status","params":` + nested + `}`, "1", ""},
		"too deep nesting":           {strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "null", wire.ErrParse},
		"a million brackets":         {strings.Repeat("[", 1<<20), "null", wire.ErrParse},
		"1 MiB of params":            {`{"jsonrpc":"2.0","id":1,"method":"status","params":"` + strings.Repeat("x", 1<<20-60) + `"}`, "1", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := enter(t, ready(&fake{}))
			c.send(t, tt.body)
			got := c.rest(t)
			if len(got) != 1 {
				t.Fatalf("%d answers: %+v", len(got), got)
			}
			if string(got[0].ID) != tt.id || got[0].code() != tt.code {
				t.Errorf("id %s, code %q; not %s, %q", got[0].ID, got[0].code(), tt.id, tt.code)
			}
			if (got[0].Result == nil) == (got[0].Error == nil) || got[0].JSONRPC != "2.0" {
				t.Errorf("not a JSON-RPC answer: %+v", got[0])
			}
		})
	}
}

// Too large a frame is answered; the stream can not be read on.
func TestTooLarge(t *testing.T) {
	c := enter(t, ready(&fake{}))
	go c.conn.Write([]byte{1, 0, 0x10, 0}) // 1 MiB and one byte are announced
	got := c.drain(t)
	if len(got) != 1 || got[0].code() != wire.ErrFrameTooBig {
		t.Errorf("%+v", got)
	}
}

// The members that a door knows are those of wire.Request.
func TestMembers(t *testing.T) {
	var req wire.Request
	for f := range reflect.TypeFor[wire.Request]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		text, err := json.Marshal(reflect.New(f.Type).Interface())
		if err != nil || !member(&req, name, text) {
			t.Errorf("%s is not known: %v", name, err)
		}
		if member(&req, strings.ToUpper(name), text) {
			t.Errorf("%s is known in capitals", name)
		}
	}
}

// The engine sees what was sent and who sent it.
func TestCallAsSent(t *testing.T) {
	calls := make(chan engine.Call, 1)
	c := enter(t, ready(&fake{do: func(_ context.Context, call engine.Call) (any, *wire.Error) {
		calls <- call
		return nil, nil
	}}))
	c.send(t, `{"jsonrpc":"2.0","id":1,"method":"patient.sync","params":{"codice_fiscale":"X"},"origin":"https://a.it","user_gesture":true}`)
	got := <-calls
	if got.Open == nil || got.Open.Err() != nil {
		t.Error("the call does not know its connection")
	}
	got.Notify, got.Open = nil, nil
	want := engine.Call{
		Request: wire.Request{JSONRPC: "2.0", ID: json.RawMessage("1"), Method: "patient.sync", Params: json.RawMessage(`{"codice_fiscale":"X"}`), Origin: "https://a.it", UserGesture: true},
		Caller:  wire.Caller{Kind: "browser", Browser: "firefox", Extension: "x"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if rest := c.rest(t); len(rest) != 1 || string(rest[0].Result) != "null" {
		t.Errorf("%+v", rest)
	}
}

// An answer that can not be sent becomes one that can.
func TestResultThatCanNotBeSent(t *testing.T) {
	for name, result := range map[string]any{
		"too large":       strings.Repeat("x", wire.MaxFrame),
		"a bit too large": strings.Repeat("x", wire.MaxFrame-1024),
		"not JSON":        make(chan int),
	} {
		t.Run(name, func(t *testing.T) {
			c := enter(t, ready(&fake{do: func(context.Context, engine.Call) (any, *wire.Error) { return result, nil }}))
			c.send(t, `{"jsonrpc":"2.0","id":1,"method":"status"}`)
			if got := c.rest(t); len(got) != 1 || got[0].code() != wire.ErrInternal || string(got[0].ID) != "1" {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("the largest", func(t *testing.T) {
		result := strings.Repeat("x", wire.MaxFrame-1026)
		c := enter(t, ready(&fake{do: func(context.Context, engine.Call) (any, *wire.Error) { return result, nil }}))
		c.send(t, `{"jsonrpc":"2.0","id":"`+strings.Repeat("i", 78)+`","method":"status"}`)
		if got := c.rest(t); len(got) != 1 || got[0].code() != "" || len(got[0].Result) != len(result)+2 {
			t.Errorf("%d answers", len(got))
		}
	})
}

func TestEngineNotAvailable(t *testing.T) {
	c := enter(t, func(context.Context) (Engine, *wire.Error) { return nil, wire.NewError(wire.ErrRegionConfig, "x") })
	c.send(t, `{"jsonrpc":"2.0","id":1,"method":"status"}`)
	if got := c.rest(t); len(got) != 1 || got[0].code() != wire.ErrRegionConfig {
		t.Errorf("%+v", got)
	}
}

// 32 requests may be under way; the next is told so, and when one has ended
// there is room again.
func TestTooManyAtOnce(t *testing.T) {
	release, started := make(chan struct{}), make(chan struct{})
	c := enter(t, ready(&fake{do: func(_ context.Context, call engine.Call) (any, *wire.Error) {
		if call.Method == "card.list" {
			started <- struct{}{}
			<-release
		}
		return 1, nil
	}}))
	ask := func(id int, method string) {
		c.send(t, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q}`, id, method))
	}
	for id := range atOnce {
		ask(id, "card.list")
		<-started
	}
	for id := 100; id < 103; id++ {
		ask(id, "status")
		if got := c.read(t); string(got.ID) != fmt.Sprint(id) || got.code() != wire.ErrBusy || !got.Error.Data.Retryable {
			t.Errorf("%+v", got)
		}
	}
	answered := map[string]wire.ErrorCode{}
	release <- struct{}{}
	first := c.read(t)
	answered[string(first.ID)] = first.code()
	for got := wire.ErrBusy; got == wire.ErrBusy; { // the slot is given back right after the answer
		ask(200, "status")
		got = c.read(t).code()
	}
	close(release)
	for _, m := range c.rest(t) {
		answered[string(m.ID)] = m.code()
	}
	if len(answered) != atOnce || slices.ContainsFunc(slices.Collect(maps.Values(answered)), func(c wire.ErrorCode) bool { return c != "" }) {
		t.Errorf("%d of %d answered: %v", len(answered), atOnce, answered)
	}
}

// Events come after hello, to who may hear them.
func TestEvents(t *testing.T) {
	tests := map[string]struct {
		hears  bool
		method string
		want   bool
	}{
		"after hello":            {true, "hello", true},
		"without hello":          {true, "status", false},
		"not to everybody":       {false, "hello", false},
		"hello that was refused": {true, "hello.refused", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := &fake{hears: tt.hears, events: make(chan wire.Event)}
			c := enter(t, ready(f))
			for id := range 2 { // a second hello does not double the events
				c.send(t, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q}`, id, tt.method))
				c.read(t)
			}
			if tt.want {
				for i := range 3 {
					f.events <- wire.Event{JSONRPC: "2.0", Method: wire.EventOutbox, Params: wire.Outbox{Pending: i}}
					got := c.read(t)
					if got.Method != wire.EventOutbox || got.ID != nil || !strings.Contains(string(got.Params), fmt.Sprintf(`"pending":%d`, i)) {
						t.Errorf("%+v", got)
					}
				}
				// Larger than the browser takes: dropped, and the door goes on.
				f.events <- wire.Event{JSONRPC: "2.0", Method: "x", Params: strings.Repeat("x", wire.MaxFrame)}
				f.events <- wire.Event{JSONRPC: "2.0", Method: "y"}
				if got := c.read(t); got.Method != "y" {
					t.Errorf("%+v", got)
				}
			}
			if rest := c.rest(t); len(rest) != 0 {
				t.Errorf("%+v", rest)
			}
			<-c.served
			if n := f.listened.Load(); n != 0 {
				t.Errorf("%d subscriptions left", n)
			}
			if n := f.ever.Load(); (n == 1) != tt.want || n > 1 {
				t.Errorf("%d subscriptions", n)
			}
		})
	}
}

// What a method tells only its caller arrives before its answer.
func TestNotify(t *testing.T) {
	c := enter(t, ready(&fake{do: func(_ context.Context, call engine.Call) (any, *wire.Error) {
		call.Notify(wire.Event{JSONRPC: "2.0", Method: wire.EventBatch, Params: wire.BatchProgress{Done: 1, Total: 2}})
		return 1, nil
	}}))
	c.send(t, `{"jsonrpc":"2.0","id":1,"method":"prescription.send"}`)
	if got := c.rest(t); len(got) != 2 || got[0].Method != wire.EventBatch || string(got[1].Result) != "1" {
		t.Errorf("%+v", got)
	}
}
