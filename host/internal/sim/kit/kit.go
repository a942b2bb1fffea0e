// Package kit holds recorded envelopes of the ministry's services against the
// ministry's own schemas, by xmllint. The schemas (MEF/Sogei, kit of the
// prescriber's services) are somebody else's and not part of this tree: whoever
// has them names their folder, with its subfolders, in the environment variable
// RACCORDO_SAC_KIT.
package kit

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Variable names the folder of the schemas.
const Variable = "RACCORDO_SAC_KIT"

const soap = "http://schemas.xmlsoap.org/soap/envelope/"

// fault is the body of an envelope that no schema of the ministry describes.
var fault = xml.Name{Space: soap, Local: "Fault"}

// Count is how many envelopes there were of each kind, by the name of what
// their body holds.
type Count map[string]int

// Validate reads every *.xml of the folder recorded. Each must be an envelope
// (SOAP 1.1) whose body holds one element that a schema describes, and be valid
// by it. Without schemas, a folder "", xmllint is asked for well-formedness only.
func Validate(ctx context.Context, schemas, recorded string) (Count, error) {
	files, err := filepath.Glob(filepath.Join(recorded, "*.xml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("nothing recorded in %s", recorded)
	}
	by := map[xml.Name][]string{}
	count := Count{}
	for _, f := range files {
		name, err := bodyOf(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(f), err)
		}
		by[name] = append(by[name], f)
		count[name.Local]++
	}
	if schemas == "" {
		return count, lint(ctx, nil, files)
	}
	aside, err := os.MkdirTemp("", "kit")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(aside)
	described, err := unpack(schemas, aside)
	if err != nil {
		return nil, err
	}
	var all []error
	for name, files := range by {
		schema, known := described[name]
		if !known && name != fault {
			all = append(all, fmt.Errorf("%s: no schema describes %s", filepath.Base(files[0]), name.Local))
			continue
		}
		around, err := wrap(aside, name, schema)
		if err != nil {
			return nil, err
		}
		all = append(all, lint(ctx, []string{"--schema", around}, files))
	}
	return count, errors.Join(all...)
}

// lint gives xmllint a hundred files at a time.
func lint(ctx context.Context, options, files []string) error {
	for some := range slices.Chunk(files, 100) {
		args := slices.Concat([]string{"--noout", "--nonet", "--huge"}, options, some)
		out, err := exec.CommandContext(ctx, "xmllint", args...).CombinedOutput()
		if err == nil {
			continue
		}
		var complaints []string
		for line := range strings.Lines(string(out)) {
			if !strings.HasSuffix(strings.TrimSpace(line), " validates") && len(complaints) < 20 {
				complaints = append(complaints, line)
			}
		}
		return fmt.Errorf("xmllint %s: %w\n%s", strings.Join(options, " "), err, strings.Join(complaints, ""))
	}
	return nil
}

// bodyOf is the name of the one element in an envelope's body.
func bodyOf(file string) (xml.Name, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return xml.Name{}, err
	}
	in := xml.NewDecoder(bytes.NewReader(text))
	var path []xml.Name
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return xml.Name{}, errors.New("no envelope with a body")
		}
		if err != nil {
			return xml.Name{}, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if slices.Equal(path, []xml.Name{{Space: soap, Local: "Envelope"}, {Space: soap, Local: "Body"}}) {
				return token.Name, nil
			}
			path = append(path, token.Name)
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}
