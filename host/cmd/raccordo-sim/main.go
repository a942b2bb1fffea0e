// Command raccordo-sim is a practice and a region that do not exist: the
// simulated regional system with its test CA, a virtual CNS for a vpcd reader,
// a small clinical web application, the demo that joins them with Raccordo,
// and the benchmarks. It is a tool for developers and vendors and never part
// of the product.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata"

	"github.com/alecthomas/kong"
)

type commands struct {
	Demo      demoCommand      `cmd:"" help:"La mattina di un medico: carta, login, sincronizzazione, ricette, logout."`
	All       allCommand       `cmd:"" help:"Regione, carta e ambulatorio insieme, senza browser."`
	Region    regionCommand    `cmd:"" help:"La regione simulata."`
	Card      cardCommand      `cmd:"" help:"Una CNS virtuale per un lettore vpcd."`
	Clinic    clinicCommand    `cmd:"" help:"L'applicazione clinica dimostrativa."`
	Paper     paperCommand     `cmd:"" help:"Un servizio di stampa con stampanti che mettono i fogli in una cartella."`
	Bench     benchCommand     `cmd:"" help:"Misure, con termini di paragone nella stessa esecuzione."`
	Soak      soakCommand      `cmd:"" help:"Migliaia di login e firme: memoria, thread e descrittori non crescono."`
	Chaos     chaosCommand     `cmd:"" help:"Connettori uccisi e una regione disturbata: ogni ricetta deve arrivare una volta sola."`
	Bare      bareCommand      `cmd:"" hidden:""`
	BareLogin bareLoginCommand `cmd:"" hidden:""`
	BareSend  bareSendCommand  `cmd:"" hidden:""`
	SignPDF   signPDFCommand   `cmd:"" hidden:"" name:"sign-pdf"`
	Pinentry  pinentryCommand  `cmd:"" hidden:""`
}

func main() {
	if len(os.Args) < 2 {
		os.Args = append(os.Args, "--help")
	}
	cli := kong.Parse(&commands{}, kong.Name("raccordo-sim"),
		kong.Description("Regione, carta e ambulatorio simulati per Raccordo. SOLO PROVA."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cli.BindTo(ctx, (*context.Context)(nil))
	if err := cli.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "raccordo-sim:", err)
		os.Exit(1)
	}
}
