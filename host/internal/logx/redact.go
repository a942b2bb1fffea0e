package logx

import (
	"bytes"
	"encoding/json"
	"regexp"
)

// secrets are replaced wherever they stand: codici fiscali (also STP, ENI and
// numeric ones), NRE, session and access tokens, long base64 (certificates,
// ciphertexts), authentication codes. The order counts.
var secrets = []struct {
	pattern *regexp.Regexp
	with    func(match []byte) []byte
}{
	// PEM, also cut off.
	{regexp.MustCompile(`-----BEGIN [A-Z0-9 ]+-----[A-Za-z0-9+/=\s\\]*(?:-----END [A-Z0-9 ]+-----)?`), always("[PEM]")},
	// JSON Web Tokens (RFC 7519) start with {" in base64url.
	{regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)+`), always("[TOKEN]")},
	{regexp.MustCompile(`(?i:bearer|basic)(?:\s|%20|\+)+[A-Za-z0-9._~+/-]{8,}=*`), always("[TOKEN]")},
	// base64 and base64url, also in lines, percent-encoded or with escapes.
	{regexp.MustCompile(`[A-Za-z0-9+/_%\\\r\n-]+={0,2}`), longBase64},
	{regexp.MustCompile(`(?i:access_token|refresh_token|id_token|client_secret|password|pincode)\\*["']?\s*[:=]\s*\\*["']?[^\s"'&<>\\,;{}]+`), always("[TOKEN]")},
	{regexp.MustCompile(`(?i:pincode>)[^\s<>]+`), always("[TOKEN]")},
	{regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`), always("[TOKEN]")},
	// In an omocodia a letter stands for a digit.
	{regexp.MustCompile(`[A-Za-z]{6}` + digit + `{2}[A-Za-z]` + digit + `{2}[A-Za-z]` + digit + `{3}[A-Za-z]`), always("[CF]")},
	{regexp.MustCompile(`(?i:STP|ENI)[0-9]{13}`), always("[CF]")},
	{regexp.MustCompile(apart + `[0-9]{3}(?:[0-9][A-Za-z]|[A-Za-z][0-9A-Za-z])[0-7][0-9]{9}`), func(m []byte) []byte { return ending(m, 15, "[NRE]") }},
	{regexp.MustCompile(apart + `[0-9]{11,}`), number},
}

const (
	digit = `[0-9LMNPQRSTUVlmnpqrstuv]`
	// apart is what a number follows when it is one of its own and not the
	// middle of a longer one or of a hash.
	apart = `(?:^|%[0-9A-Fa-f]{2}|(?i:nre|cf|code)|[^0-9a-f])`
)

func always(mark string) func([]byte) []byte {
	return func([]byte) []byte { return []byte(mark) }
}

// longBase64 leaves words, paths and hashes: a SHA-256 in hex has 64.
func longBase64(match []byte) []byte {
	if len(match) < 80 {
		return match
	}
	return []byte("[BASE64]")
}

// number goes by the count of digits: 11 codice fiscale of a newborn or a firm,
// 15 NRE, from 20 codAutenticazione and the tessera sanitaria. 13 and 19 are
// instants, 17 is in the names of readers.
func number(match []byte) []byte {
	rest := bytes.TrimRight(match, "0123456789")
	n := len(match) - len(rest)
	if len(rest) > 0 && rest[0] == '%' { // the digits of %20 are not the number's
		n = len(match) - 3
	}
	switch {
	case n == 11:
		return ending(match, n, "[CF]")
	case n == 15:
		return ending(match, n, "[NRE]")
	case n >= 20:
		return ending(match, n, "[NUMERO]")
	}
	return match
}

// ending puts mark in the place of the last n bytes.
func ending(match []byte, n int, mark string) []byte {
	return append(match[:len(match)-n:len(match)-n], mark...)
}

// Redact returns a log line without personal data and secrets. In a line of
// JSON each string is looked at as it was before it was escaped, so that a line
// break or a quote beside a code hides nothing and the line stays JSON.
func Redact(line []byte) []byte {
	if !json.Valid(line) {
		return redact(line)
	}
	out := make([]byte, 0, len(line))
	for {
		start := bytes.IndexByte(line, '"')
		if start < 0 {
			return append(out, line...)
		}
		end := start + 1
		for ; line[end] != '"'; end++ {
			if line[end] == '\\' {
				end++
			}
		}
		out = append(out, line[:start]...)
		out = append(out, redactString(line[start:end+1])...)
		line = line[end+1:]
	}
}

func redactString(literal []byte) []byte {
	var text string
	if json.Unmarshal(literal, &text) != nil {
		return []byte(`"[ILLEGGIBILE]"`)
	}
	clean := redact([]byte(text))
	if string(clean) == text {
		return literal
	}
	clean, err := json.Marshal(string(clean))
	if err != nil {
		return []byte(`"[ILLEGGIBILE]"`)
	}
	return clean
}

func redact(text []byte) []byte {
	for _, s := range secrets {
		text = s.pattern.ReplaceAllFunc(text, s.with)
	}
	return text
}
