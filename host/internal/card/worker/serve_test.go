package worker

import (
	"bytes"
	"encoding/json"
	"testing"

	"raccordo/host/internal/frame"
)

// framed joins frames into a stream.
func framed(bodies ...string) []byte {
	var b bytes.Buffer
	for _, body := range bodies {
		frame.Write(&b, []byte(body))
	}
	return b.Bytes()
}

func TestSecretGoesToItsRequest(t *testing.T) {
	type call struct{ op, secret string }
	var calls []call
	var kept [][]byte
	in, fault := frames(bytes.NewReader(framed(`{"op":"tokens"}`, `{"op":"login","secret":true}`, "12345", `{"op":"logout"}`)), func() {})
	var out bytes.Buffer
	err := serve(in, &out, func(req Request, secret []byte) Response {
		calls = append(calls, call{string(req.Op), string(secret)})
		kept = append(kept, secret)
		return Response{}
	})
	if err != nil || *fault != nil {
		t.Fatal(err, *fault)
	}
	want := []call{{"tokens", ""}, {"login", "12345"}, {"logout", ""}}
	for i := range want {
		if i >= len(calls) || calls[i] != want[i] {
			t.Fatalf("calls %v, want %v", calls, want)
		}
	}
	if !bytes.Equal(kept[1], make([]byte, 5)) {
		t.Error("the PIN was not wiped after its call")
	}
}

func TestPINInTheWrongPlaceIsNeverRepeated(t *testing.T) {
	in, _ := frames(bytes.NewReader(framed(`{"op":"tokens"}`, "12345", `{"op":"tokens"}`)), func() {})
	var out bytes.Buffer
	err := serve(in, &out, func(Request, []byte) Response { return Response{} })
	if err == nil || bytes.Contains([]byte(err.Error()), []byte("12345")) || bytes.Contains(out.Bytes(), []byte("12345")) {
		t.Errorf("%v, %q", err, out.Bytes())
	}
}

// FuzzServe: whatever comes, every answer is one whole frame of JSON, there are
// never more answers than requests, and the end comes.
func FuzzServe(f *testing.F) {
	f.Add(framed(`{"op":"tokens"}`))
	f.Add(framed(`{"op":"login","slot":1,"secret":true}`, "12345", `{"op":"sign","id":"AQ==","mechanism":"CKM_RSA_PKCS","data":"AAAA"}`))
	f.Add(framed(`{"op":"login","secret":true}`))
	f.Add([]byte{0xFF, 0xFF, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, stream []byte) {
		in, _ := frames(bytes.NewReader(stream), func() {})
		var out bytes.Buffer
		requests := 0
		serve(in, &out, func(req Request, secret []byte) Response {
			requests++
			if (secret != nil) != req.Secret {
				t.Fatal("a secret that was not announced, or none that was")
			}
			return Response{Fault: &Fault{Call: string(req.Op)}}
		})
		answers := 0
		for out.Len() > 0 {
			body, err := frame.Read(&out, MaxFrame)
			if err != nil || !json.Valid(body) {
				t.Fatalf("answer %q, %v", body, err)
			}
			answers++
		}
		if answers != requests {
			t.Fatalf("%d answers to %d requests", answers, requests)
		}
	})
}
