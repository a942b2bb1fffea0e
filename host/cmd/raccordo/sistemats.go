package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"raccordo/host/internal/config"
	"raccordo/host/internal/engine"
	"raccordo/host/internal/ricetta"
)

type sistematsCommand struct {
	CodiceFiscale    string `arg:"" name:"codice-fiscale" help:"Codice fiscale del medico."`
	Utente           string `required:"" help:"Nome utente di Sistema TS."`
	Organizzazione   string `required:"" help:"Regione e ASL del medico, tre cifre ciascuna: per esempio 130202."`
	Specializzazione string `default:"F" help:"Codice della specializzazione, un carattere."`
	Stdin            bool   `help:"Legge la password dallo standard input invece di chiederla in una finestra."`
}

var organisation = regexp.MustCompile(`^[0-9]{6}$`)

// Run never takes the password from the command line, where every program of
// the PC could read it.
func (c sistematsCommand) Run() error {
	switch {
	case !ricetta.ValidCodiceFiscale(c.CodiceFiscale):
		return errors.New("il codice fiscale non è valido")
	case len(c.Utente) > 16:
		return errors.New("il nome utente ha più di 16 caratteri")
	case !organisation.MatchString(c.Organizzazione):
		return errors.New("regione e ASL sono sei cifre, per esempio 130202")
	case len(c.Specializzazione) != 1:
		return errors.New("la specializzazione è un carattere")
	}
	paths := config.DefaultPaths()
	conf, err := config.Load(paths)
	if err != nil {
		return err
	}
	password, err := secretText(conf, c.Stdin, "password di Sistema TS", "Inserire la password di Sistema TS del medico.", "Password:")
	if err != nil {
		return err
	}
	defer clear(password)
	if len(password) == 0 {
		return errors.New("la password è vuota")
	}
	text, err := json.Marshal(engine.Account{
		CodiceFiscale: c.CodiceFiscale, User: c.Utente, Password: string(password),
		Region: c.Organizzazione[:3], ASL: c.Organizzazione[3:], Specializzazione: c.Specializzazione,
	})
	if err != nil {
		return err
	}
	defer clear(text)
	store, err := openSecrets(paths, conf)
	if err != nil {
		return err
	}
	// The one of this doctor, and the one for whoever names no doctor.
	for _, name := range []string{engine.AccountName(c.CodiceFiscale), engine.AccountName("")} {
		if err := store.Put(name, text); err != nil {
			return err
		}
	}
	fmt.Println("Credenziali conservate.")
	return nil
}
