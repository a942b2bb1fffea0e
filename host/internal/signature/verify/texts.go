package verify

import (
	"fmt"
	"time"

	"raccordo/host/internal/wire"
)

// The words for a doctor. Each finding has a clause, without capital and full
// stop, which follows a colon in the sentence of the verdict; the full text of the
// notice; what to do about it. Impersonal, no jargon that does not stand in the
// document's own papers.

// finding is one thing that a check came to.
type finding struct {
	verdict wire.Verdict // that it forces; valid: it is only told
	code    string
	clause  string
	text    string
	remedy  string
}

func (f finding) notice() wire.Notice {
	return wire.Notice{Code: f.code, Text: f.text, Remedy: f.remedy}
}

const (
	again   = "Chiedere a chi ha firmato di firmare di nuovo il documento."
	inform  = "Segnalare il caso a chi gestisce il PC."
	compare = "Se serve una conferma, verificare il documento anche con il servizio del proprio fornitore di firma."
)

func changed() finding {
	return finding{wire.VerdictInvalid, "changed", "il documento è stato modificato dopo la firma",
		"Il documento non è più quello che è stato firmato.", "Non usare il documento. " + again}
}

func wrongValue() finding {
	return finding{wire.VerdictInvalid, "signature_wrong", "la firma non corrisponde al certificato di chi risulta averla apposta",
		"La firma non corrisponde al certificato che dichiara, oppure è stata alterata.", "Non usare il documento. " + again}
}

func malformed() finding {
	return finding{wire.VerdictInvalid, "signature_malformed", "la firma è danneggiata",
		"La firma è danneggiata o non rispetta le regole del suo formato.", again}
}

func noSigner() finding {
	return finding{wire.VerdictUnknown, "signer_missing", "la firma non contiene il certificato di chi ha firmato",
		"La firma non contiene il certificato di chi ha firmato: non si può sapere di chi è.", again}
}

func weak() finding {
	return finding{wire.VerdictUnknown, "algorithm_weak", "la firma usa un algoritmo che non è più sicuro",
		"La firma usa un algoritmo o una chiave che non sono più considerati sicuri: da soli non bastano a dimostrare chi ha firmato.", again}
}

func unsupported() finding {
	return finding{wire.VerdictUnknown, "algorithm_unknown", "la firma usa un algoritmo che qui non si può controllare",
		"La firma usa un algoritmo che qui non si può controllare.", compare}
}

func part() finding {
	return finding{wire.VerdictUnknown, "part", "la firma non riguarda tutto il documento",
		"La firma riguarda solo una parte del documento: il resto potrebbe essere di chiunque.", "Chiedere un documento firmato per intero."}
}

func addition() finding {
	return finding{wire.VerdictUnknown, "added", "dopo la firma al documento è stato aggiunto qualcosa",
		"Dopo questa firma al documento è stato aggiunto qualcosa che la firma non riguarda.", "Confrontare il documento con la versione firmata, o chiederne una copia a chi lo ha firmato."}
}

func revision() finding {
	return finding{wire.VerdictValid, "revision", "",
		"Dopo questa firma sono state aggiunte solo altre firme, o le loro prove.", ""}
}

func stampOnly() finding {
	return finding{wire.VerdictValid, "timestamp_only", "",
		"È una marca temporale: prova che il documento esisteva già in quel momento, e non è la firma di una persona.", ""}
}

func innerUnread() finding {
	return finding{wire.VerdictUnknown, "inner_unreadable", "il documento firmato contiene a sua volta una firma che non si può leggere",
		"Il documento firmato contiene a sua volta una firma, che non si può leggere.", compare}
}

func innerSkipped() finding {
	return finding{wire.VerdictValid, "inner_skipped", "",
		"Il documento firmato non si è potuto aprire per cercarvi altre firme.", ""}
}

func qualifiedUnconfirmed() finding {
	return finding{wire.VerdictValid, "qualified_unconfirmed", "",
		"Il certificato si dichiara qualificato, ma gli elenchi di fiducia non indicano la sua autorità come qualificata.", ""}
}

func noTrust() finding {
	return finding{wire.VerdictUnknown, "trust_missing", "su questo PC non ci sono elenchi di fiducia con cui controllare il certificato",
		"Su questo PC non ci sono elenchi di fiducia: l'autorità che ha rilasciato il certificato non si può controllare.", inform}
}

func untrusted(issuer string) finding {
	return finding{wire.VerdictUnknown, "authority_unknown", "l'autorità che ha rilasciato il certificato non è negli elenchi di fiducia",
		fmt.Sprintf("L'autorità «%s», che ha rilasciato il certificato, non è negli elenchi di fiducia di questo PC.", issuer),
		"Controllare da chi proviene il documento. Se l'autorità è riconosciuta, chi gestisce il PC può aggiornare gli elenchi."}
}

func withdrawn(since time.Time) finding {
	return finding{wire.VerdictUnknown, "authority_withdrawn", "l'autorità che ha rilasciato il certificato non era riconosciuta in quel momento",
		fmt.Sprintf("L'autorità che ha rilasciato il certificato non è più riconosciuta dal %s, e nulla prova che la firma sia precedente.", day(since)), again}
}

func notYetListed(since time.Time) finding {
	return finding{wire.VerdictUnknown, "authority_not_yet", "l'autorità che ha rilasciato il certificato non era ancora riconosciuta in quel momento",
		fmt.Sprintf("L'autorità che ha rilasciato il certificato è riconosciuta solo dal %s.", day(since)), again}
}

func authorityRevoked() finding {
	return finding{wire.VerdictUnknown, "authority_revoked", "il certificato dell'autorità che lo ha rilasciato è stato revocato",
		"Il certificato dell'autorità che ha rilasciato quello di chi firma è stato revocato.", again}
}

func revokedBefore(at time.Time) finding {
	return finding{wire.VerdictInvalid, "revoked", "il certificato era già stato revocato",
		fmt.Sprintf("Il certificato è stato revocato il %s, prima della firma.", moment(at)), "Non usare il documento. " + again}
}

func revokedUnproven(at time.Time) finding {
	return finding{wire.VerdictUnknown, "revoked_unproven", "il certificato è stato revocato e nulla prova che la firma sia precedente",
		fmt.Sprintf("Il certificato è stato revocato il %s e nulla prova che la firma sia precedente: manca una marca temporale.", moment(at)), again}
}

func revokedStamped(at time.Time) finding {
	return finding{wire.VerdictUnknown, "revoked_unproven", "quando la marca temporale è stata apposta il certificato era già stato revocato",
		fmt.Sprintf("Il certificato è stato revocato il %s; la marca temporale è successiva e non prova che la firma sia precedente.", moment(at)), again}
}

func suspended(at time.Time) finding {
	return finding{wire.VerdictUnknown, "suspended", "il certificato è sospeso",
		fmt.Sprintf("Il certificato è sospeso dal %s: finché la sospensione dura la firma non ha valore.", moment(at)), "Verificare di nuovo più tardi, o chiedere a chi ha firmato."}
}

func revokedSince(at time.Time) finding {
	return finding{wire.VerdictValid, "revoked_since", "",
		fmt.Sprintf("Il certificato è stato revocato il %s, dopo la firma: la firma resta valida.", moment(at)), ""}
}

func revocationUnknown() finding {
	return finding{wire.VerdictUnknown, "revocation_unknown", "non si è potuto sapere se il certificato è stato revocato",
		"L'autorità non ha risposto, o ha risposto in modo inutilizzabile: non si sa se il certificato è stato revocato.", "Verificare la rete e riprovare più tardi."}
}

func authorityUnknown() finding {
	return finding{wire.VerdictUnknown, "authority_revocation_unknown", "non si è potuto sapere se il certificato dell'autorità è stato revocato",
		"Non si è potuto sapere se il certificato dell'autorità che ha rilasciato quello di chi firma è stato revocato.", "Verificare la rete e riprovare più tardi."}
}

func revocationNotChecked() finding {
	return finding{wire.VerdictUnknown, "revocation_not_checked", "non si è controllato se il certificato è stato revocato",
		"Non si è controllato se il certificato è stato revocato.", "Ripetere la verifica con il PC in rete."}
}

func expiredBefore(at time.Time) finding {
	return finding{wire.VerdictInvalid, "expired", "il certificato era già scaduto",
		fmt.Sprintf("Il certificato è scaduto il %s, prima della firma.", day(at)), again}
}

func expiredUnproven(at time.Time) finding {
	return finding{wire.VerdictUnknown, "expired_unproven", "il certificato è scaduto e nulla prova che la firma sia precedente",
		fmt.Sprintf("Il certificato è scaduto il %s e nulla prova che la firma sia precedente: manca una marca temporale.", day(at)), again}
}

func expiredSince(at time.Time) finding {
	return finding{wire.VerdictValid, "expired_since", "",
		fmt.Sprintf("Il certificato è scaduto il %s; la marca temporale prova che la firma è precedente.", day(at)), ""}
}

func notYetValid(at time.Time) finding {
	return finding{wire.VerdictUnknown, "not_yet_valid", "il certificato non era ancora valido",
		fmt.Sprintf("Il certificato è valido solo dal %s.", day(at)), "Controllare la data e l'ora del PC; altrimenti: " + again}
}

func wrongUsage() finding {
	return finding{wire.VerdictUnknown, "usage", "il certificato non è fatto per firmare documenti",
		"Il certificato non è fatto per firmare documenti.", again}
}

func authentication() finding {
	return finding{wire.VerdictValid, "authentication_certificate", "",
		"Il certificato serve ad autenticarsi e non a firmare: la firma non ha il valore di una firma digitale.", ""}
}

func notQualified() finding {
	return finding{wire.VerdictValid, "not_qualified", "",
		"Il certificato non è qualificato: la firma è elettronica, ma non ha da sola il valore di una firma autografa.", ""}
}

func stampBroken() finding {
	return finding{wire.VerdictValid, "timestamp_broken", "",
		"La marca temporale non è valida e non se ne è tenuto conto.", ""}
}

func stampUntrusted(authority string) finding {
	return finding{wire.VerdictValid, "timestamp_untrusted", "",
		fmt.Sprintf("La marca temporale è di «%s», che non è un'autorità riconosciuta in quel momento: non se ne è tenuto conto.", authority), ""}
}

func claimedLater() finding {
	return finding{wire.VerdictValid, "claimed_later", "",
		"L'ora dichiarata da chi ha firmato è nel futuro: il suo orologio, o quello di questo PC, è sbagliato.", "Controllare la data e l'ora del PC."}
}

func outdated(name string, at time.Time) finding {
	text := fmt.Sprintf("L'elenco di fiducia «%s» andava aggiornato entro il %s.", name, day(at))
	if at.IsZero() {
		text = fmt.Sprintf("L'elenco di fiducia «%s» è stato chiuso da chi lo pubblica.", name)
	}
	return finding{wire.VerdictValid, "trust_outdated", "", text, inform}
}

var months = [...]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
	"luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}

// day is a date of this PC's time zone.
func day(t time.Time) string {
	t = t.Local()
	return fmt.Sprintf("%d %s %d", t.Day(), months[t.Month()-1], t.Year())
}

func moment(t time.Time) string {
	return fmt.Sprintf("%s alle %s", day(t), t.Local().Format("15:04"))
}
