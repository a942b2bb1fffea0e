package proxy

import (
	"context"
	"errors"

	"golang.org/x/sys/windows/registry"
)

const (
	internetSettings = `Software\Microsoft\Windows\CurrentVersion\Internet Settings`
	internetPolicies = `Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings`
)

// readSystem reads the Internet settings of the user, or of the computer where
// a policy makes them the same for all. Automatic detection (WPAD) is not done.
func readSystem(context.Context) (settings, error) {
	root := registry.CURRENT_USER
	if perUser, err := number(registry.LOCAL_MACHINE, internetPolicies, "ProxySettingsPerUser"); err == nil && perUser == 0 {
		root = registry.LOCAL_MACHINE
	}
	return readKey(root, internetSettings)
}

func readKey(root registry.Key, path string) (settings, error) {
	k, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return settings{}, nil
	}
	if err != nil {
		return settings{}, err
	}
	defer k.Close()
	var text [3]string
	for i, name := range []string{"AutoConfigURL", "ProxyServer", "ProxyOverride"} {
		text[i], _, err = k.GetStringValue(name)
		if err != nil && !errors.Is(err, registry.ErrNotExist) {
			return settings{}, err
		}
	}
	enabled, _, err := k.GetIntegerValue("ProxyEnable")
	if err != nil && !errors.Is(err, registry.ErrNotExist) {
		return settings{}, err
	}
	return parseInternetSettings(text[0], enabled != 0, text[1], text[2]), nil
}

func number(root registry.Key, path, name string) (uint64, error) {
	k, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
	if err != nil {
		return 0, err
	}
	defer k.Close()
	n, _, err := k.GetIntegerValue(name)
	return n, err
}
