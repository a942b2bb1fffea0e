package csc

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"net/http"
)

const maxRequest = 1 << 20 // bytes

// body is a request's JSON object. What is absent and what is null are the same.
type body map[string]any

func readBody(w http.ResponseWriter, q *http.Request) (body, error) {
	if kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, invalid("Content-Type application/json is wanted")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, q.Body, maxRequest))
	d.UseNumber()
	var b body
	if err := d.Decode(&b); err != nil || b == nil {
		return nil, invalid("The body is not a JSON object")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, invalid("The body is not a JSON object")
	}
	return b, nil
}

// text is an optional string.
func (b body) text(name string) (string, error) {
	v, ok := b[name]
	if !ok || v == nil {
		return "", nil
	}
	s, ok := v.(string)
	if !ok {
		return "", missing("string", name)
	}
	return s, nil
}

// needText is a string that must be there.
func (b body) needText(name string) (string, error) {
	s, err := b.text(name)
	if err == nil && s == "" {
		err = missing("string", name)
	}
	return s, err
}

// truth is an optional boolean.
func (b body) truth(name string) (bool, error) {
	v, ok := b[name]
	if !ok || v == nil {
		return false, nil
	}
	t, ok := v.(bool)
	if !ok {
		return false, missing("boolean", name)
	}
	return t, nil
}

// number is an optional integer; there tells whether it is there.
func (b body) number(name string) (n int, there bool, err error) {
	v, ok := b[name]
	if !ok || v == nil {
		return 0, false, nil
	}
	j, ok := v.(json.Number)
	if !ok {
		return 0, true, missing("integer", name)
	}
	k, err := j.Int64()
	if err != nil {
		return 0, true, missing("integer", name)
	}
	return int(k), true, nil
}

// hashes are the digests of an array of Base64 strings; nil when it is absent.
func (b body) hashes(name string) ([][]byte, error) {
	v, ok := b[name]
	if !ok || v == nil {
		return nil, nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, missing("array", name)
	}
	if len(list) == 0 {
		return nil, invalid("Empty hash array")
	}
	var all [][]byte
	for _, each := range list {
		text, ok := each.(string)
		if !ok {
			return nil, invalid("Invalid Base64 " + name + " string parameter")
		}
		digest, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil || len(digest) == 0 {
			return nil, invalid("Invalid Base64 " + name + " string parameter")
		}
		all = append(all, digest)
	}
	return all, nil
}

func missing(kind, name string) error {
	return invalid("Missing (or invalid type) " + kind + " parameter " + name)
}
