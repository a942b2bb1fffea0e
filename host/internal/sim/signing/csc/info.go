package csc

import (
	"net/http"
	"slices"
)

// methods are those of a version. Those of OAuth are named in info and live
// elsewhere.
func methods(v2 bool) map[string]method {
	if v2 {
		return map[string]method{
			"info":                          {true, (*Service).infoV2},
			"auth/login":                    {true, (*Service).login},
			"auth/revoke":                   {false, (*Service).revoke},
			"credentials/list":              {false, (*Service).listV2},
			"credentials/info":              {false, (*Service).credentialInfo},
			"credentials/authorize":         {false, (*Service).authorizeV2},
			"credentials/authorizeCheck":    {false, (*Service).authorizeCheck},
			"credentials/extendTransaction": {false, (*Service).extend},
			"credentials/getChallenge":      {false, (*Service).getChallenge},
			"signatures/signHash":           {false, (*Service).signHash},
			"signatures/signPolling":        {false, (*Service).signPolling},
		}
	}
	return map[string]method{
		"info":                          {true, (*Service).infoV1},
		"auth/login":                    {true, (*Service).login},
		"auth/revoke":                   {false, (*Service).revoke},
		"credentials/list":              {false, (*Service).listV1},
		"credentials/info":              {false, (*Service).credentialInfo},
		"credentials/authorize":         {false, (*Service).authorizeV1},
		"credentials/extendTransaction": {false, (*Service).extend},
		"credentials/sendOTP":           {false, (*Service).sendOTP},
		"signatures/signHash":           {false, (*Service).signHash},
	}
}

var oauthMethods = []string{"oauth2/authorize", "oauth2/token", "oauth2/revoke"}

// offered tells whether the settings leave a method in.
func (s *Service) offered(name string) bool {
	settings := s.vault.Settings()
	switch name {
	case "credentials/extendTransaction":
		return !settings.NoExtend
	case "auth/login":
		return !settings.OAuthOnly
	}
	return true
}

func (s *Service) names(v2 bool, more ...string) []string {
	var all []string
	for name := range methods(v2) {
		if name != "info" && s.offered(name) {
			all = append(all, name)
		}
	}
	all = append(all, oauthMethods...)
	all = append(all, more...)
	slices.Sort(all)
	return all
}

// info is what both versions say.
type info struct {
	Specs       string   `json:"specs"`
	Name        string   `json:"name"`
	Logo        string   `json:"logo"`
	Region      string   `json:"region"`
	Lang        string   `json:"lang"`
	Description string   `json:"description"`
	AuthType    []string `json:"authType"`
	OAuth2      string   `json:"oauth2,omitempty"`
	Methods     []string `json:"methods"`
}

func (s *Service) info(specs string, methods []string) info {
	types := []string{"basic", "oauth2code", "oauth2client"}
	if s.vault.Settings().OAuthOnly {
		types = types[1:]
	}
	return info{
		Specs: specs, Name: "Firma remota simulata", Logo: s.base + "/logo.png", Region: "IT", Lang: "it-IT",
		Description: "SIMULATORE: firme che non valgono nulla", AuthType: types, OAuth2: s.base, Methods: methods,
	}
}

func (s *Service) infoV1(c *call) (any, error) {
	if _, err := c.body.text("lang"); err != nil {
		return nil, invalid("Invalid parameter lang")
	}
	return s.info(s.vault.Settings().Specs, s.names(false)), nil
}

type infoV2 struct {
	info
	Issuer     string `json:"oauth2Issuer,omitempty"`
	Async      bool   `json:"asynchronousOperationMode"`
	Validation bool   `json:"validationInfo"`
	Algorithms struct {
		Algos  []string `json:"algos"`
		Params []string `json:"algoParams"`
	} `json:"signAlgorithms"`
	Formats struct {
		Formats    []string   `json:"formats"`
		Properties [][]string `json:"envelope_properties"`
	} `json:"signature_formats"`
	Levels []string `json:"conformance_levels"`
}

func (s *Service) infoV2(c *call) (any, error) {
	if _, err := c.body.text("lang"); err != nil {
		return nil, invalid("Invalid parameter lang")
	}
	a := infoV2{info: s.info("2.0.0.0", s.names(true, "oauth2/pushed_authorize")), Async: true}
	if s.vault.Settings().IssuerOnly {
		a.OAuth2, a.Issuer = "", s.base
	}
	a.Algorithms.Algos = slices.Concat(algosRSA, algosEC)
	a.Algorithms.Params = make([]string, len(a.Algorithms.Algos))
	a.Formats.Formats, a.Formats.Properties, a.Levels = []string{}, [][]string{}, []string{} // signDoc is not offered
	return a, nil
}

// Logo is what info's logo points to: one grey pixel.
func Logo(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc\xa8\x07\x00\x00\x81\x00\x81\x9b\x92\x1c\x0e\x00\x00\x00\x00IEND\xaeB`\x82"))
}
