package engine

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"raccordo/host/internal/wire"
)

func TestCutData(t *testing.T) {
	const document = `"document":"0123456789abcdef0123456789abcdef"`
	most := strings.Repeat("A", base64.StdEncoding.EncodedLen(wire.MaxPiece))
	for _, row := range []struct{ name, params, left, data string }{
		{"usual", `{` + document + `,"offset":0,"data":"YWJj"}`, `{` + document + `,"offset":0,"data":""}`, "YWJj"},
		{"first, with spaces", "{ \"data\" :\t\"YWJj\" ,\n" + document + `, "offset": 12 }`, "{ \"data\" :\t\"\" ,\n" + document + `, "offset": 12 }`, "YWJj"},
		{"as long as may be", `{"data":"` + most + `"}`, `{"data":""}`, most},
		{"longer", `{"data":"` + most + `A"}`, "", ""},
		{"empty", `{"data":""}`, "", ""},
		{"twice", `{"data":"YQ==","data":"Yg=="}`, "", ""},
		{"a number", `{"data":12}`, "", ""},
		{"an object", `{"data":{"data":"YQ=="}}`, "", ""},
		{"inside an object", `{"x":{"data":"YQ=="}}`, "", ""},
		{"inside a string", `{"document":"\"data\":\"YQ==\""}`, "", ""},
		{"an escape", `{"data":"YQ=\u003d"}`, "", ""},
		{"another case", `{"Data":"YQ=="}`, "", ""},
		{"none", `{` + document + `}`, "", ""},
		{"an array", `["data"]`, "", ""},
		{"nothing", ``, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			left, data := cutData(json.RawMessage(row.params))
			want := row.left
			if want == "" {
				want = row.params
			}
			if string(left) != want || string(data) != row.data {
				t.Errorf("%.80s, %.20s", left, data)
			}
		})
	}
}

// What is left and what was cut are together what there was.
func FuzzCutData(f *testing.F) {
	f.Add(`{"document":"0","offset":1,"data":"YWJj"}`)
	f.Add(`{"data":"YWJj" , "x":null}`)
	f.Add(`{"data":"a","data":1}`)
	f.Fuzz(func(t *testing.T, params string) {
		left, data := cutData(json.RawMessage(params))
		if data == nil {
			if string(left) != params {
				t.Errorf("changed to %q", left)
			}
			return
		}
		if len(left)+len(data) != len(params) {
			t.Errorf("%q and %q", left, data)
		}
		var before, after map[string]any
		if !utf8.ValidString(params) || json.Unmarshal([]byte(params), &before) != nil {
			return // the door has refused it
		}
		if err := json.Unmarshal(left, &after); err != nil || before["data"] != string(data) || after["data"] != "" || len(before) != len(after) {
			t.Errorf("%v: %v became %v", err, before, after)
		}
		after["data"] = before["data"]
		if fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("%v became %v", before, after)
		}
	})
}
