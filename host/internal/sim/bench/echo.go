package bench

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"embed"
	"encoding/json"
	"os"
	"path/filepath"

	"raccordo/host/internal/sim/browser"
)

// echo holds the scripts of a bare extension: page → service worker → native
// host and back, and nothing else.
//
//go:embed echo/*.js
var echo embed.FS

const echoHost = "it.raccordo.eco"

// echoBrowser starts a browser of its own with the bare extension, on the same
// clinic.
func (b *bench) echoBrowser(ctx context.Context) (*browser.Browser, error) {
	dir := filepath.Join(b.lab.Dir, "eco")
	profile, extension := filepath.Join(dir, "browser"), filepath.Join(dir, "extension")
	if err := os.MkdirAll(extension, 0o755); err != nil {
		return nil, err
	}
	if err := os.CopyFS(extension, echo); err != nil {
		return nil, err
	}
	key, id, err := identity()
	if err != nil {
		return nil, err
	}
	if err := writeJSON(filepath.Join(extension, "manifest.json"), map[string]any{
		"manifest_version": 3, "name": "Eco", "version": "1", "key": key, "permissions": []string{"nativeMessaging"},
		"background":      map[string]any{"service_worker": "echo/background.js"},
		"content_scripts": []map[string]any{{"matches": []string{"https://clinica-demo.localhost/*"}, "js": []string{"echo/content.js"}}},
	}); err != nil {
		return nil, err
	}
	hosts := filepath.Join(profile, "NativeMessagingHosts")
	if err := os.MkdirAll(hosts, 0o755); err != nil {
		return nil, err
	}
	if err := writeJSON(filepath.Join(hosts, echoHost+".json"), map[string]any{
		"name": echoHost, "description": "Eco", "path": filepath.Join(b.bin, "bench", "minimal"), "type": "stdio",
		"allowed_origins": []string{"chrome-extension://" + id + "/"},
	}); err != nil {
		return nil, err
	}
	return browser.Start(ctx, browser.Options{
		UserDataDir: profile, Headless: true, Env: b.lab.Env(), Extension: extension,
		TrustSPKI: []string{browser.SPKI(b.lab.Clinic.Certificate)},
	})
}

// identity makes a key for an extension's manifest and the id that Chromium
// derives of it: half of the SHA-256, each hexadecimal digit as a letter a–p.
func identity() (key []byte, id string, err error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, "", err
	}
	if key, err = x509.MarshalPKIXPublicKey(&private.PublicKey); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(key)
	for _, octet := range sum[:16] {
		id += string([]byte{'a' + octet>>4, 'a' + octet&15})
	}
	return key, id, nil
}

func writeJSON(file string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(file, body, 0o644)
}
