package pdftest

import (
	"os"
	"path/filepath"
	"testing"

	"raccordo/host/internal/sim/signtest"
)

// Made runs a program that writes a file.
func Made(t testing.TB, program string, args func(dir, out string) []string) []byte {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "out.pdf")
	signtest.Holds(t, program, args(dir, out)...)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Write writes a file and returns its path.
func Write(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Ghostscript makes a document of PostScript.
func Ghostscript(t testing.TB, page string) []byte {
	t.Helper()
	return Made(t, "gs", func(dir, out string) []string {
		return []string{"-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-sOutputFile=" + out, Write(t, dir, "in.ps", []byte(page))}
	})
}

// Cairo makes a document of SVG.
func Cairo(t testing.TB, image string) []byte {
	t.Helper()
	return Made(t, "rsvg-convert", func(dir, out string) []string {
		return []string{"-f", "pdf", "-o", out, Write(t, dir, "in.svg", []byte(image))}
	})
}

// Chromium prints a page of HTML.
func Chromium(t testing.TB, page string) []byte {
	t.Helper()
	return Made(t, "chromium", func(dir, out string) []string {
		return []string{"--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + filepath.Join(dir, "profile"),
			"--no-pdf-header-footer", "--print-to-pdf=" + out, "file://" + Write(t, dir, "in.html", []byte(page))}
	})
}

// QPDF rewrites a document.
func QPDF(t testing.TB, doc []byte, args ...string) []byte {
	t.Helper()
	return Made(t, "qpdf", func(dir, out string) []string {
		return append(args, Write(t, dir, "in.pdf", doc), out)
	})
}
