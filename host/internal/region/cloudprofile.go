package region

import "raccordo/host/internal/region/oidc"

// Cloud is the way in without the card.
type Cloud struct {
	Driver     string      `toml:"driver" jsonschema:"enum=oidc,enum=id-sessione"` // oidc: the region's login page; id-sessione: Sistema TS
	Endpoints  Endpoints   `toml:"endpoints"`
	OIDC       oidc.Config `toml:"oidc"`        // with driver oidc
	IDSessione IDSessione  `toml:"id_sessione"` // with driver id-sessione
}

// IDSessione is the service of Sistema TS that gives and checks the second
// factor (MEF, "Web service per la gestione dell'ID-SESSIONE", 2 Sep 2025).
type IDSessione struct {
	Endpoint    string `toml:"endpoint" jsonschema:"pattern=^(https://[^?#@]+)?$"`
	Context     string `toml:"context"`
	Application string `toml:"application"`
}

// defaults are what most regions want.
func (c *Cloud) defaults() {
	set := func(at *string, value string) {
		if *at == "" {
			*at = value
		}
	}
	switch c.Driver {
	case DriverOIDC:
		set(&c.OIDC.Redirect, "extension")
		set(&c.OIDC.Tokens, "bearer")
		set(&c.OIDC.CFClaim, "fiscal_number")
		if c.OIDC.Scopes == nil {
			c.OIDC.Scopes = []string{"openid"}
		}
	case DriverIDSessione:
		set(&c.IDSessione.Context, "RICETTA-DEM")
		set(&c.IDSessione.Application, "PRESCRITTORE")
	}
}
