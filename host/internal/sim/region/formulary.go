package region

import (
	"regexp"
	"strconv"
	"strings"
)

// substance is what the simulated formulary knows of an active substance: the
// rule that its prescription meets. One or two for each rule are enough.
type substance struct {
	name     string
	narcotic bool   // section A, pain therapy: posology and address in the notes (note STUP)
	note     bool   // at the health service's expense only with an AIFA note
	plan     bool   // only with an AIFA therapeutic plan, testata1 PT=…;
	refuse   string // code it is always refused with
	lacking  string // field that must be filled, code if it is not
	code     string
}

var formulary = []substance{
	{name: "ATORVASTATINA", note: true}, {name: "SIMVASTATINA", note: true}, {name: "ROSUVASTATINA", note: true}, {name: "PRAVASTATINA", note: true},
	{name: "MORFINA", narcotic: true}, {name: "OSSICODONE", narcotic: true}, {name: "FENTANIL", narcotic: true},
	{name: "DABIGATRAN", plan: true}, {name: "RIVAROXABAN", plan: true}, {name: "SOMATROPINA", plan: true},
	{name: "ARNICA OMEOPATICA", refuse: "1194"}, {name: "LORAZEPAM", refuse: "1219"},
	{name: "ISOTRETINOINA", lacking: "motivazNote", code: "1195"},
	{name: "FARMACO A RIPETIBILITA' NON NOTA", refuse: "1208"},
}

func substanceOf(item map[string]string) substance {
	description := strings.ToUpper(item["descrProdPrest"] + " " + item["descrGruppoEquival"])
	for _, s := range formulary {
		if strings.Contains(description, s.name) {
			return s
		}
	}
	return substance{}
}

// checkSubstance holds one drug against the formulary.
func checkSubstance(number int, item map[string]string) (list []remark) {
	s, at := substanceOf(item), strconv.Itoa(number)
	add := func(code string) { list = append(list, remark{code, codeTexts[code], at, blocking}) }
	if s.note && item["notaProd"] == "" {
		add("1176")
	}
	if s.narcotic && strings.TrimSpace(item["motivazNote"]) == "" {
		add("1190")
	}
	if s.refuse != "" {
		add(s.refuse)
	}
	if s.lacking != "" && item[s.lacking] == "" {
		add(s.code)
	}
	return list
}

var planForm = regexp.MustCompile(`(?:^|;)PT=([^;]+);`)

// plans are protocols of therapeutic plans that exist but do not serve; those
// that end in 000 do not exist, all others do.
var plans = map[string]string{"9999": "1328", "8888": "1338"}

// checkTogether holds the drugs of a prescription against each other: narcotics
// go alone (1185), a therapeutic plan counts for the whole of it.
func checkTogether(p prescription) (list []remark) {
	if p.Fields["tipoPrescrizione"] != "F" {
		return nil
	}
	narcotics, planned := 0, false
	for _, item := range p.Items {
		s := substanceOf(item)
		planned = planned || s.plan
		if s.narcotic {
			narcotics++
		}
	}
	if narcotics > 0 && narcotics < len(p.Items) {
		list = append(list, refuse("1185"))
	}
	protocol := planForm.FindStringSubmatch(p.Fields["testata1"])
	switch {
	case protocol == nil && planned:
		list = append(list, refuse("1321"))
	case protocol == nil:
	case plans[protocol[1]] != "":
		list = append(list, refuse(plans[protocol[1]]))
	case strings.HasSuffix(protocol[1], "000"):
		list = append(list, refuse("1322"))
	}
	return list
}
