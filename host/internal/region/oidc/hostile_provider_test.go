package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/sim/anagrafe"
)

// villain is an OpenID provider that does everything right unless told
// otherwise. Its hooks are set before anything is asked of it.
type villain struct {
	t      *testing.T
	server *httptest.Server
	rsa    *rsa.PrivateKey
	ec     *ecdsa.PrivateKey

	discovery func(map[string]any)                  // changes the document
	claims    func(map[string]any)                  // changes the ID token
	sign      func(claims []byte) string            // makes the ID token
	keys      func(*jose.JSONWebKeySet)             // changes the published keys
	token     http.HandlerFunc                      // answers at the token endpoint; nil: rightly
	answer    func(grantType string) map[string]any // more members of the token answer
	authorize http.HandlerFunc                      // at the CNS endpoint
	userinfo  http.HandlerFunc
	revoke    http.HandlerFunc

	mu    sync.Mutex
	nonce string
	forms []url.Values // that came to the token endpoint
	calls map[string]int
}

func newVillain(p *place) *villain {
	p.t.Helper()
	v := &villain{t: p.t, rsa: rsaKey(), calls: map[string]int{}}
	var err error
	if v.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		p.t.Fatal(err)
	}
	pair, err := p.servers.Server("127.0.0.1")
	if err != nil {
		p.t.Fatal(err)
	}
	v.server = httptest.NewUnstartedServer(v)
	v.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	v.server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: p.cards.Pool()}
	v.server.StartTLS()
	p.t.Cleanup(v.server.Close)
	return v
}

func (v *villain) config() oidc.Config {
	return oidc.Config{Issuer: v.server.URL, ClientID: "raccordo", CNSEndpoint: v.server.URL + "/cns"}
}

// called tells how often a path was asked for.
func (v *villain) called(path string) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.calls[path]
}

// form returns the n-th form that came to the token endpoint.
func (v *villain) form(n int) url.Values {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.forms[n]
}

func (v *villain) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	v.mu.Lock()
	v.calls[q.URL.Path]++
	v.mu.Unlock()
	switch q.URL.Path {
	case "/.well-known/openid-configuration":
		v.serveDiscovery(w)
	case "/keys":
		v.serveKeys(w)
	case "/cns":
		v.authorize(w, q)
	case "/token":
		_ = q.ParseForm()
		v.mu.Lock()
		v.forms = append(v.forms, q.PostForm)
		v.mu.Unlock()
		if v.token != nil {
			v.token(w, q)
			return
		}
		v.serveToken(w, q)
	case "/userinfo":
		v.userinfo(w, q)
	case "/revoke":
		v.revoke(w, q)
	default:
		http.NotFound(w, q)
	}
}

func (v *villain) serveDiscovery(w http.ResponseWriter) {
	doc := map[string]any{
		"issuer": v.server.URL, "authorization_endpoint": v.server.URL + "/auth", "token_endpoint": v.server.URL + "/token",
		"jwks_uri": v.server.URL + "/keys", "authorization_response_iss_parameter_supported": true,
		"code_challenge_methods_supported": []string{"S256"},
	}
	if v.discovery != nil {
		v.discovery(doc)
	}
	reply(w, http.StatusOK, doc)
}

func (v *villain) serveKeys(w http.ResponseWriter) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: v.rsa.Public(), KeyID: "r", Use: "sig"}, {Key: v.ec.Public(), KeyID: "e", Use: "sig"},
	}}
	if v.keys != nil {
		v.keys(&set)
	}
	reply(w, http.StatusOK, set)
}

func (v *villain) serveToken(w http.ResponseWriter, q *http.Request) {
	access, now, kind := rand.Text(), time.Now(), q.PostForm.Get("grant_type")
	sum := sha256.Sum256([]byte(access))
	claims := map[string]any{
		"iss": v.server.URL, "aud": "raccordo", "sub": "soggetto", "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]), "fiscal_number": "TINIT-" + anagrafe.Doctors()[0].CF,
	}
	if kind == "authorization_code" {
		v.mu.Lock()
		claims["nonce"] = v.nonce
		v.mu.Unlock()
	}
	if v.claims != nil {
		v.claims(claims)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		v.t.Error(err)
	}
	sign := v.sign
	if sign == nil {
		sign = func(b []byte) string { return v.signed(jose.RS256, jose.JSONWebKey{Key: v.rsa, KeyID: "r"}, b) }
	}
	doc := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 300, "refresh_token": rand.Text(), "id_token": sign(body)}
	if v.answer != nil {
		for name, value := range v.answer(kind) {
			doc[name] = value
		}
	}
	reply(w, http.StatusOK, doc)
}

func (v *villain) signed(alg jose.SignatureAlgorithm, key any, body []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, nil)
	if err != nil {
		v.t.Error(err)
		return ""
	}
	jws, err := signer.Sign(body)
	if err != nil {
		v.t.Error(err)
		return ""
	}
	text, err := jws.CompactSerialize()
	if err != nil {
		v.t.Error(err)
	}
	return text
}

// publicPEM is what a verifier that is fooled takes for a shared secret.
func (v *villain) publicPEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(v.rsa.Public())
	if err != nil {
		v.t.Error(err)
	}
	return der
}

// login begins a login and returns the answer that its page would give.
func (v *villain) login(client *oidc.Provider) (*oidc.Flow, oidc.Answer, error) {
	f, err := client.Begin(v.t.Context(), loopback)
	if err != nil {
		return nil, oidc.Answer{}, err
	}
	v.show(f)
	return f, oidc.Answer{State: f.State, Code: rand.Text(), Iss: v.server.URL}, nil
}

// show tells the provider which login is on its page.
func (v *villain) show(f *oidc.Flow) {
	u, err := url.Parse(f.URL)
	if err != nil {
		v.t.Error(err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.nonce = u.Query().Get("nonce")
}

func reply(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
