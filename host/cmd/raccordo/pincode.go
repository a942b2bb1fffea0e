package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"raccordo/host/internal/config"
	"raccordo/host/internal/engine"
	"raccordo/host/internal/logx"
	"raccordo/host/internal/prompt"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/secret"
)

type pincodeCommand struct {
	CodiceFiscale string `arg:"" name:"codice-fiscale" help:"Codice fiscale del medico."`
	Stdin         bool   `help:"Legge il pinCode dallo standard input invece di chiederlo in una finestra."`
}

// Run never takes the pinCode from the command line, where every program of
// the PC could read it.
func (c pincodeCommand) Run() error {
	if !ricetta.ValidCodiceFiscale(c.CodiceFiscale) {
		return errors.New("il codice fiscale non è valido")
	}
	paths := config.DefaultPaths()
	conf, err := config.Load(paths)
	if err != nil {
		return err
	}
	value, err := secretText(conf, c.Stdin, "pinCode Sistema TS", "Inserire il pinCode di Sistema TS del medico.", "pinCode:")
	if err != nil {
		return err
	}
	defer clear(value)
	if len(value) == 0 {
		return errors.New("il pinCode è vuoto")
	}
	store, err := openSecrets(paths, conf)
	if err != nil {
		return err
	}
	if err := store.Put(engine.PinCodeName(c.CodiceFiscale), value); err != nil {
		return err
	}
	fmt.Println("pinCode conservato.")
	return nil
}

// secretText reads a secret from a native window, or one line of the standard
// input.
func secretText(conf config.Config, stdin bool, title, question, label string) ([]byte, error) {
	if !stdin {
		return prompt.New(conf.Prompt, 2*time.Minute, logx.New(os.Stderr, "warn")).PIN(context.Background(), prompt.Request{
			Title: "Raccordo – " + title, Description: question, Label: label, OK: "Conserva",
		})
	}
	line, err := bufio.NewReader(os.Stdin).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// unlockTime is how long a command waits for the user to unlock the keyring.
const unlockTime = time.Minute

func openSecrets(paths config.Paths, conf config.Config) (*secret.Store, error) {
	k := secret.New(filepath.Join(paths.State, "secret"), secret.Options{Keyring: conf.Keyring, Wait: unlockTime})
	defer k.Close()
	return k.Open()
}
