package proxy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sys/windows/registry"
)

func TestReadKey(t *testing.T) {
	const path = `Software\Raccordo\test of the proxy`
	none, err := readKey(registry.CURRENT_USER, path)
	if err != nil || none.pac != "" || none.server != nil {
		t.Fatalf("%+v, %v", none, err)
	}
	k, _, err := registry.CreateKey(registry.CURRENT_USER, path, registry.ALL_ACCESS)
	if err != nil {
		t.Fatal(err)
	}
	defer registry.DeleteKey(registry.CURRENT_USER, path)
	defer k.Close()
	for name, value := range map[string]string{"ProxyServer": "10.0.0.1:8080", "ProxyOverride": "*.asl.it;<local>"} {
		if err := k.SetStringValue(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := readKey(registry.CURRENT_USER, path); err != nil || got.server != nil {
		t.Errorf("not enabled: %+v, %v", got, err)
	}
	if err := k.SetDWordValue("ProxyEnable", 1); err != nil {
		t.Fatal(err)
	}
	if err := k.SetStringValue("AutoConfigURL", "http://wpad.asl.it/proxy.pac"); err != nil {
		t.Fatal(err)
	}
	got, err := readKey(registry.CURRENT_USER, path)
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		pac: "http://wpad.asl.it/proxy.pac", except: []string{"*.asl.it", "<local>"},
		server: map[string]string{"http": "10.0.0.1:8080", "https": "10.0.0.1:8080"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(settings{}), cmpopts.IgnoreFields(settings{}, "env")); diff != "" {
		t.Error(diff)
	}
	if _, err := readSystem(t.Context()); err != nil {
		t.Error(err)
	}
}
