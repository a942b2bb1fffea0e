package verify

import (
	"fmt"
	"slices"
	"strings"

	"raccordo/host/internal/wire"
)

// rank orders verdicts, the worst last.
var rank = []wire.Verdict{wire.VerdictValid, wire.VerdictUnknown, wire.VerdictInvalid}

func worse(a, b wire.Verdict) wire.Verdict {
	return rank[max(slices.Index(rank, a), slices.Index(rank, b))]
}

// worst is the verdict of a document: that of its worst signature.
func worst(all []judged) wire.Verdict {
	verdict := wire.VerdictValid
	for _, j := range all {
		verdict = worse(verdict, j.Verdict)
	}
	return verdict
}

// sentence says the verdict as one would say it aloud.
func sentence(all []judged) string {
	verdict := worst(all)
	if verdict == wire.VerdictValid {
		return allValid(all)
	}
	i := slices.IndexFunc(all, func(j judged) bool { return j.Verdict == verdict })
	same := 0
	for _, j := range all {
		if j.Verdict == verdict {
			same++
		}
	}
	subject, clause := all[i].subject(), all[i].clause()
	if verdict == wire.VerdictInvalid {
		switch {
		case len(all) == 1:
			return fmt.Sprintf("%s non è valida: %s.", subject, clause)
		case same == 1:
			return fmt.Sprintf("%s, una delle %d del documento, non è valida: %s.", subject, len(all), clause)
		case same == len(all):
			return fmt.Sprintf("Nessuna delle %d firme è valida; quella%s: %s.", len(all), of(all[i].Signer.Name), clause)
		}
		return fmt.Sprintf("Non sono valide %d delle %d firme; quella%s: %s.", same, len(all), of(all[i].Signer.Name), clause)
	}
	if all[i].Integrity == intact && all[i].Covers == "whole" {
		clause = "il documento non è stato modificato, ma " + clause
	}
	if len(all) == 1 {
		return fmt.Sprintf("Non si può dire se %s è valida: %s.", lower(subject), clause)
	}
	return fmt.Sprintf("Non si può dire se tutte le %d firme sono valide; per quella%s: %s.", len(all), of(all[i].Signer.Name), clause)
}

func allValid(all []judged) string {
	if len(all) == 1 {
		return fmt.Sprintf("%s è valida: il documento non è stato modificato dopo %s.", all[0].subject(), all[0].noun())
	}
	var names []string
	for _, j := range all {
		if name := j.Signer.Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return fmt.Sprintf("Le %d firme, di %s, sono valide: il documento non è stato modificato dopo l'ultima firma.", len(all), join(names))
}

// noun is what a row is, with its article.
func (j *judged) noun() string {
	if j.stamp {
		return "la marca temporale"
	}
	return "la firma"
}

func (j *judged) subject() string { return "L" + j.noun()[1:] + of(j.Signer.Name) }

func lower(subject string) string { return "l" + subject[1:] }

func of(name string) string {
	if name == "" {
		return ""
	}
	return " di " + name
}

// maxNames are said in a sentence; the others are counted.
const maxNames = 4

func join(names []string) string {
	if len(names) > maxNames {
		names = append(slices.Clone(names[:maxNames-1]), fmt.Sprintf("altri %d", len(names)-maxNames+1))
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " e " + names[len(names)-1]
}
