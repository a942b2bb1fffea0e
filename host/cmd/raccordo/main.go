// Command raccordo is the connector: the background agent, the child process
// that holds a PKCS#11 module, and the command line of the same engine.
package main

import (
	"errors"
	"fmt"
	"os"
	_ "time/tzdata" // Europe/Rome must be there on every PC

	"github.com/alecthomas/kong"
)

// version is set by the build (-ldflags -X).
var version = "0.0.0-dev"

// commands is the command line; field comments are its help.
type commands struct {
	Agent        agentCommand        `cmd:"" help:"Avvia il connettore in background."`
	Status       statusCommand       `cmd:"" help:"Mostra lo stato del collegamento."`
	Cards        cardsCommand        `cmd:"" help:"Mostra e prova lettori, carte e certificati."`
	Login        loginCommand        `cmd:"" help:"Collega alla regione: con la carta, o dalla sua pagina."`
	Logout       logoutCommand       `cmd:"" help:"Scollega dalla regione."`
	Sync         syncCommand         `cmd:"" help:"Chiede alla regione i dati di un assistito."`
	Send         sendCommand         `cmd:"" help:"Invia ricette."`
	Prescription prescriptionCommand `cmd:"" help:"Mostra, verifica, annulla, elenca le ricette presso la regione."`
	Outbox       outboxCommand       `cmd:"" help:"Mostra e gestisce le ricette in carico."`
	Sign         signCommand         `cmd:"" help:"Firma documenti con la carta o con la firma remota."`
	Verify       verifyCommand       `cmd:"" help:"Verifica le firme di documenti."`
	Print        printCommand        `cmd:"" help:"Stampa promemoria e documenti senza finestre; mostra e gestisce le stampe."`
	Printers     printersCommand     `cmd:"" help:"Mostra e imposta stampanti e profili di stampa."`
	Pincode      pincodeCommand      `cmd:"" help:"Conserva il pinCode di Sistema TS di un medico."`
	Sistemats    sistematsCommand    `cmd:"" help:"Conserva le credenziali di Sistema TS di un medico."`
	Regions      regionsCommand      `cmd:"" help:"Elenca e controlla i profili delle regioni."`
	Service      serviceCommand      `cmd:"" help:"Installa, rimuove, avvia, ferma o mostra il servizio."`
	Version      versionCommand      `cmd:"" help:"Mostra la versione."`
	CardWorker   cardWorkerCommand   `cmd:"" hidden:""`
}

func main() {
	if len(os.Args) < 2 {
		os.Args = append(os.Args, "--help")
	}
	cli := kong.Parse(&commands{}, kong.Name("raccordo"),
		kong.Description("Raccordo collega l'applicazione clinica del medico al cloud sanitario regionale."))
	if err := cli.Run(); err != nil {
		var e exit
		if errors.As(err, &e) {
			e.leave()
		}
		fmt.Fprintln(os.Stderr, "raccordo:", explain(err))
		os.Exit(1)
	}
}

type versionCommand struct{}

func (versionCommand) Run() error {
	fmt.Println("raccordo", version)
	return nil
}
