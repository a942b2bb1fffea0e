package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"raccordo/host/internal/wire"
)

type cardsCommand struct {
	List cardsListCommand `cmd:"" default:"withargs" help:"Elenca lettori, carte e certificati."`
	Test cardsTestCommand `cmd:"" help:"Prova la carta: chiede il PIN, firma un numero casuale e verifica la firma."`
}

type cardsListCommand struct {
	Watch bool `help:"Resta in ascolto e scrive una riga a ogni cambiamento."`
	JSON  bool `help:"Stampa in JSON; con --watch un oggetto per riga."`
}

func (c cardsListCommand) Run() error {
	if c.Watch {
		return c.watch()
	}
	var list wire.CardList
	if err := ask("card.list", wire.NoParams{}, &list); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(list)
	}
	for _, line := range describe(list) {
		fmt.Println(line)
	}
	return nil
}

func (c cardsListCommand) watch() error {
	conn, err := dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	if c.JSON {
		enc := json.NewEncoder(os.Stdout)
		return follow(conn, func(list wire.CardList) error { return enc.Encode(list) })
	}
	return follow(conn, printChanges(os.Stdout))
}

// printChanges writes the first state whole and then what differs.
func printChanges(out io.Writer) func(wire.CardList) error {
	var before *wire.CardList
	return func(now wire.CardList) error {
		lines := describe(now)
		if before != nil {
			lines = changes(*before, now)
		}
		before = &now
		for _, line := range lines {
			if _, err := fmt.Fprintln(out, line); err != nil {
				return err
			}
		}
		return nil
	}
}

type cardsTestCommand struct {
	Certificate string `help:"Impronta SHA-256 del certificato; senza, quello usato per il collegamento."`
}

func (c cardsTestCommand) Run() error {
	fmt.Fprintln(os.Stderr, "Se richiesto, inserire il PIN nella finestra di Raccordo.")
	var r wire.CardTestResult
	if err := ask("card.test", wire.CardTestParams{Certificate: c.Certificate}, &r); err != nil {
		return err
	}
	fmt.Printf("La carta funziona: firma %s verificata con il certificato %s… in %d ms.\n", r.Algorithm, r.Fingerprint[:min(12, len(r.Fingerprint))], r.TookMS)
	return nil
}
