package proxy

import "strings"

// parseInternetSettings understands the values of Windows' Internet settings.
// ProxyServer is one proxy for all, or "http=host:port;https=host:port;…";
// ProxyOverride is a list of exceptions (WinINet, INTERNET_PROXY_INFO).
func parseInternetSettings(autoConfig string, enabled bool, server, override string) settings {
	s := settings{pac: strings.TrimSpace(autoConfig)}
	if !enabled {
		return s
	}
	s.except = list(override)
	s.server = map[string]string{}
	for _, entry := range list(server) {
		scheme, address, ok := strings.Cut(entry, "=")
		if !ok {
			s.server["http"], s.server["https"] = entry, entry
			continue
		}
		s.server[strings.ToLower(scheme)] = strings.TrimSpace(address)
	}
	return s
}

// list splits at semicolons and spaces, as Windows takes both.
func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == ' ' || r == '\t' || r == '\r' || r == '\n' })
}
