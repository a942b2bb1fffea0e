package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// MaxList is the largest list that is read, in bytes. The largest ones of the
// Union have about 5 MiB.
const MaxList = 16 << 20

// Limits of what is read: lists are six elements deeper than their services,
// and the largest have a hundred thousand elements.
const (
	maxDepth  = 48
	maxTokens = 4 << 20
)

// document is a list as its schema has it (TS 119 612, annex C).
type document struct {
	XMLName   xml.Name   `xml:"http://uri.etsi.org/02231/v2# TrustServiceStatusList"`
	Scheme    scheme     `xml:"SchemeInformation"`
	Providers []provider `xml:"TrustServiceProviderList>TrustServiceProvider"`
}

type scheme struct {
	Sequence   int       `xml:"TSLSequenceNumber"`
	Operator   []name    `xml:"SchemeOperatorName>Name"`
	Territory  string    `xml:"SchemeTerritory"`
	Issued     string    `xml:"ListIssueDateTime"`
	NextUpdate string    `xml:"NextUpdate>dateTime"`
	Pointers   []pointer `xml:"PointersToOtherTSL>OtherTSLPointer"`
}

// pointer names a list and who signs it (section 5.3.13).
type pointer struct {
	Certificates []string `xml:"ServiceDigitalIdentities>ServiceDigitalIdentity>DigitalId>X509Certificate"`
	Territories  []string `xml:"AdditionalInformation>OtherInformation>SchemeTerritory"`
}

type provider struct {
	Name     []name  `xml:"TSPInformation>TSPName>Name"`
	Services []entry `xml:"TSPServices>TSPService"`
}

type entry struct {
	Now     instance   `xml:"ServiceInformation"`
	History []instance `xml:"ServiceHistory>ServiceHistoryInstance"`
}

type instance struct {
	Kind         string   `xml:"ServiceTypeIdentifier"`
	Name         []name   `xml:"ServiceName>Name"`
	Certificates []string `xml:"ServiceDigitalIdentity>DigitalId>X509Certificate"`
	Status       string   `xml:"ServiceStatus"`
	From         string   `xml:"StatusStartingTime"`
	Information  []string `xml:"ServiceInformationExtensions>Extension>AdditionalServiceInformation>URI"`
}

type name struct {
	Language string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	Text     string `xml:",chardata"`
}

// guard hands on the tokens of an XML document, but for those that a list has
// no need of: a document type could declare entities (external, or growing
// without end).
type guard struct {
	from          *xml.Decoder
	depth, tokens int
}

func (g *guard) Token() (xml.Token, error) {
	t, err := g.from.RawToken()
	if err != nil {
		return nil, err
	}
	if g.tokens++; g.tokens > maxTokens {
		return nil, errors.New("too many elements")
	}
	switch t.(type) {
	case xml.Directive:
		return nil, errors.New("a document type is not allowed")
	case xml.StartElement:
		if g.depth++; g.depth > maxDepth {
			return nil, errors.New("elements are nested too deeply")
		}
	case xml.EndElement:
		g.depth--
	}
	return t, nil
}

// parse reads a list. What it returns has not been checked for who signed it.
func parse(data []byte) (*document, error) {
	if len(data) > MaxList {
		return nil, fmt.Errorf("a list has at most %d bytes", MaxList)
	}
	var d document
	decoder := xml.NewTokenDecoder(&guard{from: xml.NewDecoder(bytes.NewReader(data))})
	if err := decoder.Decode(&d); err != nil {
		return nil, err
	}
	return &d, nil
}

// list is what the document says of itself.
func (d *document) list() (List, error) {
	l := List{Name: italian(d.Scheme.Operator), Territory: strings.TrimSpace(d.Scheme.Territory), Sequence: d.Scheme.Sequence}
	var err error
	if l.Issued, err = instant(d.Scheme.Issued); err != nil {
		return l, fmt.Errorf("ListIssueDateTime: %w", err)
	}
	if d.Scheme.NextUpdate != "" {
		if l.NextUpdate, err = instant(d.Scheme.NextUpdate); err != nil {
			return l, fmt.Errorf("NextUpdate: %w", err)
		}
	}
	return l, nil
}

// services are those that are of use here. One that can not be read is left
// out: it is not trusted, and the others are not its fault.
func (d *document) services() []*Service {
	var all []*Service
	for _, p := range d.Providers {
		for _, e := range p.Services {
			s, err := e.service()
			if err != nil || len(s.uses()) == 0 || len(s.certificates) == 0 {
				continue
			}
			s.Provider, s.Territory = italian(p.Name), strings.TrimSpace(d.Scheme.Territory)
			all = append(all, s)
		}
	}
	return all
}

func (e entry) service() (*Service, error) {
	s := &Service{Name: italian(e.Now.Name), certificates: certificates(e.Now.Certificates)}
	for _, i := range append([]instance{e.Now}, e.History...) {
		from, err := instant(i.From)
		if err != nil {
			return nil, fmt.Errorf("StatusStartingTime: %w", err)
		}
		s.periods = append(s.periods, newPeriod(i.Kind, i.Status, from, i.Information))
	}
	slices.SortStableFunc(s.periods, func(a, b period) int { return b.from.Compare(a.from) })
	return s, nil
}

// certificates reads base64; what is not a certificate is left out.
func certificates(texts []string) []*x509.Certificate {
	var all []*x509.Certificate
	for _, text := range texts {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			continue
		}
		if c, err := x509.ParseCertificate(der); err == nil {
			all = append(all, c)
		}
	}
	return all
}

// instant reads xs:dateTime. Lists are in UTC (section 5.1.5); one without zone
// is taken for that.
func instant(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if local, err := time.Parse("2006-01-02T15:04:05", text); err == nil {
			return local, nil
		}
	}
	return t.UTC(), err
}

// italian chooses a name by its language.
func italian(names []name) string {
	for _, language := range []string{"it", "en"} {
		for _, n := range names {
			if strings.EqualFold(n.Language, language) {
				return strings.TrimSpace(n.Text)
			}
		}
	}
	if len(names) > 0 {
		return strings.TrimSpace(names[0].Text)
	}
	return ""
}
