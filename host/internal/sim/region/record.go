package region

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// recorder writes the exchanges of the SOAP services into a folder, whole and
// unmasked, for an independent validator: NNNNNN-service-richiesta.xml beside
// -risposta.xml or, for a SOAP fault, -fault.xml.
type recorder struct {
	dir  string
	last atomic.Int64
}

func (c *recorder) keep(service Service, request []byte, answer string) error {
	if c == nil {
		return nil
	}
	base := filepath.Join(c.dir, fmt.Sprintf("%06d-%s-", c.last.Add(1), service))
	kind := "risposta"
	if strings.Contains(answer, "<faultcode>") {
		kind = "fault"
	}
	if err := os.WriteFile(base+"richiesta.xml", request, 0o600); err != nil {
		return err
	}
	return os.WriteFile(base+kind+".xml", []byte(answer), 0o600)
}
