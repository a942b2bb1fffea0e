package verify

import (
	"testing"

	"raccordo/host/internal/wire"
)

func TestSentences(t *testing.T) {
	one := func(name string, findings ...finding) judged {
		j := judged{VerifiedSignature: wire.VerifiedSignature{Verdict: valid, Integrity: intact, Covers: "whole", Signer: wire.Signatory{Name: name}}}
		for _, f := range findings {
			if f.verdict == invalid {
				j.Integrity = broken
			}
			j.say(f)
		}
		return j
	}
	stamp := one("Marche temporali", stampOnly())
	stamp.stamp = true
	good := []judged{one("A"), one("B"), one("A"), one("C"), one("D"), one("E")}
	tests := []struct {
		name string
		all  []judged
		want string
	}{
		{"one", good[:1], "La firma di A è valida: il documento non è stato modificato dopo la firma."},
		{"nameless", []judged{one("")}, "La firma è valida: il documento non è stato modificato dopo la firma."},
		{"one person twice", []judged{one("A"), one("A")}, "Le 2 firme, di A, sono valide: il documento non è stato modificato dopo l'ultima firma."},
		{"many", good, "Le 6 firme, di A, B, C e altri 2, sono valide: il documento non è stato modificato dopo l'ultima firma."},
		{"one of two is broken", []judged{one("A"), one("B", changed())}, "La firma di B, una delle 2 del documento, non è valida: il documento è stato modificato dopo la firma."},
		{"both are broken", []judged{one("A", changed()), one("B", changed())}, "Nessuna delle 2 firme è valida; quella di A: il documento è stato modificato dopo la firma."},
		{"two of three are broken", []judged{one("A"), one("B", malformed()), one("C", changed())}, "Non sono valide 2 delle 3 firme; quella di B: la firma è danneggiata."},
		{"broken is worse than unsure", []judged{one("A", weak()), one("B", wrongValue())}, "La firma di B, una delle 2 del documento, non è valida: la firma non corrisponde al certificato di chi risulta averla apposta."},
		{"unsure", []judged{one("A", notQualified(), revocationNotChecked())}, "Non si può dire se la firma di A è valida: il documento non è stato modificato, ma non si è controllato se il certificato è stato revocato."},
		{"unsure of one of two", []judged{one("A"), one("B", weak())}, "Non si può dire se tutte le 2 firme sono valide; per quella di B: il documento non è stato modificato, ma la firma usa un algoritmo che non è più sicuro."},
		{"a time-stamp", []judged{stamp}, "La marca temporale di Marche temporali è valida: il documento non è stato modificato dopo la marca temporale."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sentence(tt.all); got != tt.want {
				t.Errorf("%s", got)
			}
		})
	}
}
