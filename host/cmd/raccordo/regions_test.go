package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/region/lint"
)

func TestListRegions(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if err := listRegions(&out, []string{dir}, "toscana"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"* toscana      Regione Toscana – da completare all'adesione: cloud.endpoints.lots, ",
		"  simulata     Regione simulata – carta; pagina della Regione (SPID, CIE, CNS)\n",
		"  sistema-ts ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if err := listRegions(&out, nil, "atlantide"); err == nil || !strings.Contains(err.Error(), "atlantide") {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "rotta.toml"), []byte("name"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := listRegions(&out, []string{dir}, "toscana"); err == nil || !strings.Contains(err.Error(), "rotta.toml") {
		t.Error(err)
	}
}

func TestCheckRegions(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	waiting := write("attesa.toml", "name = \"A\"\ncode = \"090\"\nstatus = \"adhesion\"\n[cloud]\n")
	faulty := write("guasta.toml", "name = \"G\"\n")
	for name, tt := range map[string]struct {
		files []string
		want  int
	}{
		"incomplete":      {[]string{waiting}, lint.Incomplete},
		"faulty":          {[]string{faulty}, lint.Faulty},
		"the worst first": {[]string{faulty, waiting}, lint.Faulty},
		"the worst last":  {[]string{waiting, faulty}, lint.Faulty},
	} {
		var out bytes.Buffer
		got, err := checkRegions(&out, tt.files, nil, time.Now())
		if err != nil || got != tt.want || strings.Count(out.String(), ".toml –") != len(tt.files) {
			t.Errorf("%s: %d %v\n%s", name, got, err, out.String())
		}
	}
}

func TestCheckSheets(t *testing.T) {
	dir := folder(t, map[string]string{
		"buona.toml":  "name = \"B\"\n",
		"altra.toml":  "name = \"A\"\n[printing]\nrossa = \"nostra\"\nbianca = \"rossa\"\n",
		"nostra.toml": "kind = \"rossa\"\nwidth = \"larga\"\n",
	})
	good, other := filepath.Join(dir, "buona.toml"), filepath.Join(dir, "altra.toml")
	var out bytes.Buffer
	if n, err := checkSheets(&out, []string{good}, nil); n != 0 || err != nil || out.Len() > 0 {
		t.Errorf("%d %v %s", n, err, out.String())
	}
	if n, err := checkSheets(&out, []string{other}, nil); n != 2 || err != nil || !strings.Contains(out.String(), `printing.rossa: non c'è un modello "nostra"`) || !strings.Contains(out.String(), `printing.bianca`) {
		t.Errorf("%d %v %s", n, err, out.String())
	}
	out.Reset()
	sheets := filepath.Join(dir, "sheets")
	if err := os.Mkdir(sheets, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "nostra.toml"), filepath.Join(sheets, "nostra.toml")); err != nil {
		t.Fatal(err)
	}
	if n, err := checkSheets(&out, []string{good}, []string{sheets}); n != 1 || err != nil || !strings.Contains(out.String(), "nostra.toml") {
		t.Errorf("%d %v %s", n, err, out.String())
	}
}
