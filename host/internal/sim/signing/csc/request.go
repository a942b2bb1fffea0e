package csc

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"raccordo/host/internal/sim/signing/vault"
)

// request is an authorization request that was checked.
type request struct {
	client, redirect, state, challenge, scope string

	credential  vault.Credential // scope credential
	sad         *sad
	description string
	details     json.RawMessage // authorization_details, as they came
}

// badTarget is a request whose answer may go nowhere.
type badTarget struct{ reason string }

func (e badTarget) Error() string { return e.reason }

// readRequest checks an authorization request; its error is a badTarget or goes
// back to the client.
func (s *Service) readRequest(v url.Values) (r request, err error) {
	r = request{client: v.Get("client_id"), redirect: v.Get("redirect_uri"), state: v.Get("state"), challenge: v.Get("code_challenge"), description: v.Get("description")}
	if r.client != PublicClient && r.client != ConfidentialClient {
		return r, badTarget{"client_id sconosciuto"}
	}
	if !native(r.redirect) {
		return r, badTarget{"redirect_uri non registrato"}
	}
	switch {
	case v.Get("response_type") != "code":
		return r, refused("unsupported_response_type", "response_type must be code")
	case r.challenge == "" && r.client == PublicClient || v.Get("hashes") != "" && r.challenge == "":
		return r, invalid("Missing parameter code_challenge")
	case r.challenge != "" && v.Get("code_challenge_method") != "S256":
		return r, invalid("Invalid parameter code_challenge_method")
	case v.Get("account_token") != "":
		return r, invalid("Invalid parameter account_token")
	case len(r.description) > 500:
		return r, invalid("Invalid parameter description")
	}
	terms := v
	if text := v.Get("authorization_details"); text != "" {
		if terms, err = rich(text); err != nil {
			return r, err
		}
		r.details = json.RawMessage(text)
	}
	switch r.scope = terms.Get("scope"); r.scope {
	case "":
		r.scope = scopeService
	case scopeService:
	case scopeCredential:
		err = s.readTerms(terms, &r)
	default:
		return r, refused("invalid_scope", "scope must be service or credential")
	}
	return r, err
}

// readTerms reads what is to be signed from a query.
func (s *Service) readTerms(v url.Values, r *request) error {
	id := v.Get("credentialID")
	if id == "" {
		return missing("string", "credentialID")
	}
	var ok bool
	if r.credential, ok = s.vault.Find(id); !ok || r.credential.Mode != vault.OAuthCode {
		return invalid("Invalid parameter credentialID")
	}
	n, err := strconv.Atoi(v.Get("numSignatures"))
	if err != nil {
		return missing("integer", "numSignatures")
	}
	name := "hash"
	if v.Get("hashes") != "" {
		name = "hashes"
		if _, known := hashOIDs[v.Get("hashAlgorithmOID")]; !known {
			return missing("string", "hashAlgorithmOID")
		}
	}
	var hashes [][]byte
	if text := v.Get(name); text != "" {
		for each := range strings.SplitSeq(text, ",") {
			digest, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(each, "="))
			if err != nil {
				return invalid("Invalid Base64 " + name + " string parameter")
			}
			hashes = append(hashes, digest)
		}
	}
	if err := mayAuthorize(r.credential); err != nil {
		return err
	}
	r.sad, err = s.agreed(r.credential, n, hashes, name)
	return err
}

// rich reads authorization_details (CSC API 2.0 section 8.4, RFC 9396) into the
// parameters that say the same.
func rich(text string) (url.Values, error) {
	var details []struct {
		Type       string `json:"type"`
		Credential string `json:"credentialID"`
		Documents  []struct {
			Hash string `json:"hash"`
		} `json:"documentDigests"`
		Hash string `json:"hashAlgorithmOID"`
	}
	if err := json.Unmarshal([]byte(text), &details); err != nil || len(details) != 1 || details[0].Type != "credential" {
		return nil, refused("invalid_authorization_details", "Invalid parameter authorization_details")
	}
	d := details[0]
	var hashes []string
	for _, doc := range d.Documents {
		raw, err := base64.StdEncoding.DecodeString(doc.Hash)
		if err != nil {
			return nil, refused("invalid_authorization_details", "Invalid parameter authorization_details")
		}
		hashes = append(hashes, base64.RawURLEncoding.EncodeToString(raw))
	}
	return url.Values{
		"scope": {scopeCredential}, "credentialID": {d.Credential}, "numSignatures": {strconv.Itoa(len(hashes))},
		"hashes": {strings.Join(hashes, ",")}, "hashAlgorithmOID": {d.Hash},
	}, nil
}

// servePushed is a pushed authorization request (RFC 9126).
func (s *Service) servePushed(w http.ResponseWriter, form url.Values, client string) error {
	r, err := s.readRequest(form)
	if bad, ok := err.(badTarget); ok {
		return invalid(bad.reason)
	}
	if err != nil {
		return err
	}
	if r.client != client {
		return refused("invalid_client", "client_id does not match")
	}
	uri := "urn:ietf:params:oauth:request_uri:" + random()
	s.mu.Lock()
	s.requests[uri] = r
	s.mu.Unlock()
	writeJSON(w, http.StatusCreated, map[string]any{"request_uri": uri, "expires_in": 90})
	return nil
}

// asked is the request behind a query: pushed before, or all in it.
func (s *Service) asked(v url.Values) (request, error) {
	uri := v.Get("request_uri")
	if uri == "" {
		return s.readRequest(v)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.requests[uri]
	if !ok || r.client != v.Get("client_id") {
		return r, badTarget{"request_uri sconosciuto"}
	}
	return r, nil
}
