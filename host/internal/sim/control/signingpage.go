package control

import (
	"fmt"
	"net/http"
	"strings"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/signing/vault"
)

var signingTemplate = pageNamed("firma.html")

// operations are those that a refusal can be ordered for.
var operations = []string{
	"credentials/list", "credentials/info", "credentials/sendOTP", "credentials/getChallenge", "credentials/authorize", "credentials/authorizeCheck",
	"credentials/extendTransaction", "signatures/signHash", "signatures/signPolling", "auth/login", "auth/revoke", "info",
	"oauth2/authorize", "oauth2/token", "oauth2/revoke", "oauth2/pushed_authorize",
	"opensession", "signhash", "closesession", "sendCredential", "listCert",
}

type signingView struct {
	SigningState
	Phone      string
	Doctors    []anagrafe.Doctor
	Kinds      []string
	OrderKinds []orderKind
	Operations []string
	Actions    []signingAction
	Words      []string // orders to come
}

// orderKind is an order as people read it.
type orderKind struct{ Kind, Title string }

var orderKinds = []orderKind{
	{vault.Refuse, "Rifiuto, come qui sotto"},
	{vault.WrongOwner, "Firma di un'altra persona"},
	{vault.Spoiled, "Firma con un bit sbagliato"},
	{vault.OtherHash, "Firma di un'altra impronta"},
	{vault.StampRefused, "Marca temporale rifiutata"},
	{vault.StampNonce, "Marca temporale con un altro nonce"},
	{vault.StampImprint, "Marca temporale su un'altra impronta"},
}

// orderText is an order in words.
func orderText(o vault.Order) string {
	title := o.Kind
	for _, k := range orderKinds {
		if k.Kind == o.Kind {
			title, _, _ = strings.Cut(k.Title, ",")
		}
	}
	parts := []string{title}
	for _, part := range []string{o.Operation, o.Error, o.Description} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if o.Status != 0 {
		parts = append(parts, fmt.Sprintf("stato %d", o.Status))
	}
	return strings.Join(append(parts, fmt.Sprintf("ancora %d", o.Times)), " · ")
}

func (p panel) serveSigningPage(w http.ResponseWriter, _ *http.Request) {
	v := signingView{
		SigningState: p.signingState(), Phone: p.Signing.URL() + "/otp", Doctors: anagrafe.Doctors(),
		Kinds:      []string{vault.KindRSA, vault.KindEC, vault.KindOAuth, vault.KindExpired, vault.KindDisabled},
		OrderKinds: orderKinds, Operations: operations, Actions: signingActions,
	}
	for _, o := range v.Orders {
		v.Words = append(v.Words, orderText(o))
	}
	showTemplate(w, signingTemplate, v)
}
