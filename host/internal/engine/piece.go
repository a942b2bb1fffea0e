package engine

import (
	"bytes"
	"encoding/base64"
	"encoding/json"

	"raccordo/host/internal/wire"
)

// cutData takes the data out of the params of document.write, so that half a
// megabyte is not looked through by the schema, character by character, and
// decoded twice: a document of 100 MB has two hundred of them. The params that
// are left have an empty data. Whatever looks unusual stays as it is, for the
// schema to judge; nil: nothing was cut.
func cutData(params json.RawMessage) (left json.RawMessage, data []byte) {
	rest, ok := bytes.CutPrefix(trim(params), []byte("{"))
	start, end := 0, 0
	for ok {
		var key, value []byte
		if key, rest, ok = quoted(trim(rest)); !ok {
			break
		}
		if rest, ok = bytes.CutPrefix(trim(rest), []byte(":")); !ok {
			break
		}
		rest = trim(rest)
		if value, rest, ok = scalar(rest); !ok {
			break
		}
		if string(key) == "data" {
			if start > 0 || len(value) < 2 || value[0] != '"' {
				return params, nil
			}
			end = len(params) - len(rest) - 1
			start = end - len(value) + 2
		}
		rest = trim(rest)
		if bytes.HasPrefix(rest, []byte("}")) {
			break
		}
		rest, ok = bytes.CutPrefix(rest, []byte(","))
	}
	if !ok || end <= start || end-start > base64.StdEncoding.EncodedLen(wire.MaxPiece) {
		return params, nil
	}
	return append(append(make([]byte, 0, len(params)-(end-start)), params[:start]...), params[end:]...), params[start:end]
}

func trim(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// quoted is a string without escapes, and what comes after it.
func quoted(b []byte) (text, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return nil, nil, false
	}
	n := bytes.IndexByte(b[1:], '"')
	if n < 0 || bytes.IndexByte(b[1:1+n], '\\') >= 0 {
		return nil, nil, false
	}
	return b[1 : 1+n], b[n+2:], true
}

// scalar is a value that is neither object nor array, as it is written, and what
// comes after it.
func scalar(b []byte) (value, rest []byte, ok bool) {
	if len(b) > 0 && b[0] == '"' {
		text, rest, ok := quoted(b)
		if !ok {
			return nil, nil, false
		}
		return b[:len(text)+2], rest, true
	}
	n := bytes.IndexAny(b, ",}{[\"")
	if n <= 0 || b[n] != ',' && b[n] != '}' {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}
