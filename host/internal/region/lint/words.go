package lint

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"raccordo/host/internal/region"
)

// italian says what is wrong and what would be right.
func italian(f *region.Fault) string {
	switch f.Wrong {
	case region.WrongMissing:
		return f.Key + " manca: senza, il profilo non funziona (se può darlo solo la Regione, status = \"adhesion\")"
	case region.WrongWord:
		return f.Key + " è " + quote(f.Value) + ": questa versione conosce solo " + strings.Join(f.Allowed, ", ")
	case region.WrongID:
		return "il nome del file, " + quote(f.Value) + ", può avere solo lettere minuscole, cifre e trattini (al massimo 32)"
	case region.WrongCode:
		return f.Key + " è " + quote(f.Value) + ": deve avere tre cifre, come \"090\""
	case region.WrongLimit:
		return f.Key + " è fuori misura: da " + strings.Join(f.Allowed, " a ")
	case region.WrongWays:
		return "mancano sia [card] sia [cloud]: il profilo non dice come ci si collega"
	case region.WrongOID:
		return f.Key + ": " + quote(f.Value) + " non è un identificativo di policy, come \"1.3.76.16.2.1\""
	case region.WrongScopes:
		return f.Key + " non comprende openid: non si saprebbe chi si è collegato"
	case region.WrongAddress:
		return f.Key + " è " + quote(f.Value) + ": serve un indirizzo https senza utente, parametri (?) e frammento (#)"
	case region.WrongName:
		return f.Key + " è " + quote(f.Value) + ": può avere solo lettere minuscole, cifre e trattini (al massimo 32)"
	case region.WrongTwice:
		return f.Key + ": " + quote(f.Value) + " è già il nome di un altro servizio"
	case region.WrongPath:
		return f.Key + " è " + quote(f.Value) + ": la forma è \"GET credentials/{credentialID}\""
	}
	return f.Key + " non va"
}

// undecoded explains a file that is no profile at all.
func (r *Report) undecoded(err error) {
	var strict *toml.StrictMissingError
	var one *toml.DecodeError
	switch {
	case errors.As(err, &strict):
		for _, e := range strict.Errors {
			line, _ := e.Position()
			r.fault(line, "chiave sconosciuta: "+strings.Join(e.Key(), "."))
		}
	case errors.As(err, &one):
		line, column := one.Position()
		if key := strings.Join(one.Key(), "."); key != "" {
			r.fault(line, key+" ha un valore del tipo sbagliato, o non valido ("+strings.TrimPrefix(one.Error(), "toml: ")+")")
			return
		}
		r.fault(line, "non è TOML, colonna "+decimal(column)+" ("+strings.TrimPrefix(one.Error(), "toml: ")+")")
	default:
		r.fault(0, err.Error())
	}
}

func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "non esiste"
	case errors.Is(err, fs.ErrPermission):
		return "accesso negato"
	}
	return err.Error()
}
