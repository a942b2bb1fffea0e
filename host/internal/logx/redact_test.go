package logx_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/logx"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
)

// contexts are the sentences in which a secret has been seen to hide.
var contexts = map[string]string{
	"alone":               `%s`,
	"in a sentence":       `sync of %s ended`,
	"at the end":          `unknown patient %s`,
	"with punctuation":    `patient (%s), doctor`,
	"assigned":            `cf=%s;nre=x`,
	"quoted":              `patient "%s" unknown`,
	"single quotes":       `patient '%s'`,
	"JSON inside":         `{"codice_fiscale":"%s","a":1}`,
	"escaped JSON inside": `{\"x\":\"%s\"}`,
	"XML":                 `<cfAssistito>%s</cfAssistito>`,
	"URL path":            `GET https://sar.example/anagrafe/v1/assistiti/%s: EOF`,
	"URL query":           `https://x.example/?a=1&id=%s&b=2`,
	"after a space %20":   `q=nome%%20%s`,
	"after an underscore": `promemoria_%s.pdf`,
	"before one":          `%s_promemoria.pdf`,
	"after a line break":  "first line\n%s\nthird",
	"after CR LF":         "Header: x\r\n%s\r\n\r\n",
	"after a tab":         "a\t%s\tb",
	"after an accent":     `perché%s`,
	"between accents":     `è %s è`,
	"in a Go struct":      `{ID:%s Name:}`,
	"in a slice":          `[%[1]s %[1]s]`,
	"comma between":       `%[1]s,%[1]s`,
	"twice with a break":  "%[1]s\n%[1]s",
	"TLS subject":         `CN=%s/6090010000000012.abc=,OU=x`,
	"in a path":           `/var/lib/raccordo/%s/x`,
	"glued to its name":   `nre%[1]s cf%[1]s code%[1]s`,
	"after a letter n":    `n%s`,
	"control character":   "\x01%s\x01",
}

// written logs text in every way that the parts use, and returns the lines.
func written(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	log := logx.New(&out, "debug")
	ways := []func(*zerolog.Event) *zerolog.Event{
		func(e *zerolog.Event) *zerolog.Event { return e.Str("detail", text) },
		func(e *zerolog.Event) *zerolog.Event { return e.Err(fmt.Errorf("region: %w", errors.New(text))) },
		func(e *zerolog.Event) *zerolog.Event { return e.Interface("body", map[string]string{"k": text}) },
		func(e *zerolog.Event) *zerolog.Event { return e.Strs("list", []string{text}) },
		func(e *zerolog.Event) *zerolog.Event { return e.Bytes("raw", []byte(text)) },
		func(e *zerolog.Event) *zerolog.Event { return e.Str(text, "key") },
	}
	log.Info().Msg(text)
	ways[len(text)%len(ways)](log.Warn()).Msg("x")
	for line := range bytes.Lines(out.Bytes()) {
		if !json.Valid(line) {
			t.Fatalf("the redactor broke a line: %s", line)
		}
	}
	return out.String()
}

func pick(r *mathrand.Rand, alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

const (
	upper   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
	mixed   = upper + "abcdefghijklmnopqrstuvwxyz" + digits
	urlSafe = mixed + "-_"
)

// codiceFiscale makes a valid one at a place that does not exist; some have
// letters for digits, as the tax office gives to namesakes.
func codiceFiscale(r *mathrand.Rand) string {
	body := []byte(pick(r, upper, 6) + pick(r, digits, 2) + pick(r, "ABCDEHLMPRST", 1) + fmt.Sprintf("%02d", 1+r.IntN(28)) + "X" + pick(r, digits, 3))
	for _, at := range []int{14, 13, 12, 10, 9, 7, 6}[:r.IntN(8)] {
		body[at] = "LMNPQRSTUV"[body[at]-'0']
	}
	letter, ok := ricetta.CheckLetter(string(body))
	if !ok {
		panic("no check letter for " + string(body))
	}
	return string(body) + string(letter)
}

// secrets are the generators of what must never be in a log.
var secrets = map[string]func(r *mathrand.Rand) string{
	"codice fiscale":            codiceFiscale,
	"codice fiscale lower case": func(r *mathrand.Rand) string { return strings.ToLower(codiceFiscale(r)) },
	"codice fiscale numeric":    func(r *mathrand.Rand) string { return pick(r, digits, 11) },
	"STP":                       func(r *mathrand.Rand) string { return "STP" + pick(r, digits, 13) },
	"ENI":                       func(r *mathrand.Rand) string { return "ENI" + pick(r, digits, 13) },
	"NRE": func(r *mathrand.Rand) string {
		return pick(r, digits, 3) + pick(r, upper+digits, 2) + pick(r, "01234567", 1) + pick(r, digits, 9)
	},
	"codAutenticazione": func(r *mathrand.Rand) string { return pick(r, digits, 20+r.IntN(11)) },
	"session id": func(r *mathrand.Rand) string {
		h := hex.EncodeToString([]byte(pick(r, mixed, 16)))
		return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
	},
	"JWT": func(r *mathrand.Rand) string {
		return "eyJ" + pick(r, urlSafe, 30) + "." + pick(r, urlSafe, 60) + "." + pick(r, urlSafe, 43)
	},
	"ciphertext": func(r *mathrand.Rand) string {
		return base64.StdEncoding.EncodeToString([]byte(pick(r, mixed, 128)))
	},
	"ciphertext in a URL": func(r *mathrand.Rand) string {
		return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(pick(r, mixed+"\xff\xfe\xfb", 128))))
	},
}

// Whatever is generated, in whatever sentence, logged in whatever way: it is
// not in the file.
func TestNothingPersonalSurvives(t *testing.T) {
	for kind, generate := range secrets {
		t.Run(kind, func(t *testing.T) {
			r := mathrand.New(mathrand.NewPCG(1, uint64(len(kind))))
			for name, sentence := range contexts {
				for range 3 {
					s := generate(r)
					out := written(t, fmt.Sprintf(sentence, s))
					if strings.Contains(strings.ToLower(out), strings.ToLower(s)) {
						t.Fatalf("%s survives %s: %s", s, name, out)
					}
				}
			}
		})
	}
}

func TestPeopleOfTheRegion(t *testing.T) {
	var codes []string
	for _, d := range anagrafe.Doctors() {
		codes = append(codes, d.CF)
	}
	for _, p := range anagrafe.Patients() {
		codes = append(codes, p.CF, p.CardNumber)
	}
	for name, sentence := range contexts {
		t.Run(name, func(t *testing.T) {
			for _, cf := range codes {
				if out := written(t, fmt.Sprintf(sentence, cf)); strings.Contains(out, cf) {
					t.Errorf("%s survives: %s", cf, out)
				}
			}
		})
	}
}

func TestCredentials(t *testing.T) {
	r := mathrand.New(mathrand.NewPCG(2, 2))
	basic := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	headers := map[string]func(secret string) string{
		"bearer header":            func(s string) string { return "Authorization: Bearer " + s },
		"bearer lower case":        func(s string) string { return "authorization: bearer " + s },
		"bearer two spaces":        func(s string) string { return "Authorization: Bearer  " + s },
		"bearer tab":               func(s string) string { return "Authorization: Bearer\t" + s },
		"bearer in JSON":           func(s string) string { return `{"Authorization":"Bearer ` + s + `"}` },
		"bearer in a Go header":    func(s string) string { return "map[Authorization:[Bearer " + s + "] Host:[x]]" },
		"bearer in a curl line":    func(s string) string { return "curl -H 'Authorization: Bearer " + s + "' https://x" },
		"bearer percent-encoded":   func(s string) string { return "h=Bearer%20" + s },
		"second factor":            func(s string) string { return "Authorization2F: Bearer " + s },
		"basic header":             func(s string) string { return "Authorization: Basic " + basic("medico:"+s) },
		"access token":             func(s string) string { return `{"access_token":"` + s + `","token_type":"x"}` },
		"refresh token in a form":  func(s string) string { return "grant_type=refresh_token&refresh_token=" + s + "&x=1" },
		"escaped JSON":             func(s string) string { return `body {\"id_token\": \"` + s + `\"}` },
		"client secret":            func(s string) string { return "client_secret = " + s },
		"password":                 func(s string) string { return `password: "` + s + `"` },
		"pinCode in XML":           func(s string) string { return "<pinCode>" + s + "</pinCode>" },
		"pinCode in XML, prefixed": func(s string) string { return "<ns:pinCode>" + s + "</ns:pinCode>" },
	}
	for name, header := range headers {
		t.Run(name, func(t *testing.T) {
			for range 20 {
				secret := pick(r, urlSafe, 12+r.IntN(60))
				out := written(t, "before "+header(secret)+"\r\nafter")
				if strings.Contains(out, secret) || strings.Contains(out, basic("medico:"+secret)) {
					t.Fatalf("%s survives: %s", secret, out)
				}
				if !strings.Contains(out, "before") || !strings.Contains(out, "after") {
					t.Fatalf("the sentence is gone: %s", out)
				}
			}
		})
	}
}

// No 16 characters of a certificate, in any form in which one is written.
func TestCertificates(t *testing.T) {
	ca, err := testca.New("Prova CA")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	der := ca.Cert().Raw
	std := base64.StdEncoding.EncodeToString(der)
	block := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	forms := map[string]string{
		"base64":             std,
		"base64url":          base64.RawURLEncoding.EncodeToString(der),
		"percent-encoded":    url.QueryEscape(std),
		"MIME lines":         strings.Join(chunks(std, 76), "\r\n"),
		"slashes escaped":    strings.ReplaceAll(std, "/", `\/`),
		"hexadecimal":        hex.EncodeToString(der),
		"HEXADECIMAL":        strings.ToUpper(hex.EncodeToString(der)),
		"PEM":                block,
		"PEM on one line":    strings.ReplaceAll(block, "\n", " "),
		"PEM escaped":        strings.ReplaceAll(block, "\n", `\n`),
		"PEM with tabs":      strings.ReplaceAll(block, "\n", "\n\t"),
		"PEM cut off":        block[:len(block)/2],
		"two PEM blocks":     block + block,
		"private key as PEM": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})),
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			for where, sentence := range contexts {
				out := written(t, "prima "+fmt.Sprintf(sentence, form))
				for _, piece := range chunks(strings.NewReplacer("\n", "", "\r", "", "\t", "", " ", "").Replace(form), 16) {
					if len(piece) == 16 && !strings.Contains(piece, "-----") && strings.Contains(out, piece) {
						t.Fatalf("%s survives %s: %s", piece, where, out)
					}
				}
				if !strings.Contains(out, "prima") {
					t.Fatalf("the sentence is gone: %s", out)
				}
			}
		})
	}
}

func chunks(s string, n int) []string {
	var all []string
	for len(s) > n {
		all, s = append(all, s[:n]), s[n:]
	}
	return append(all, s)
}

// What support needs stays, to the letter.
func TestOrdinaryTextSurvives(t *testing.T) {
	for _, text := range []string{
		`agent started`,
		`2026-11-22T18:20:00.123456789+01:00`,
		`Data ultima sincronizzazione: 22/11/2026 18:20`,
		`1763832000 1763832000123`,
		`card.pin_wrong CKR_PIN_INCORRECT SCARD_W_REMOVED_CARD 0x80100069 6983`,
		`prescription.pincode_missing rpc.invalid_params -32602 HTTP 503`,
		`WWW-Authenticate: Bearer error="invalid_token"`,
		`ErroreRicetta 5004: NRE già utilizzato`,
		`/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so`,
		`https://demservicetest.sanita.finanze.it/DemRicettaPrescrittoServicesWeb/services/demInvioPrescritto`,
		`dial tcp 127.0.0.1:8443: connect: connection refused`,
		`dial tcp [2001:db8::7334]:443: i/o timeout`,
		`Generic CCID Reader [CCID Interface] (20070818000000000) 00 00`,
		`3b:f2:18:00:02:c1:0a:31:fe:58:c8:08:74 3BF81800FF8131FE45004C`,
		`e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`,
		`v0.1.0-12-gabcdef0 linux/amd64 go1.26.8 opensc 0.23.0`,
		`sent 10 of 12, 1048576 bytes in 12.345678901s`,
		`chrome-extension://npdohdckockkmeagapojopoflpnmccij`,
		`tls: failed to verify certificate: x509: certificate signed by unknown authority`,
		`però «perché» – così, un'età`,
	} {
		t.Run(text, func(t *testing.T) {
			if got := string(logx.Redact([]byte(text))); got != text {
				t.Errorf("became %q", got)
			}
			quoted, err := json.Marshal(text)
			if err != nil {
				t.Fatal(err)
			}
			if out := written(t, text); !strings.Contains(out, string(quoted)) {
				t.Errorf("%s not in %s", quoted, out)
			}
		})
	}
}
