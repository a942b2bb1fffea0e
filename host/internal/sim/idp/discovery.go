package idp

import (
	"encoding/json"
	"net/http"

	"raccordo/host/internal/sim/idp/dpop"
)

const (
	pathDiscovery = "/.well-known/openid-configuration"
	pathAuthorize = "/authorize"
	pathCNS       = "/authorize/cns"
	pathToken     = "/token"
	pathUserinfo  = "/userinfo"
	pathKeys      = "/jwks"
	pathRevoke    = "/revoke"
	pathLogout    = "/logout"
)

// serveDiscovery is OpenID Connect Discovery 1.0, section 4.
func (p *Provider) serveDiscovery(w http.ResponseWriter, _ *http.Request) {
	metadata := map[string]any{
		"issuer":                                p.issuer,
		"authorization_endpoint":                p.issuer + pathAuthorize,
		"token_endpoint":                        p.issuer + pathToken,
		"userinfo_endpoint":                     p.issuer + pathUserinfo,
		"jwks_uri":                              p.issuer + pathKeys,
		"revocation_endpoint":                   p.issuer + pathRevoke,
		"end_session_endpoint":                  p.issuer + pathLogout,
		"x_cns_authorization_endpoint":          p.CNSEndpoint(),
		"scopes_supported":                      []string{"openid", "profile", "offline_access"},
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"grant_types_supported":                 []string{"authorization_code", "refresh_token"},
		"code_challenge_methods_supported":      []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"none"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{string(p.keys.algorithm)},
		"acr_values_supported":                  []string{doorSPID.acr, doorCIE.acr, doorCNS.acr},
		"claims_supported": []string{
			"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash", "fiscal_number", "given_name", "family_name",
		},
		"ui_locales_supported":                           []string{"it-IT"},
		"request_parameter_supported":                    false,
		"request_uri_parameter_supported":                false,
		"authorization_response_iss_parameter_supported": true,
	}
	switch p.opt.Tokens {
	case TokensDPoP:
		metadata["dpop_signing_alg_values_supported"] = dpop.Algorithms()
	case TokensMTLS:
		metadata["tls_client_certificate_bound_access_tokens"] = true
		metadata["mtls_endpoint_aliases"] = map[string]string{
			"token_endpoint": p.card + pathToken, "userinfo_endpoint": p.card + pathUserinfo, "revocation_endpoint": p.card + pathRevoke,
		}
	}
	writeJSON(w, http.StatusOK, metadata)
}

func (p *Provider) serveKeys(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, p.keys.public)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away needs no answer
}
